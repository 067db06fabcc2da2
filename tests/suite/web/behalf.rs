//! Booking for others in the browser: who is offered it, what is refused, what others see of a person, and finding it again.

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{at, circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::holder::{Contact, Holder, Reach};
use alcove::domain::ids::Reference;

const BOOK: &str = "/sites/hunter-street/cedar/book?date=2026-11-24";

fn reception(server: &Server) -> Browser {
    server.signed_in(server.person("reception@alcove.test"))
}

/// The form for Cedar, with all but for whom.
fn filled(browser: &Browser, from: &str, to: &str) -> Form {
    let form = browser.get(BOOK).must_be(200).form("form[method=post]").choose("from", from).choose("to", to);
    form.set("purpose", "Support group").set("people", "2").set("privacy", "open")
}

fn for_person(form: Form, name: &str, contact: &str) -> Form {
    form.set("whom", "person").set("person_name", name).set("person_contact", contact)
}

/// Sends a form by way of its check page, and gives the booking's page after that.
fn sent(browser: &Browser, form: Form) -> Page {
    let check = browser.submit(form.set("step", "check")).must_be(200);
    let done = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
    browser.follow(done).must_be(200)
}

/// A booking of reception for Jo Quill in this facility.
fn jos(server: &Server, facility: &str, contact: &str) -> Reference {
    let reach = Reach::parse(contact).unwrap();
    let draft = Draft {
        holder: Holder::Person(Contact { name: "Jo Quill".to_owned(), reach }),
        booked_by: server.person("manager@alcove.test"),
        purpose: "Quillpractice".to_owned(),
        ..server.world.draft(facility, span("2026-11-24", "10:00", "11:00"))
    };
    let mailer = mailer();
    match server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap() {
        RequestAnswer::Done { reference, .. } => reference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_sites_staff_are_asked_for_whom() {
    for server in servers() {
        let booker = server.signed_in(server.world.robin_booker).get(BOOK).must_be(200);
        assert!(!booker.has("input[name=whom]") && !booker.body.contains("Wren Support"));
        for person in ["reception@alcove.test", "manager@alcove.test", "admin@alcove.test"] {
            let page = server.signed_in(server.person(person)).get(BOOK).must_be(200);
            let options = page.form("form[method=post]").options("organisation");
            let labels: Vec<_> = options.iter().map(|(_, label)| label.as_str()).collect();
            assert!(labels.contains(&"Wren Support") && labels.contains(&"Robin Trust"), "{labels:?}");
            let itself = labels.iter().any(|label| label.ends_with("itself"));
            assert_eq!(itself, person != "reception@alcove.test");
        }
    }
}

#[test]
fn reception_books_for_an_organisation_and_it_is_theirs_then() {
    for server in servers() {
        let desk = reception(&server);
        let form = filled(&desk, "10am", "11am").choose("organisation", "Robin Trust");
        let check = desk.submit(form.set("step", "check")).must_be(200);
        let said = check.text("main").unwrap();
        assert!(said.contains("Robin Trust") && said.contains("We email its coordinators"), "{said}");
        let yes = check.form("form[method=post]").set("step", "yes");
        let done = desk.submit(&yes).must_be(303);
        let again = desk.submit(&yes).must_be(303);
        assert!(again.location().unwrap().ends_with("done=sent-before"));
        assert_eq!(server.mails_to("rob@alcove.test").len(), 1, "a second click books nothing and writes nothing");
        assert!(server.mails_to("reception@alcove.test").is_empty());
        let page = desk.follow(done).must_be(200);
        assert!(page.text("main").unwrap().contains("Rita Reception, for Robin Trust"));
        assert!(page.body.contains("We will email the coordinators"), "it says what happens");
        let path = page.path.split('?').next().unwrap().to_owned();
        let own = server.signed_in(server.world.robin_booker);
        assert!(own.get("/bookings").must_be(200).has(&format!("a[href='{path}']")));
        own.get(&format!("{path}/change")).must_be(200);
        let cancel = own.get(&format!("{path}/cancel")).must_be(200).form("form[method=post]");
        own.submit(cancel).must_be(303);
        server.signed_in(server.world.wren_booker).get(&path).must_be(404);
    }
}

#[test]
fn what_is_wrong_with_a_person_is_said_at_the_field_and_nothing_typed_is_lost() {
    for server in servers() {
        let desk = reception(&server);
        let form = for_person(filled(&desk, "10am", "11am"), " ", "ring the bell");
        let page = desk.submit(form.set("step", "check")).must_be(422);
        assert!(page.title().starts_with("Error: "));
        assert!(page.has("#person_name[aria-invalid=true]") && page.has("#person_contact[aria-invalid=true]"));
        let form = page.form("form[method=post]");
        assert_eq!((form.value("whom"), form.value("person_contact")), (Some("person"), Some("ring the bell")));
        assert_eq!(form.value("purpose"), Some("Support group"));
        // Nobody chosen at all.
        let page = desk.submit(filled(&desk, "10am", "11am").set("step", "check")).must_be(422);
        assert_eq!(page.all_text(".error-summary a"), ["Choose whom you book for"]);
    }
}

#[test]
fn a_person_is_booked_for_by_telephone_or_by_mail() {
    for server in servers() {
        let desk = server.signed_in(server.world.manager);
        let before = server.mails().len();
        let page = sent(&desk, for_person(filled(&desk, "10am", "11am"), "Jo Quill", "020 7946 0123"));
        let said = page.text("main").unwrap();
        assert!(page.body.contains("Ring them with the details: they get no email"), "{said}");
        assert!(said.contains("Mary Manager, for Jo Quill") && said.contains("Ring them"), "{said}");
        assert!(page.has("a[href='tel:02079460123']"));
        assert!(said.contains("Private session"), "whatever was chosen, a person's booking is private");
        assert_eq!(server.mails().len(), before);
        let page = sent(&desk, for_person(filled(&desk, "2pm", "3pm"), "Jo Quill", "jo@example.org"));
        assert!(page.body.contains("We will email them the details"));
        let mails = server.mails_to("jo@example.org");
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("ring us at least"), "they cannot cancel it: {}", mails[0].text);
        // Once more, filled in from the booking.
        let path = page.path.split('?').next().unwrap().to_owned();
        let again = desk.get(&format!("{path}/again")).must_be(303);
        let form = desk.follow(again).must_be(200).form("form[method=post]");
        assert_eq!((form.value("whom"), form.value("person_name")), (Some("person"), Some("Jo Quill")));
    }
}

#[test]
fn a_request_for_a_person_is_decided_like_any_and_the_person_hears_of_it() {
    for server in servers() {
        let desk = reception(&server);
        let page = sent(&desk, for_person(filled(&desk, "10am", "11am"), "Jo Quill", "jo@example.org"));
        assert_eq!(page.text(".state").as_deref(), Some("Requested"));
        let reference = page.path.split('?').next().unwrap().trim_start_matches("/bookings/").to_owned();
        let manager = server.signed_in(server.world.manager);
        assert!(manager.get("/requests").must_be(200).text("main").unwrap().contains("Jo Quill"));
        let case = manager.get(&format!("/requests/{reference}")).must_be(200);
        assert!(case.text("main").unwrap().contains("Jo Quill, jo@example.org"));
        let approve = case.form("main form[method=post]").add("decision", "approve");
        manager.submit(approve).must_be(303);
        let subjects: Vec<_> = server.mails_to("jo@example.org").into_iter().map(|mail| mail.subject).collect();
        assert!(subjects[0].ends_with("is confirmed"), "{subjects:?}");
    }
}

#[test]
fn who_is_reached_by_telephone_is_to_be_rung_whatever_is_done() {
    for server in servers() {
        let desk = reception(&server);
        let page = sent(&desk, for_person(filled(&desk, "10am", "11am"), "Jo Quill", "020 7946 0123"));
        assert!(page.body.contains("Ring them when it is decided"));
        let reference = page.path.split('?').next().unwrap().trim_start_matches("/bookings/").to_owned();
        let manager = server.signed_in(server.world.manager);
        let case = manager.get(&format!("/requests/{reference}")).must_be(200);
        let done = manager.submit(case.form("main form[method=post]").add("decision", "approve")).must_be(303);
        let page = manager.follow(done).must_be(200);
        assert!(page.body.contains("Done. Ring them and tell them") && !page.body.contains("We will email"));
        let cancel = desk.get(&format!("/bookings/{reference}/cancel")).must_be(200).form("form[method=post]");
        let page = desk.follow(desk.submit(cancel).must_be(303)).must_be(200);
        assert!(page.text("[role=status]").unwrap().contains("Ring them and tell them"), "{:?}", page.text("main"));
    }
}

#[test]
fn what_bookers_and_reception_send_by_hand_is_refused() {
    for server in servers() {
        let booker = server.signed_in(server.world.robin_booker);
        let page = booker.get(BOOK).must_be(200).form("form[method=post]").choose("from", "10am").choose("to", "11am");
        let form = page.set("purpose", "Choir").set("people", "2").set("step", "yes");
        for form in [
            form.clone().set("organisation", "wren-support"),
            form.clone().add("whom", "person").add("person_name", "Jo").add("person_contact", "jo@example.org"),
            form.clone().add("set_aside", "Because"),
        ] {
            booker.submit(form).must_be(422);
        }
        let desk = reception(&server);
        let form = filled(&desk, "10am", "11am").choose("organisation", "Robin Trust");
        let page = desk.submit(form.add("set_aside", "Because").set("step", "yes")).must_be(422);
        assert!(page.text(".error-summary").unwrap().contains("Only those who manage the site"));
        assert!(server.mails().is_empty());
    }
}

/// A form for a time that is over before the kind's shortest session is.
fn too_late(browser: &Browser) -> Form {
    let page = browser.get(&format!("{BOOK}&from=10:00")).must_be(200);
    let form = page.form("form[method=post]").set("purpose", "Night shift").set("people", "2");
    // 10pm to 11pm: the site has long been closed.
    let time = |text: &str| at(text).seconds().to_string();
    form.set("from", &time("2026-11-24 22:00")).set("to", &time("2026-11-24 23:00")).set("step", "check")
}

#[test]
fn a_manager_sets_rules_aside_on_the_page_that_lists_them() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let refused = manager.submit(too_late(&manager).choose("organisation", "Robin Trust")).must_be(422);
        assert!(refused.text(".error-summary").unwrap().contains("Cedar is open"));
        let form = refused.form("form:has(textarea[name=set_aside])");
        let silent = manager.submit(form.set("step", "aside")).must_be(422);
        assert!(silent.text(".error-summary").unwrap().contains("Say why these rules do not hold this time"));
        assert!(silent.text(".error-summary").unwrap().contains("Cedar is open"), "the rules are still named");
        let form = silent.form("form:has(textarea[name=set_aside])").set("set_aside", "The caretaker stays late");
        let check = manager.submit(form.set("step", "aside")).must_be(200);
        let said = check.text("dl").unwrap();
        assert!(said.contains("Rules set aside") && said.contains("The caretaker stays late"), "{said}");
        let done = manager.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        let page = manager.follow(done).must_be(200);
        assert!(page.text("dl").unwrap().contains("The caretaker stays late"));
        assert!(page.text(".timeline").unwrap().contains("Rules set aside by the site"));
        // It is shown to those whose it is.
        let path = page.path.split('?').next().unwrap().to_owned();
        let own = server.signed_in(server.world.robin_booker).get(&path).must_be(200);
        assert!(own.text(".timeline").unwrap().contains("The caretaker stays late"));
        // A receptionist is not offered it, and nobody is where others are in the way.
        let desk = reception(&server);
        let refused = desk.submit(too_late(&desk).choose("organisation", "Wren Support")).must_be(422);
        assert!(!refused.has("textarea[name=set_aside]"));
        let taken = manager.submit(too_late(&manager).choose("organisation", "Wren Support")).must_be(422);
        assert!(taken.text(".error-summary").unwrap().contains("not free"));
        assert!(!taken.has("textarea[name=set_aside]"));
        let forced = too_late(&manager).choose("organisation", "Wren Support").add("set_aside", "Because");
        let forced = manager.submit(forced.set("step", "yes")).must_be(409);
        assert!(forced.text("main").unwrap().contains("not free"));
    }
}

