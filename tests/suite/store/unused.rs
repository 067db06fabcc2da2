//! Rights that nobody uses: two words, the end, whoever is the last, and getting them back.

use crate::support::server::{Server, servers};
use crate::support::world::{add_person, circumstances, mailer, now};
use alcove::allocation::{RestoreAnswer, restore_right};
use alcove::domain::ids::PersonId;
use alcove::domain::policy::{MemberRole, StaffRole};
use alcove::domain::rendered::MailKind;
use alcove::store::unused::{self, Right};
use alcove::store::{devices, organisations, settings, sites};

/// Second people beside those of the world, who sign in on the last day but one.
fn others(server: &Server) -> PersonId {
    let world = &server.world;
    let added = server.db.write_now(|conn| {
        let vera = add_person(conn, "Vera Volunteer", "vera@alcove.test", None);
        organisations::set_member(conn, world.robin, vera, MemberRole::Volunteer, now())?;
        let mary = add_person(conn, "Mary Manager", "mary@alcove.test", None);
        sites::set_staff(conn, world.site, mary, StaffRole::Manager, now())?;
        devices::note(conn, mary, "Firefox on Mac", now().plus_days(363))?;
        Ok(vera)
    });
    added.unwrap()
}

fn on_day(server: &Server, day: i64) -> usize {
    server.clock.set(now().plus_days(day));
    server.chores.unused().unwrap()
}

fn told(server: &Server, address: &str) -> Vec<String> {
    let mails = server.mails_to(address).into_iter();
    mails.filter(|mail| mail.kind == MailKind::RightsLapse).map(|mail| mail.subject).collect()
}

#[test]
fn rights_lapse_after_a_year_with_two_words_before_and_never_the_last() {
    for server in servers() {
        let vera = others(&server);
        assert_eq!(on_day(&server, 334), 0);
        assert!(0 < on_day(&server, 335));
        assert_eq!(on_day(&server, 335), 0, "each word once");
        assert_eq!(told(&server, "vera@alcove.test"), ["Sign in by Saturday 20 November 2027 to keep your rights"]);
        assert!(0 < on_day(&server, 358));
        assert_eq!(told(&server, "vera@alcove.test").len(), 2);
        assert!(0 < on_day(&server, 365));
        assert_eq!(told(&server, "vera@alcove.test")[0], "Rights that you did not use have ended");
        // Rob alone coordinates Robin Trust; the manager is not the only one.
        assert_eq!(told(&server, "rob@alcove.test")[0], "Nobody else can do this but you");
        let robin = server.world.robin;
        let members = server.db.read_now(|conn| organisations::members(conn, robin)).unwrap();
        assert_eq!(members.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), ["rob@alcove.test"]);
        let staff = server.db.read_now(|conn| sites::staff(conn, server.world.site)).unwrap();
        assert_eq!(staff.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), ["mary@alcove.test"]);
        assert!(server.mails_to("mary@alcove.test").is_empty());
        let admin = server.signed_in(server.person("admin@alcove.test"));
        admin.get("/manage/settings").must_be(200);
        assert_eq!(on_day(&server, 366), 0);

        // Whoever coordinates restores it with one click.
        let rob = server.signed_in(server.world.robin_booker);
        let page = rob.get("/organisations/robin-trust/people").must_be(200);
        rob.submit(page.form("form[action$='/restore']")).must_be(303);
        let rights = server.db.read_now(|conn| unused::rights(conn, vera)).unwrap();
        assert_eq!(rights, [Right::Member(robin, MemberRole::Volunteer)]);
        let mary = server.signed_in(server.person("mary@alcove.test"));
        let staff = mary.get("/manage/sites/hunter-street/staff").must_be(200);
        assert!(staff.text("main").unwrap().contains("No longer staff"));
        mary.submit(staff.form("form:has(button[value=restore])").add("step", "restore")).must_be(303);
        let staff = server.db.read_now(|conn| sites::staff(conn, server.world.site)).unwrap();
        assert_eq!(staff.len(), 2, "{staff:?}");
        // A right that was not lapsed is not restored, and whoever was has a year again.
        let mailer = mailer();
        let again = server.db.write_now(|conn| {
            let what = (vera, Right::Member(robin, MemberRole::Coordinator));
            restore_right(conn, circumstances(&mailer, server.clock.now()), what, server.world.robin_booker)
        });
        assert_eq!(again.unwrap(), RestoreAnswer::NotLapsed);
        on_day(&server, 366 + 334);
        assert_eq!(told(&server, "vera@alcove.test").len(), 3);
    }
}

#[test]
fn signing_in_keeps_rights_and_an_instance_may_leave_them_for_ever() {
    for server in servers() {
        let vera = others(&server);
        on_day(&server, 335);
        server.db.write_now(|conn| devices::note(conn, vera, "A device", server.clock.now())).unwrap();
        on_day(&server, 358);
        assert_eq!(told(&server, "vera@alcove.test").len(), 1);
        server.db.write_now(|conn| settings::set(conn, settings::LAPSE_MONTHS, "0")).unwrap();
        assert_eq!(on_day(&server, 3_000), 0);
        server.db.write_now(|conn| settings::set(conn, settings::LAPSE_MONTHS, "3")).unwrap();
        // However long nothing ran, each word has its time.
        on_day(&server, 3_001);
        assert_eq!(told(&server, "vera@alcove.test").len(), 2);
        on_day(&server, 3_023);
        assert_eq!(told(&server, "vera@alcove.test").len(), 2);
        on_day(&server, 3_024);
        assert_eq!(told(&server, "vera@alcove.test").len(), 3);
    }
}
