//! Setting up and running a site: words, spaces, rules, hours, staff, closures and the mail list, and who may not.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::ids::PersonId;
use alcove::domain::person::Email;
use alcove::domain::policy::StaffRole;
use alcove::domain::rules::Privacy;
use alcove::store::outbox::{self, MailEnd};
use alcove::store::{organisations, people, sites};

fn person(server: &Server, email: &str) -> PersonId {
    let email = Email::parse(email).unwrap();
    server.db.read_now(|conn| people::by_email(conn, &email)).unwrap().unwrap().id
}

fn admin(server: &Server) -> Browser {
    server.signed_in(person(server, "admin@alcove.test"))
}

/// Sends a form and follows it to the page that says what was done.
fn done(browser: &Browser, form: crate::support::browser::Form) -> Page {
    browser.follow(browser.submit(form).must_be(303)).must_be(200)
}

fn book(server: &Server, draft: &Draft) -> String {
    let mailer = mailer();
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), draft)).unwrap();
    match answer {
        RequestAnswer::Done { reference, .. } => reference.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Adds a site that a trusted organisation can book at, and returns the administrator's browser.
fn add_site(server: &Server) -> Browser {
    let browser = admin(server);
    let overview = browser.get("/manage").must_be(200);
    assert!(overview.has("a[href='/manage/sites/new']"));
    let form = browser.get("/manage/sites/new").must_be(200).form("main form");
    let page = browser.submit(form.clone().set("name", "Hunter Street Medical Centre")).must_be(422);
    assert!(page.title().starts_with("Error: "));
    assert_eq!(page.form("main form").value("name"), Some("Hunter Street Medical Centre"));
    let form = form
        .set("name", "Mill Lane Centre")
        .set("street", "3 Mill Lane")
        .set("town", "Stockport")
        .set("postcode", "sk1 1aa")
        .set("about", "Two rooms by the canal.");
    let page = done(&browser, form.choose("zone", "United Kingdom"));
    assert_eq!(
        (page.path.as_str(), page.h1().as_str()),
        ("/manage/sites/mill-lane-centre?done=added", "Manage Mill Lane Centre")
    );
    browser
}

fn add_room(browser: &Browser, name: &str, kind: &str, units: &str) -> Page {
    let form = browser.get("/manage/sites/mill-lane-centre/facilities/new").must_be(200).form("main form");
    let form = form.set("name", name).choose("kind", kind).set("capacity", "14").set("units", units);
    done(browser, form.set("step", "save"))
}

#[test]
fn a_new_site_is_set_up_by_form_until_somebody_books_there() {
    for server in servers() {
        let browser = add_site(&server);
        let wants = |href: &str| browser.get("/manage").must_be(200).has(&format!("main p a[href='{href}']"));
        let (space, manager) =
            ("/manage/sites/mill-lane-centre/facilities/new", "/manage/sites/mill-lane-centre/staff");
        assert!(wants(space) && wants(manager), "a new site says what it still wants");
        let rules = add_room(&browser, "Willow", "Group room", "");
        assert!(!wants(space) && wants(manager));
        assert!(rules.h1().starts_with("Rules of Willow"));
        let form = rules.form("main form").set("start_minutes", "1:30pm, 9am").set("notice_minutes", "0 minutes");
        let preview = browser.submit(form.set("step", "preview")).must_be(200);
        assert!(preview.text("aside").unwrap().contains("9am and 1:30pm"));
        let saved = done(&browser, preview.form("main form").set("step", "save"));
        assert!(saved.text("aside").unwrap().contains("9am and 1:30pm"));
        add_room(&browser, "Kitchen", "Kitchen", "Bench 1\nBench 2");
        let hours = browser.get("/manage/sites/mill-lane-centre/hours").must_be(200).form("main form");
        assert_eq!((hours.value("monday-from"), hours.value("saturday-from")), (Some("08:00"), Some("")));
        done(&browser, hours.set("saturday-from", "10:00").set("saturday-to", "14:00"));
        let staff = browser.get("/manage/sites/mill-lane-centre/staff").must_be(200).form("#add");
        let staff = staff.set("email", "rob@alcove.test").choose("role", "Manager").set("step", "add");
        assert!(done(&browser, staff).text("main").unwrap().contains("Rob Robin, Manager"));
        assert!(!wants(space) && !wants(manager));
        let site = server.db.read_now(|conn| sites::by_slug(conn, &slug("mill-lane-centre"))).unwrap().unwrap().id;
        server.db.write_now(|conn| organisations::set_trust(conn, server.world.robin, site, true, now())).unwrap();

        let robin = server.signed_in(server.world.robin_booker);
        assert!(robin.get("/manage").must_be(200).has("a[href='/manage/sites/mill-lane-centre']"));
        let page = robin.get("/sites/mill-lane-centre/willow/book?date=2026-11-28").must_be(200);
        let starts: Vec<_> = page.form("main form[method=post]").options("from");
        assert_eq!(starts.into_iter().map(|(_, label)| label).collect::<Vec<_>>(), ["Choose"], "9am is before opening");
        let page = robin.get("/sites/mill-lane-centre/willow/book?date=2026-11-24").must_be(200);
        let form = page.form("main form[method=post]").choose("from", "1:30pm").choose("to", "3pm");
        let form = form.choose("organisation", "Robin Trust").set("purpose", "Choir").set("people", "14");
        let check = robin.submit(form.set("step", "check")).must_be(200);
        let booked = done(&robin, check.form("main form[method=post]").set("step", "yes"));
        assert_eq!(booked.text(".state").as_deref(), Some("Confirmed"));
    }
}

#[test]
fn names_that_are_taken_or_reserved_get_a_number_and_shared_parts_are_asked_about() {
    for server in servers() {
        let browser = add_site(&server);
        let form = browser.get("/manage/sites/new").must_be(200).form("main form").set("name", "New");
        let form = form.set("street", "1 High Street").set("town", "Leeds").set("postcode", "LS1 1AA");
        assert!(done(&browser, form).path.starts_with("/manage/sites/new-2?"));
        let page = add_room(&browser, "Staff", "Group room", "");
        assert!(page.path.starts_with("/manage/sites/mill-lane-centre/staff-2/rules"), "{}", page.path);
        add_room(&browser, "Hall", "Group room", "Hall east\nHall west");
        let form = browser.get("/manage/sites/mill-lane-centre/facilities/new").must_be(200).form("main form");
        let form = form.set("name", "Half hall").choose("kind", "Group room").set("capacity", "8");
        let form = form.set("units", "Hall east").set("step", "save");
        let page = browser.submit(form.clone()).must_be(422);
        let words = "“Hall east” is a part of Hall already. Tick that it is shared, or give it another name";
        assert_eq!(page.all_text(".error-summary a"), [words]);
        done(&browser, page.form("main form").set("step", "save").set("shares", "yes"));
        for (field, value) in
            [("units", "A\nA"), ("capacity", "0"), ("kind", "castle"), ("choice", "x"), ("name", "日本")]
        {
            let page = browser.submit(form.clone().set(field, value)).must_be(422);
            assert!(page.has(&format!(".error-summary a[href='#{field}']")), "{field}");
        }
    }
}

#[test]
fn rules_that_contradict_are_refused_with_the_reason_and_nothing_typed_is_lost() {
    for server in servers() {
        let browser = server.signed_in(server.world.manager);
        let page = browser.get("/manage/sites/hunter-street/cedar/rules").must_be(200);
        let form = page.form("main form").set("step", "save");
        for (field, value, words) in [
            ("longest_minutes", "30 minutes", "The longest booking must not be shorter than the shortest"),
            ("turnaround_minutes", "1 hour", "The shortest booking must leave time between set-up and turnaround"),
            ("step_minutes", "7 minutes", "The step must be a multiple of 5 minutes, up to a day"),
            ("shortest_minutes", "45", "The shortest booking must be a multiple of the step"),
            (
                "start_minutes",
                "soon",
                "Enter times apart by commas, like “9am, 1:30pm” or “09:00, 13:30”. “soon” is no time",
            ),
            ("capacity", "-1", "Enter how many people it takes, from 1 to 10000"),
            ("hold_minutes", "", "Enter a length like “90 minutes” or “2 hours”, from 1 hour to 60 days"),
        ] {
            let page = browser.submit(form.clone().set(field, value)).must_be(422);
            assert!(page.title().starts_with("Error: "));
            assert!(
                page.all_text(".error-summary a").contains(&words.to_owned()),
                "{:?}",
                page.all_text(".error-summary a")
            );
            assert_eq!(page.form("main form").value(field), Some(value));
        }
        let before = server.db.read_now(|conn| sites::by_id(conn, server.world.site)).unwrap().unwrap().change_number;
        done(&browser, form.set("capacity", "5").set("week_bookings", "2"));
        let after = server.db.read_now(|conn| sites::by_id(conn, server.world.site)).unwrap().unwrap().change_number;
        assert!(before < after);
        let week = browser.get("/sites/hunter-street/cedar").must_be(200);
        assert!(week.text("main").unwrap().contains("2 bookings a week for each organisation"));
    }
}

#[test]
fn narrower_hours_narrow_the_day_grid_and_say_what_lies_outside() {
    for server in servers() {
        let reference = book(&server, &server.world.trusted_draft("cedar", span("2026-11-24", "19:00", "20:00")));
        let browser = server.signed_in(server.world.manager);
        let day = "/sites/hunter-street/schedule?date=2026-11-24";
        let hours = |page: &Page| page.all_text(".times thead th[scope=colgroup]").len();
        let before = hours(&browser.get("/sites/hunter-street/schedule?date=2026-11-25"));
        let form = browser.get("/manage/sites/hunter-street/hours").must_be(200).form("main form");
        let page = browser.submit(form.clone().set("tuesday-from", "late")).must_be(422);
        assert!(page.has("#tuesday-from[aria-invalid=true]"));
        let form = form.set("tuesday-from", "9am").set("tuesday-to", "5pm");
        let page = done(&browser, form.set("wednesday-from", "09:00").set("wednesday-to", "17:00"));
        assert!(
            page.text("[data-state=requested]").unwrap().starts_with("1 booking to come lies outside these hours.")
        );
        assert!(page.has(&format!("a[href='/bookings/{reference}']")));
        assert!(hours(&browser.get("/sites/hunter-street/schedule?date=2026-11-25")) < before);
        for path in [day, "/sites/hunter-street/cedar?week=2026-11-24"] {
            assert!(
                browser.get(path).must_be(200).body.contains("Support group"),
                "the booking stays and is seen: {path}"
            );
        }

        let path = "/manage/sites/hunter-street/kitchen/hours";
        let form = browser.get(path).must_be(200).form("main form");
        assert_eq!(form.value("as"), Some("site"));
        let own = form.clone().choose("as", "Hours of its own, as below").set("tuesday-from", "12:00");
        assert_eq!(done(&browser, own).form("main form").value("as"), Some("own"));
        let page = browser.get("/sites/hunter-street/kitchen/book?date=2026-11-24").must_be(200);
        let starts = page.form("main form[method=post]").options("from");
        assert_eq!(starts.get(1).map(|(_, label)| label.as_str()), Some("12 noon"));
        let back = browser.get(path).form("main form").choose("as", "The hours of Hunter Street Medical Centre");
        assert_eq!(done(&browser, back).form("main form").value("as"), Some("site"));
        browser.submit(form.add("friday-noon", "1")).must_be(400);
    }
}

#[test]
fn a_closure_shows_whom_it_affects_and_can_be_opened_again() {
    for server in servers() {
        let reference = book(&server, &server.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00")));
        let browser = server.signed_in(server.world.manager);
        let path = "/manage/sites/hunter-street/closures";
        let page = browser.get(path).must_be(200);
        assert!(page.text(".lead").unwrap().starts_with("Nothing is closed"));
        let form = page.form("#close").set("from_date", "2026-11-24").set("from_time", "09:00");
        let form = form.set("to_date", "2026-11-24").set("to_time", "12:00").set("reason", "Boiler repair");
        let page = browser.submit(form.clone().choose("scope", "Some spaces")).must_be(422);
        assert_eq!(page.all_text(".error-summary a"), ["Tick the spaces to close, or choose the whole site"]);
        let form = form.choose("scope", "Some spaces").choose("facility", "Cedar");
        let check = browser.submit(form.clone()).must_be(200);
        assert!(check.h1().starts_with("1 booking loses its place"), "{}", check.h1());
        let card = check.text(".dates li").unwrap();
        assert!(card.contains(&reference) && card.contains("Robin Trust") && card.contains("10am to 11am"), "{card}");
        let state = |browser: &Browser| browser.get(&format!("/bookings/{reference}")).text(".state").unwrap();
        assert_eq!(state(&browser), "Confirmed", "nothing is changed yet");
        let back = browser.submit(check.form("main form").set("step", "change")).must_be(200);
        assert_eq!(back.form("#close").value("reason"), Some("Boiler repair"));

        // Another booking that came meanwhile has to be seen too.
        book(&server, &server.world.trusted_draft("cedar", span("2026-11-24", "11:00", "12:00")));
        let check = browser.submit(check.form("main form").set("step", "close")).must_be(200);
        assert!(check.text("[role=alert]").unwrap().contains("More bookings came"));
        let list = done(&browser, check.form("main form").set("step", "close"));
        assert!(list.text("main li.card").unwrap().contains("Boiler repair"));
        assert_ne!(state(&browser), "Confirmed");
        let again = browser.submit(form).must_be(409);
        assert!(again.text("[role=alert]").unwrap().contains("another closure"));

        let open = list.form("form[action$=open]");
        let list = done(&browser, open.clone());
        assert!(list.text(".lead").unwrap().starts_with("Nothing is closed"));
        browser.submit(open).must_be(409);
        book(&server, &server.world.draft("cedar", span("2026-11-24", "10:00", "11:00")));
    }
}

#[test]
fn closing_wants_a_time_that_can_be() {
    for server in servers() {
        let browser = server.signed_in(server.world.manager);
        let form = browser.get("/manage/sites/hunter-street/closures").must_be(200).form("#close");
        let form = form.choose("scope", "The whole site").set("reason", "Holiday").set("to_time", "20:00");
        for (field, value, fault) in [
            ("from_date", "2026-11-01", "from_date"),
            ("from_date", "9999-12-31", "from_time"),
            ("from_date", "", "from_date"),
            ("to_date", "2026-11-19", "to_date"),
            ("to_date", "2028-11-19", "to_date"),
            ("to_time", "08:00", "to_date"),
            ("to_time", "9:30", "to_time"),
            ("reason", "a\u{202E}b", "reason"),
        ] {
            let page = browser.submit(form.clone().set(field, value)).must_be(422);
            assert!(page.has(&format!(".error-summary a[href='#{fault}']")), "{field} {value}");
        }
        browser.submit(form.clone().add("admin", "1")).must_be(400);
        server.clock.set(at("2026-11-20 12:10"));
        done(&browser, form);
        let page = browser.get("/sites/hunter-street").must_be(200);
        assert!(page.text("[data-state=requested]").unwrap().contains("Friday 20 November 2026, 12:10pm"));
    }
}

#[test]
fn a_space_is_changed_hidden_and_retired_and_that_is_taken_back() {
    for server in servers() {
        book(&server, &server.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00")));
        let (browser, path) = (server.signed_in(server.world.manager), "/manage/sites/hunter-street/cedar");
        let form = browser.get(path).must_be(200).form("#words").set("name", "Cedar room").unset("listed");
        assert_eq!(done(&browser, form.set("step", "save")).h1(), "Manage Cedar room");
        assert!(!server.visitor().get("/sites/hunter-street").must_be(200).body.contains("Cedar room"));
        let end = browser.get(path).form("#end").set("step", "retire");
        let page = browser.submit(end.clone().set("retired_from", "2026-11-01")).must_be(422);
        assert_eq!(page.form("#words").value("name"), Some("Cedar room"));
        let page = done(&browser, end.set("retired_from", "2026-11-24"));
        assert!(
            page.text("main")
                .unwrap()
                .contains("Nobody can book it from Tuesday 24 November 2026 on. 1 booking stands after that")
        );
        let day = |date: &str| browser.get(&format!("/sites/hunter-street/schedule?date={date}")).must_be(200);
        assert!(day("2026-11-24").body.contains("Support group"), "what is booked after the end is seen");
        assert!(!day("2026-11-25").body.contains("Cedar room"));
        let robin = server.signed_in(server.world.robin_booker);
        let starts = |date: &str| {
            let page = robin.get(&format!("/sites/hunter-street/cedar/book?date={date}")).must_be(200);
            page.form("main form[method=post]").options("from").len()
        };
        assert!(starts("2026-11-25") == 1 && 1 < starts("2026-11-23"));
        done(&browser, page.form("#end").set("step", "back"));
        assert!(1 < starts("2026-11-25"));
    }
}

#[test]
fn staff_come_and_go_but_the_last_manager_stays() {
    for server in servers() {
        let (browser, path) = (server.signed_in(server.world.manager), "/manage/sites/hunter-street/staff");
        let page = browser.get(path).must_be(200);
        let add = page.form("#add").set("step", "add");
        let page = browser.submit(add.clone().set("email", "nobody@alcove.test")).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("nobody has an account"));
        assert_eq!(page.form("#add").value("email"), Some("nobody@alcove.test"));
        let demote = add.clone().set("email", "manager@alcove.test").choose("role", "Receptionist");
        browser.submit(demote).must_be(422);
        let card = |page: &Page, name: &str| {
            let cards = page.all_text("main li.card");
            cards.iter().position(|card| card.contains(name)).map(|place| place + 1)
        };
        let remove = |page: &Page, name: &str| {
            let css = format!("main li.card:nth-child({}) form", card(page, name).unwrap());
            browser.submit(page.form(&css).set("step", "remove"))
        };
        let page = browser.get(path);
        let refused = remove(&page, "Mary Manager").must_be(409);
        assert!(refused.text("[role=alert]").unwrap().contains("Add another manager first"));
        let page = done(&browser, add.set("email", "wendy@alcove.test").choose("role", "Manager"));
        let page = browser.follow(remove(&page, "Rita Reception").must_be(303)).must_be(200);
        assert!(card(&page, "Rita").is_none() && card(&page, "Wendy Wren, Manager").is_some());
        assert_eq!(remove(&page, "Mary Manager").must_be(303).location(), Some("/?done=removed"));
        browser.get(path).must_be(404);
        server.signed_in(server.world.wren_booker).get(path).must_be(200);
    }
}

#[test]
fn the_zone_of_a_site_stays_while_there_are_bookings() {
    for server in servers() {
        let (browser, path) = (server.signed_in(server.world.manager), "/manage/sites/hunter-street");
        book(&server, &server.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00")));
        let form = browser.get(path).must_be(200).form("main form").set("phone", "020 7946 0002");
        let page = browser.submit(form.clone().choose("zone", "Ireland")).must_be(422);
        assert!(page.has("#zone[aria-invalid=true]"));
        browser.submit(form.clone().set("zone", "Mars/Phobos")).must_be(422);
        done(&browser, form);
        assert!(server.visitor().get("/sites/hunter-street").body.contains("020 7946 0002"));
    }
}

#[test]
fn the_mail_list_shows_envelopes_only_and_sends_again() {
    for server in servers() {
        let draft = Draft {
            privacy: Privacy::Confidential,
            purpose: "Canaryword".to_owned(),
            ..server.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00"))
        };
        let reference = book(&server, &draft);
        let browser = server.signed_in(server.world.manager);
        let page = browser.get("/manage/mail").must_be(200);
        assert!(page.text("main").unwrap().contains("No mail server is set up"));
        assert!(page.text("tbody").unwrap().contains("r…@alcove.test"));
        for secret in ["rob@alcove.test", "Canaryword", reference.as_str()] {
            assert!(!page.body.contains(secret), "{secret}");
        }
        assert!(browser.get("/manage/mail?show=failed").text(".lead").unwrap().starts_with("Everything was delivered"));
        let mails = server.db.read_now(|conn| outbox::whole(conn, None, 9)).unwrap();
        let mail = mails.iter().find(|mail| mail.to == "rob@alcove.test").unwrap().id;
        let error = "550 <rob@alcove.test> is nobody";
        server.db.write_now(|conn| outbox::end(conn, mail, MailEnd::Failed, error, now())).unwrap();
        assert!(browser.get("/manage").text("main").unwrap().contains("1 email could not be delivered"));
        let page = browser.get("/manage/mail?show=failed").must_be(200);
        assert_eq!(page.text("tbody .state").as_deref(), Some("Not delivered"));
        assert!(page.text("tbody").unwrap().contains("550 (address) is nobody"));
        let key = page.attr("tbody button", "value").unwrap();
        let form = page.form("tbody form").set("key", &key);
        browser.submit(form.clone().set("key", "0123456789abcdef")).must_be(404);
        let page = done(&browser, form.clone());
        assert!(page.text("main").unwrap().contains("queued again"));
        browser.submit(form).must_be(409);
        assert_eq!(browser.get("/manage/mail").text("tbody .state").as_deref(), Some("Waiting"));
    }
}

#[test]
fn for_everybody_else_managing_does_not_exist() {
    for server in servers() {
        add_site(&server);
        let of = |site: &str| {
            let site = format!("/manage/sites/{site}");
            let rest = [
                "",
                "/hours",
                "/staff",
                "/closures",
                "/notices",
                "/facilities/new",
                "/cedar",
                "/cedar/hours",
                "/cedar/rules",
            ];
            rest.map(|rest| format!("{site}{rest}"))
        };
        let reception = person(&server, "reception@alcove.test");
        for person in [reception, server.world.robin_booker, server.world.wren_booker] {
            let browser = server.signed_in(person);
            for path in of("hunter-street").iter().chain(&[
                "/manage".to_owned(),
                "/manage/mail".to_owned(),
                "/manage/sites/new".to_owned(),
            ]) {
                browser.get(path).must_be(404);
                assert!([403, 404].contains(&browser.post(path, &[]).status), "{path}");
            }
        }
        // The manager of another site, who has every right there, has none here: not with a form of their own either.
        server
            .db
            .write_now(|conn| {
                let site = sites::by_slug(conn, &slug("mill-lane-centre"))?.unwrap().id;
                sites::set_staff(conn, site, server.world.wren_booker, StaffRole::Manager, now())
            })
            .unwrap();
        let foreign = server.signed_in(server.world.wren_booker);
        let token = foreign
            .get("/manage/sites/mill-lane-centre/staff")
            .must_be(200)
            .form("#add")
            .value("csrf")
            .unwrap()
            .to_owned();
        for path in of("hunter-street") {
            foreign.get(&path).must_be(404);
            if !path.ends_with("/facilities/new") {
                foreign.post(&path, &[("csrf", &token)]).must_be(404);
            }
        }
        foreign.post("/manage/sites/hunter-street/facilities/new", &[("csrf", &token)]).must_be(404);
        foreign.post("/manage/sites/hunter-street/closures/open", &[("csrf", &token), ("key", "x")]).must_be(404);
        foreign.get("/manage/sites/new").must_be(404);
        book(&server, &server.world.trusted_draft("cedar", span("2026-11-24", "10:00", "11:00")));
        assert!(
            foreign.get("/manage/mail").must_be(200).text(".lead").unwrap().starts_with("No email has been written")
        );
        server.visitor().get("/manage").must_be(303);
    }
}