#[test]
fn a_series_for_a_person_says_for_whom_and_sets_rules_aside_too() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let form = for_person(filled(&manager, "10am", "11am"), "Jo Quill", "jo@example.org");
        // Sixty weeks reach beyond the horizon.
        let form = form.set("repeat", "weekly").set("every", "1").set("times", "60").set("step", "check");
        let page = manager.submit(form).must_be(200);
        assert!(page.text("dl").unwrap().contains("Jo Quill, jo@example.org"));
        assert!(page.text("main").unwrap().contains("cannot be had as asked"));
        let silent = manager.submit(page.form("form.beside").set("step", "aside")).must_be(422);
        assert!(silent.has("#set_aside[aria-invalid=true]"));
        let form = silent.form("form.beside").set("set_aside", "A whole course").set("step", "aside");
        let check = manager.submit(form).must_be(200);
        assert!(check.text("main").unwrap().contains("All 60 dates are free"));
        let aside = check.text("dl").unwrap();
        assert_eq!(aside.matches("ahead").count(), 1, "a rule is named once, without advice: {aside}");
        let done = manager.submit(check.form("form.beside").set("step", "yes")).must_be(303);
        let page = manager.follow(done).must_be(200);
        assert!(
            page.text("dl").unwrap().contains("60 confirmed") && page.text("dl").unwrap().contains("A whole course")
        );
        let mail = &server.mails_to("jo@example.org")[0];
        assert!(mail.text.contains("All 60 dates are confirmed."), "{}", mail.text);
    }
}

