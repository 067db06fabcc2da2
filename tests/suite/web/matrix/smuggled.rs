//! Objects of others that stand not in the path but inside a form: whoever sends them changes nothing. Not the paths: those are the table.

use super::cast::{Cast, Role};
use super::letter_of;
use crate::support::server::{Server, servers};
use crate::support::tables::contents;
use crate::support::world::{circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::chance::Chance;
use alcove::domain::policy::MemberRole;
use alcove::store::links::{self, LinkPurpose, NewLink};
use alcove::store::outbox::{self, MailEnd};

const BOOKING: &str = "date=2026-12-22&from={from}&to={to}&purpose=Choir&people=2&privacy=open&nonce=n&step=yes";
const PERSON: &str = "&whom=person&person_name=Jo&person_contact=jo@example.org";
const NOTICE: &str = "from_date=2026-12-24&from_time=09:00&to_date=2026-12-24&to_time=12:00&words=Alarm";
const CLOSURE: &str = "scope=some&from_date=2026-12-24&from_time=09:00&to_date=2026-12-24&to_time=12:00&reason=Holiday";

#[test]
fn what_is_of_others_inside_a_form_changes_nothing() {
    for server in servers() {
        let cast = Cast::new(&server);
        let (session, closure, mail) = keys(&server, &cast);
        let notice = cast.session(Role::Stranger).browser.get("/manage/sites/mill-lane/notices");
        let notice = notice.must_be(200).attr("input[name=key]", "value").unwrap();
        for (role, path, typed, letter) in [
            (Role::Manager, "/manage/organisations/wren-support/trust", "site=mill-lane".to_owned(), 'n'),
            (Role::Manager, "/manage/sites/hunter-street/closures", format!("{CLOSURE}&facility=willow"), 'f'),
            (Role::Manager, "/manage/sites/hunter-street/closures/open", format!("key={closure}"), 'c'),
            (Role::Manager, "/manage/sites/hunter-street/notices", format!("{NOTICE}&place=willow"), 'f'),
            (Role::Manager, "/manage/sites/hunter-street/notices/lift", format!("key={notice}"), 'c'),
            (Role::Manager, "/manage/sites/hunter-street/notices/change", format!("key={notice}&words=Out"), 'c'),
            (Role::Manager, "/manage/mail", format!("key={mail}"), 'n'),
            (Role::Booker, "/sites/hunter-street/cedar/book", format!("{BOOKING}&organisation=robin-trust"), 'f'),
            (Role::Booker, "/sites/hunter-street/cedar/book", format!("{BOOKING}&organisation=hunter-street"), 'f'),
            (Role::Stranger, "/sites/hunter-street/cedar/book", format!("{BOOKING}&organisation=mill-lane"), 'f'),
            // Staff of another site book here for nobody, and reception not for the site itself nor against its rules.
            (Role::Stranger, "/sites/hunter-street/cedar/book", format!("{BOOKING}&organisation=wren-support"), 'f'),
            (Role::Stranger, "/sites/hunter-street/cedar/book", format!("{BOOKING}{PERSON}"), 'f'),
            (Role::Booker, "/sites/hunter-street/cedar/book", format!("{BOOKING}{PERSON}"), 'f'),
            (Role::Receptionist, "/sites/hunter-street/cedar/book", format!("{BOOKING}{PERSON}&set_aside=So"), 'f'),
            (
                Role::Receptionist,
                "/sites/hunter-street/cedar/book",
                format!("{BOOKING}&organisation=hunter-street"),
                'f',
            ),
            // There is no such member or invitation in this organisation, which is what was wanted.
            (Role::Coordinator, "/organisations/wren-support/people/role", person("rob", "&role=volunteer"), 'd'),
            (Role::Coordinator, "/organisations/wren-support/people/remove", person("rob", ""), 'd'),
            (Role::Coordinator, "/organisations/wren-support/people/withdraw", person("iris", ""), 'd'),
            (Role::Nobody, "/account/sessions/end", format!("session={session}"), 'd'),
        ] {
            let sender = cast.session(role);
            let before = contents(&server.db);
            let page = sender.post(path, &cast.typed(&typed));
            assert_eq!(letter_of(&page), letter, "{path} as {role:?}: {page:?}");
            let after = contents(&server.db);
            let written: Vec<_> = after.symmetric_difference(&before).collect();
            assert!(written.is_empty(), "{path} as {role:?} on {} wrote {written:?}", server.engine);
        }
    }
}

fn person(name: &str, rest: &str) -> String {
    format!("person={name}@alcove.test{rest}")
}

/// What names a session of the manager, and a closure and mail of the other site, in the forms of those who see them.
fn keys(server: &Server, cast: &Cast<'_>) -> (String, String, String) {
    let manager = [cast.session(Role::Manager), cast.session(Role::Manager)];
    let handle = manager[0].browser.get("/account").attr("input[name=session]", "value").unwrap();
    let stranger = cast.session(Role::Stranger);
    let closure = stranger.browser.get("/manage/sites/mill-lane/closures").attr("input[name=key]", "value").unwrap();
    let (mailer, session) = (mailer(), span("2026-11-30", "10:00", "11:00"));
    let draft = Draft { site: slug("mill-lane"), ..server.world.trusted_draft("willow", session) };
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    assert!(matches!(answer, RequestAnswer::Done { .. }), "{answer:?}");
    let mail = server.mails_to("rob@alcove.test").first().unwrap().id;
    server.db.write_now(|conn| outbox::end(conn, mail, MailEnd::Failed, "550", now())).unwrap();
    let mail = stranger.browser.get("/manage/mail").must_be(200).form("main td form").options("key").remove(0).0;
    invite(server);
    (handle, closure, mail)
}

/// An invitation of the other organisation.
fn invite(server: &Server) {
    let hash = Chance.token().hash();
    let new = NewLink {
        token_hash: &hash,
        purpose: LinkPurpose::Invitation,
        person: None,
        organisation: Some((server.world.robin, MemberRole::Booker)),
        email: "iris@alcove.test",
        ends_at: now().plus_hours(1),
    };
    server.db.write_now(|conn| links::insert(conn, &new, now())).unwrap();
}
