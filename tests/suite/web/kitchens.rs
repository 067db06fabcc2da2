//! A kitchen and a sensory room as conversations, from finding them to the end of the session, each special rule refused and satisfied. On both engines.

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, circumstances, mailer, now, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::availability::Wanted;
use alcove::domain::ids::Reference;
use alcove::domain::kinds::Kind;
use alcove::domain::places::UnitChoice;
use alcove::domain::rules::{Approval, Privacy, Rules};

const DAY: &str = "2026-11-24";
const KITCHEN: &str = "/sites/hunter-street/kitchen/book";
const CARE: &str = "/manage/sites/hunter-street/kitchen/care";
const SENSORY: &str = "/sites/hunter-street/sensory-room/book";
const INDUCTIONS: &str = "/manage/sites/hunter-street/sensory-room/inductions";
const JOBS: &str = "/manage/sites/hunter-street/jobs";

fn form_on(browser: &Browser, path: &str, date: &str) -> Form {
    browser.get(&format!("{path}?date={date}")).must_be(200).form("form[method=post]")
}

fn filled(form: Form, (from, to): (&str, &str)) -> Form {
    form.choose("from", from).choose("to", to).set("purpose", "Lunch club").set("people", "2").set("step", "check")
}

fn send(browser: &Browser, check: &Page) -> String {
    let done = browser.submit(check.form("main form[method=post]").set("step", "yes")).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

/// The manager keeps nuts and gluten-free food apart in the kitchen.
fn keep_apart(server: &Server) {
    let browser = server.signed_in(server.world.manager);
    let form = browser.get(CARE).must_be(200).form("main form");
    let form = form.set("labels", "Nuts\nRaw meat\nGluten-free");
    let page = browser.submit(form.clone().set("pairs", "Nuts / Fire")).must_be(422);
    assert!(page.title().starts_with("Error: "));
    assert!(page.text(".error-summary a").unwrap().contains("“Nuts / Fire” is no pair"));
    assert_eq!(page.form("main form").value("pairs"), Some("Nuts / Fire"));
    let page = browser.follow(browser.submit(form.set("pairs", "nuts / gluten-free")).must_be(303)).must_be(200);
    assert_eq!(page.form("main form").value("pairs"), Some("Nuts / Gluten-free"));
}

/// A confirmed session of Robin Trust today in a place, asked for three days ago.
fn today(server: &Server, facility: &str, (from, to): (&str, &str), wanted: Wanted) -> Reference {
    let mailer = mailer();
    let draft = Draft { wanted, ..server.world.trusted_draft(facility, span("2026-11-20", from, to)) };
    let how = circumstances(&mailer, now().plus_days(-3));
    match server.db.write_now(|conn| allocation::request(conn, how, &draft)).unwrap() {
        RequestAnswer::Done { reference, confirmed: true } => reference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_kept_apart_is_refused_with_the_rule_and_the_nearest_yes() {
    for server in servers() {
        keep_apart(&server);
        let robin = server.signed_in(server.world.robin_booker);
        let page = robin.get("/sites/hunter-street/kitchen").must_be(200);
        assert!(page.text("main").unwrap().contains("Nuts and Gluten-free are never there at the same time"));
        let form = filled(form_on(&robin, KITCHEN, DAY), ("10am", "12 noon"));
        let form = form.add("label", "Nuts").add("allergen", "nuts").set("allergen_note", "Ground almonds");
        let check = robin.submit(form.add("unit", "0").set("privacy", "confidential")).must_be(200);
        let said = check.text("main").unwrap();
        assert!(said.contains("WhichBench 1") && said.contains("There will beNuts"), "{said}");
        assert!(said.contains("Nuts. Ground almonds"), "{said}");
        let nuts = send(&robin, &check);
        assert!(robin.get(&nuts).must_be(200).text("main").unwrap().contains("AllergensNuts. Ground almonds"));

        let wren = server.signed_in(server.world.wren_booker);
        let form = filled(form_on(&wren, KITCHEN, DAY), ("11am", "1pm"));
        let page = wren.submit(form.clone().add("label", "Nuts").add("label", "Gluten-free")).must_be(422);
        assert!(page.text(".error-summary a").unwrap().contains("Choose one of the two"));
        let page = wren.submit(form.add("label", "Gluten-free")).must_be(422);
        let refused = page.text(".error-summary").unwrap();
        assert!(refused.contains("Gluten-free and Nuts are never in Kitchen at the same time"), "{refused}");
        assert!(refused.contains("there until Tuesday 24 November 2026, 12 noon"), "{refused}");
        assert!(page.has(".error-summary a[href='#label']") && page.has("input#label"));
        assert!(!page.text("main").unwrap().contains("Robin"), "nothing of the other is said but the label");
        assert!(!page.has("button[value=wait]"), "nobody waits for what is kept apart");
        let suggested = page.all_text(".notice[data-state=free] button");
        assert!(suggested.iter().any(|time| time == "12 noon to 2pm"), "{suggested:?}");
        let choose = page.form("form[method=post]").choose("choose", "12 noon to 2pm").set("step", "check");
        let mine = send(&wren, &wren.submit(choose).must_be(200));

        // The day's other users are told, without whose it is where that is private.
        let page = wren.get(&mine).must_be(200);
        let told = page.text("main").unwrap();
        assert!(told.contains("Allergens that others handle") && told.contains("Ground almonds"), "{told}");
        assert!(!told.contains("Robin"), "{told}");
        assert!(!robin.get(&nuts).must_be(200).text("main").unwrap().contains("that others handle"));
    }
}

#[test]
fn what_is_said_of_allergens_can_be_changed_and_is_judged_again() {
    for server in servers() {
        keep_apart(&server);
        let (robin, wren) = (server.signed_in(server.world.robin_booker), server.signed_in(server.world.wren_booker));
        let form = filled(form_on(&robin, KITCHEN, DAY), ("10am", "12 noon")).add("label", "Nuts");
        send(&robin, &robin.submit(form).must_be(200));
        let form = filled(form_on(&wren, KITCHEN, DAY), ("11am", "1pm"));
        let mine = send(&wren, &wren.submit(form).must_be(200));
        let form = wren.get(&format!("{mine}/change")).must_be(200).form("main form").set("step", "check");
        let page = wren.submit(form.clone().add("label", "Gluten-free")).must_be(422);
        assert!(page.text(".notice").unwrap().contains("never in Kitchen at the same time"));
        let form = form.add("label", "Raw meat").add("allergen", "milk").add("allergen", "eggs");
        let check = wren.submit(form).must_be(200);
        let words = check.text("main").unwrap();
        assert!(words.contains("Allergens Eggs and milk") && words.contains("There will be Raw meat"), "{words}");
        let done = wren.submit(check.form("main form").set("step", "yes")).must_be(303);
        let page = wren.follow(done).must_be(200);
        assert!(page.text("main").unwrap().contains("AllergensEggs and milk"));
        assert!(server.mails_to("wendy@alcove.test").iter().any(|mail| mail.subject.contains("changed")));
        // The manager who decides sees it, too.
        let manager = server.signed_in(server.world.manager);
        let page = manager.get(&mine.replace("/bookings/", "/requests/")).must_be(200);
        assert!(page.text(".checks").unwrap().contains("Eggs and milk"));
    }
}

#[test]
fn the_checklist_is_ticked_at_the_end_and_the_next_see_how_it_was_left() {
    for server in servers() {
        let before = today(&server, "kitchen", ("08:00", "09:00"), Wanted::Any(1));
        let next = today(&server, "kitchen", ("09:30", "10:30"), Wanted::Any(1));
        let robin = server.signed_in(server.world.robin_booker);
        let mut page = None;
        let queries = server.queries(|| page = Some(robin.get(&format!("/bookings/{next}")).must_be(200)));
        // One more than an ordinary booking's page: what others of the day left and handle.
        assert!(queries <= 8, "{queries} queries");
        assert!(page.unwrap().text("main").unwrap().contains("The cleaning checklist is not ticked yet"));
        let page = robin.get(&format!("/bookings/{before}")).must_be(200);
        let link = page.attr(".notice a.button", "href").unwrap();
        let form = robin.get(&link).must_be(200).form("main form");
        assert_eq!(form.value("name"), Some("Rob Robin"));
        let page = robin.submit(form.clone()).must_be(422);
        assert_eq!(page.all_text(".error-summary a"), ["Tick what is done"]);
        let page = robin.submit(form.clone().add("line", "0").set("name", "")).must_be(422);
        assert!(page.title().starts_with("Error: ") && page.has(".error-summary a[href='#name']"));
        robin.submit(form.clone().add("line", "0").add("line", "3").set("name", "Mo")).must_be(303);

        let said = robin.get(&format!("/bookings/{next}")).must_be(200).text("main").unwrap();
        assert!(said.contains("Ticked in part, 9am: 2 of 6 lines"), "{said}");
        let reception = server.signed_in(server.person("reception@alcove.test"));
        let row = reception.get(JOBS).must_be(200).text("tbody tr").unwrap();
        assert!(row.contains("Ticked in part, 9am, Mo") && row.contains("Not ticked: Floor swept and mopped"), "{row}");
        assert!(!row.contains("Not ticked: Bins emptied"), "{row}");
        // What is ticked stays ticked; the rest follows.
        let form = ["1", "2", "4", "5"].into_iter().fold(form, |form, line| form.add("line", line));
        robin.submit(form).must_be(303);
        let said = robin.get(&format!("/bookings/{next}")).must_be(200).text("main").unwrap();
        assert!(said.contains("Left as found, 9am"), "{said}");
        let row = reception.get(JOBS).must_be(200).text("tbody tr").unwrap();
        assert!(row.contains("Left as found, 9am, Rob Robin"), "{row}");
        // Strangers tick nothing, and nothing is ticked before it begins.
        let wren = server.signed_in(server.world.wren_booker);
        wren.get(&link).must_be(404);
        let early = robin.get(&format!("/bookings/{next}/checklist?date=1")).must_be(200).form("main form");
        let page = robin.submit(early.add("line", "0")).must_be(409);
        assert!(page.text("main").unwrap().contains("too early"));
    }
}

/// Adds a sensory room, which confirms at once whoever has an induction.
fn with_sensory_room() -> Vec<Server> {
    let servers = servers();
    for server in &servers {
        let usual = Kind::Sensory.entry().default_rules();
        let rules = Rules { notice_minutes: 0, approval: Approval::NotNeeded, privacy: Privacy::Organisation, ..usual };
        let add = |conn: &mut _| {
            add_facility(
                conn,
                server.world.site,
                "Sensory room",
                Kind::Sensory,
                &["Sensory"],
                UnitChoice::Whole,
                &rules,
            );
            Ok(())
        };
        server.db.write_now(add).unwrap();
    }
    servers
}

#[test]
fn a_sensory_room_asks_for_an_induction_and_is_booked_with_one() {
    for server in with_sensory_room() {
        let wren = server.signed_in(server.world.wren_booker);
        let found = wren.get(&format!("/find?kind=sensory&date={DAY}&from=10:00&to=11:00")).must_be(200);
        assert!(found.text("main").unwrap().contains("Sensory room"));
        let form = form_on(&wren, SENSORY, DAY).choose("from", "10am").choose("to", "10:45am");
        let form = form.set("purpose", "Quiet hour").set("people", "2").set("step", "check");
        let page = wren.submit(form.clone()).must_be(422);
        let fault = page.text(".error-summary a").unwrap();
        assert!(fault.starts_with("Enter the date on which your risk assessment was confirmed"), "{fault}");
        assert!(page.has(".error-summary a[href='#risk_date']"));
        let page = wren.submit(form.clone().set("risk_date", "2026-11-21")).must_be(422);
        assert_eq!(page.form("form[method=post]").value("risk_date"), Some("2026-11-21"));
        let check = wren.submit(form.clone().set("risk_date", "2026-11-02")).must_be(200);
        let said = check.text("main").unwrap();
        assert!(said.contains("needs an induction before the first use"), "{said}");
        assert!(said.contains("Risk assessment confirmedMonday 2 November 2026"), "{said}");
        let wanted = send(&wren, &check);
        assert!(wren.get(&wanted).must_be(200).text("main").unwrap().contains("Requested"));
        let mails = server.mails_to("wendy@alcove.test");
        assert!(mails.iter().any(|mail| mail.text.contains("needs an induction")), "the booker is told");
        assert!(
            server.mails_to("manager@alcove.test").iter().any(|mail| mail.text.contains("need an induction first"))
        );

        let manager = server.signed_in(server.world.manager);
        let request = wanted.replace("/bookings/", "/requests/");
        let page = manager.get(&request).must_be(200);
        assert!(page.text("main").unwrap().contains("Needs an induction first"));
        assert!(page.text(".checks").unwrap().contains("Confirmed on Monday 2 November 2026"));
        // A plain yes does not go round it.
        let version = page.form("form[action$=induction]").value("version").unwrap().to_owned();
        let token = page.form("form[action$=induction]").value("csrf").unwrap().to_owned();
        let plain = [("csrf", token.as_str()), ("version", &version), ("decision", "approve")];
        let refused = manager.post(&request, &plain).must_be(409).text("main").unwrap();
        assert!(refused.contains("needs an induction that is valid on that date"), "{refused}");
        let form = page.form("form[action$=induction]");
        manager.submit(form.clone().set("given_on", "2026-12-01")).must_be(422);
        // It must count on the date of the session itself.
        manager.submit(form.clone().set("valid_until", "2026-11-23")).must_be(409);
        manager.submit(form.set("valid_until", "2026-11-24")).must_be(303);
        assert!(wren.get(&wanted).must_be(200).text("main").unwrap().contains("Confirmed"));

        // From then on it is confirmed at once, as long as it counts; who is listed can be taken back.
        let again = |date: &str| {
            let form = form_on(&wren, SENSORY, date).choose("from", "2pm").choose("to", "2:30pm");
            let form = form.set("purpose", "Quiet hour").set("people", "2").set("risk_date", "2026-11-02");
            wren.submit(form.set("step", "check")).must_be(200).text("main").unwrap()
        };
        assert!(again(DAY).contains("confirmed straight away"));
        assert!(again("2026-11-25").contains("needs an induction"));
        let list = manager.get(INDUCTIONS).must_be(200);
        let row = list.text("tbody tr").unwrap();
        assert!(
            row.contains("Wren Support") && row.contains("Tuesday 24 November 2026") && row.contains("Valid"),
            "{row}"
        );
        let page = manager.follow(manager.submit(list.form("tbody form")).must_be(303)).must_be(200);
        assert!(page.text("main").unwrap().contains("Nobody has one yet"));
        assert!(again(DAY).contains("needs an induction"));
        let form = page.form("main section form").set("name", "Wendy Wren").set("contact", "wendy@alcove.test");
        let wrong = manager.submit(form.clone().set("contact", "Wendy")).must_be(422);
        assert!(wrong.has(".error-summary a[href='#contact']"));
        manager.submit(form).must_be(303);
        assert!(again("2026-11-25").contains("confirmed straight away"));
    }
}

#[test]
fn turnaround_is_a_job_that_somebody_ticks_and_the_next_see_it() {
    for server in with_sensory_room() {
        let manager = server.signed_in(server.world.manager);
        let form = manager.get(INDUCTIONS).must_be(200).form("main section form").choose("organisation", "Robin Trust");
        manager.submit(form.set("given_on", "2026-11-10")).must_be(303);
        let before = today(&server, "sensory-room", ("08:00", "08:45"), Wanted::Whole);
        let next = today(&server, "sensory-room", ("09:30", "10:00"), Wanted::Whole);
        let robin = server.signed_in(server.world.robin_booker);
        let see = || robin.get(&format!("/bookings/{next}")).must_be(200).text("main").unwrap();
        assert!(see().contains("Being made ready"), "{}", see());
        let reception = server.signed_in(server.person("reception@alcove.test"));
        let mut page = None;
        let queries = server.queries(|| page = Some(reception.get(JOBS).must_be(200)));
        assert!(queries <= 8, "{queries} queries");
        let page = page.unwrap();
        assert!(page.text("main").unwrap().contains("1 waiting now"));
        let rows = page.all_text("tbody tr");
        assert!(rows[0].contains("To be made ready") && rows[0].contains("Next at 9:30am"), "{rows:?}");
        assert!(rows[1].contains("Due at 10am"), "{rows:?}");
        let form = page.form("tbody form").set("name", "Rita from the desk").add("act", "ready");
        let page = reception.follow(reception.submit(form).must_be(303)).must_be(200);
        let rows = page.all_text("tbody tr");
        assert!(rows[0].contains("Ready since 9am, Rita from the desk"), "{rows:?}");
        assert!(see().contains("Ready since 9am (ticked by reception)") && !see().contains("Rita"), "{}", see());
        // It is not ready after all; then its own people tick it.
        reception.submit(page.form("tbody form").add("act", "undo-ready")).must_be(303);
        assert!(see().contains("Being made ready"));
        let form = robin.get(&format!("/bookings/{before}/checklist?date=1")).must_be(200).form("main form");
        robin.submit(form.add("ready", "yes")).must_be(303);
        assert!(see().contains("Ready since 9am (ticked by the people before you)"));
        for path in [JOBS, &format!("/bookings/{before}/checklist?date=1")] {
            server.signed_in(server.world.wren_booker).get(path).must_be(404);
        }
    }
}