#[test]
fn a_private_persons_name_is_for_the_staff() {
    for server in servers() {
        let reference = jos(&server, "half-hall", "jo.quill@example.org");
        let paths = [
            "/sites/hunter-street/schedule?date=2026-11-24".to_owned(),
            "/sites/hunter-street/half-hall?week=2026-11-24".to_owned(),
            "/sites/hunter-street/hall?week=2026-11-24".to_owned(),
            "/find?kind=group&date=2026-11-24&from=10:00&to=11:00".to_owned(),
            "/sites/hunter-street/half-hall/book?date=2026-11-24&from=10:00&to=11:00".to_owned(),
            format!("/sites/hunter-street/half-hall/book?date=2026-11-24&again={reference}"),
            "/bookings".to_owned(),
            format!("/bookings?reference={reference}"),
            format!("/bookings/{reference}"),
            format!("/bookings/{reference}.ics"),
            format!("/bookings/{reference}/change"),
            format!("/requests/{reference}"),
        ];
        let bookers = [server.world.robin_booker, server.world.wren_booker].map(|person| server.signed_in(person));
        for browser in bookers.into_iter().chain([server.visitor()]) {
            for path in &paths {
                let page = browser.get(path);
                for word in ["Quill", "Quillpractice", "jo.quill"] {
                    assert!(!page.body.contains(word), "{word} in {path}");
                }
            }
            let grid = browser.get(&paths[0]).must_be(200);
            assert!(grid.has("[data-state=private]"), "it is busy there");
        }
        let grid = reception(&server).get(&paths[0]).must_be(200);
        assert!(grid.body.contains("Jo Quill") && grid.has(&format!("a[href='/bookings/{reference}']")));
    }
}

#[test]
fn staff_find_again_what_they_booked_for_persons() {
    for server in servers() {
        let reference = jos(&server, "cedar", "020 7946 0123");
        let desk = reception(&server);
        let list = desk.get("/bookings").must_be(200);
        assert!(list.has(&format!("a[href='/bookings/{reference}']")) && list.body.contains("Jo Quill"));
        assert!(list.text("main").unwrap().contains(", for Jo Quill"), "{:?}", list.text("main"));
        let typed = reference.to_string().to_lowercase().replace('-', "");
        let found = desk.submit(list.form("main form[method=get]").set("reference", &typed)).must_be(303);
        assert_eq!(found.location(), Some(format!("/bookings/{reference}").as_str()));
        let lost = desk.get("/bookings?reference=7K2M-94QT").must_be(422);
        assert_eq!(lost.form("main form[method=get]").value("reference"), Some("7K2M-94QT"));
        let page = desk.get(&format!("/bookings/{reference}")).must_be(200);
        assert!(page.has("a[href$='/cancel']") && page.has("a[href$='/change']"));
        let cancel = desk.get(&format!("/bookings/{reference}/cancel")).must_be(200).form("form[method=post]");
        desk.submit(cancel).must_be(303);
    }
}

#[test]
fn the_form_and_the_list_of_staff_take_few_queries() {
    for server in servers() {
        jos(&server, "cedar", "020 7946 0123");
        for person in ["reception@alcove.test", "manager@alcove.test", "admin@alcove.test"] {
            let browser = server.signed_in(server.person(person));
            for path in [BOOK, "/bookings", "/bookings?show=past", "/bookings?reference=7K2M-94QT"] {
                let queries = server.queries(|| {
                    browser.get(path);
                });
                assert!(queries <= 8, "{path} as {person}: {queries}");
            }
        }
    }
}
