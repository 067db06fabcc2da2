//! Extras, layouts and the closing list as conversations: asking, going without, the day sheet, the last one out. On both engines.

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::at;

const DAY: &str = "2026-11-24";
const EXTRAS: &str = "/manage/sites/hunter-street/extras";
const CLOSING: &str = "/sites/hunter-street/closing";

fn lend(server: &Server, name: &str, number: &str) {
    let manager = server.signed_in(server.world.manager);
    let form = manager.get(EXTRAS).must_be(200).form("form#add").set("name", name).set("number", number);
    let page = manager.follow(manager.submit(form).must_be(303)).must_be(200);
    assert!(page.all_text("tbody tr").iter().any(|row| row.starts_with(name)), "{:?}", page.all_text("tbody tr"));
}

fn filled(browser: &Browser, room: &str, (from, to): (&str, &str)) -> Form {
    let form = browser.get(&format!("/sites/hunter-street/{room}/book?date={DAY}")).must_be(200);
    let form = form.form("form[method=post]").choose("from", from).choose("to", to).set("purpose", "Film club");
    form.set("people", "2").set("step", "check")
}

fn send(browser: &Browser, check: &Page) -> String {
    let done = browser.submit(check.form("main form[method=post]").set("step", "yes")).must_be(303);
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

fn words(page: &Page) -> String {
    page.text("main").unwrap()
}

#[test]
fn what_people_need_stands_on_the_day_sheet_and_nowhere_else() {
    for server in servers() {
        let robin = server.signed_in(server.world.robin_booker);
        let form = filled(&robin, "hall", ("2pm", "4pm")).add("access", "hearing_loop").add("access", "step_free");
        let form = form.set("access_note", "Two chairs with arms");
        let check = robin.submit(form.clone()).must_be(200);
        let need = "Step-free way in and hearing loop. Two chairs with arms";
        assert!(words(&check).contains(need), "{}", words(&check));
        let booking = send(&robin, &check);
        assert!(words(&robin.get(&booking).must_be(200)).contains(need));
        let staff = server.signed_in(server.person("reception@alcove.test"));
        let sheet = words(&staff.get(&format!("/sites/hunter-street/reception?date={DAY}")).must_be(200));
        assert!(sheet.contains(need), "{sheet}");
        let manager = server.signed_in(server.world.manager);
        assert!(words(&manager.get(&booking.replace("/bookings/", "/requests/")).must_be(200)).contains(need));
        for mail in server.mails_to("rob@alcove.test") {
            assert!(!mail.text.contains("earing loop") && !mail.text.contains("chairs"), "{}", mail.text);
        }
        // What was ticked is ticked when it is changed, and too long a line is refused where it stands.
        let change = robin.get(&format!("{booking}/change")).must_be(200);
        assert!(change.has("[name=access][value=hearing_loop][checked]") && change.has("details[open]"));
        let again = filled(&robin, "hall", ("5pm", "6pm")).set("access_note", &"x".repeat(161));
        let page = robin.submit(again).must_be(422);
        assert!(page.has(".error-summary a[href='#access_note']"));
    }
}

#[test]
fn what_opens_the_door_is_shown_to_its_people_a_day_before_and_never_mailed() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let care = "/manage/sites/hunter-street/hall/care";
        let form = manager.get(care).must_be(200).form("form:has(#entry)");
        let wrong = manager.submit(form.clone().set("entry", "Key safe 4711").set("entry_hours", "0")).must_be(422);
        assert_eq!(wrong.form("form:has(#entry)").value("entry"), Some("Key safe 4711"));
        manager.submit(form.set("entry", "Key safe 4711").set("entry_hours", "3")).must_be(303);
        let robin = server.signed_in(server.world.robin_booker);
        let booking = send(&robin, &robin.submit(filled(&robin, "hall", ("2pm", "4pm"))).must_be(200));
        let page = || words(&robin.get(&booking).must_be(200));
        assert!(page().contains("The code stands here from Tuesday 24 November 2026, 11am"), "{}", page());
        assert!(!page().contains("4711"));
        server.clock.set(at("2026-11-24 11:00"));
        assert!(page().contains("Key safe 4711"));
        assert!(robin.get("/today").must_be(200).body.contains("Key safe 4711"));
        server.clock.set(at("2026-11-24 16:00"));
        assert!(!page().contains("4711"));
        assert!(server.mails_to("rob@alcove.test").iter().all(|mail| !mail.text.contains("4711")));
    }
}

#[test]
fn what_is_taken_is_said_and_the_room_is_had_without_it() {
    for server in servers() {
        lend(&server, "Projector", "1");
        let robin = server.signed_in(server.world.robin_booker);
        let form = filled(&robin, "hall", ("2pm", "4pm")).set("extra", "projector=1").set("layout", "Circle");
        let check = robin.submit(form).must_be(200);
        assert!(
            words(&check).contains("LayoutCircle") && words(&check).contains("ExtrasProjector"),
            "{}",
            words(&check)
        );
        let first = send(&robin, &check);
        assert!(words(&robin.get(&first).must_be(200)).contains("ExtrasProjector"));
        let mail = server.mails_to("rob@alcove.test").pop().unwrap();
        assert!(mail.text.contains("Projector") && mail.text.contains("Circle"), "{}", mail.text);

        let wren = server.signed_in(server.world.wren_booker);
        let form = filled(&wren, "tidy-room", ("3pm", "4:30pm")).set("extra", "projector=1");
        let page = wren.submit(form.clone()).must_be(422);
        assert!(page.title().starts_with("Error: "));
        assert!(page.has(".error-summary a[href='#extra']") && page.has("select#extra"));
        let said = words(&page);
        assert!(said.contains("Projector is taken 2pm to 4pm") && said.contains("Tidy room itself is free"), "{said}");
        assert!(!said.contains("Robin") && !page.has("button[value=wait]"), "{said}");
        let go = page.form("form[method=post]").set("step", "without:projector");
        let check = wren.submit(go).must_be(200);
        assert!(!words(&check).contains("Projector"), "{}", words(&check));
        let mine = send(&wren, &check);
        assert!(!words(&wren.get(&mine).must_be(200)).contains("Projector"));

        // Sent although it was taken since: the page says so, and nothing is lost.
        let form = filled(&wren, "open-room", ("3pm", "4pm")).set("extra", "projector=1");
        let page = wren.submit(form.set("step", "yes")).must_be(409);
        assert!(words(&page).contains("Just taken") && words(&page).contains("Somebody else took that extra"));
        for wrong in ["projector=99", "projector=x"] {
            wren.submit(filled(&wren, "tidy-room", ("6pm", "7pm")).set("extra", wrong)).must_be(422);
        }
        let manager = server.signed_in(server.world.manager);
        let page = manager.get(&mine.replace("/bookings/", "/requests/")).must_be(200);
        assert!(!words(&page).contains("Projector"));
        // The grids of a site know nothing of extras.
        let grid = words(&robin.get(&format!("/sites/hunter-street/schedule?date={DAY}")).must_be(200));
        assert!(!grid.contains("Projector") && !grid.contains("extra"), "{grid}");
    }
}

#[test]
fn each_date_of_a_series_has_its_own_answer() {
    for server in servers() {
        lend(&server, "Projector", "1");
        let robin = server.signed_in(server.world.robin_booker);
        send(&robin, &robin.submit(filled(&robin, "hall", ("2pm", "4pm")).set("extra", "projector=1")).must_be(200));
        let form = filled(&robin, "kitchen", ("2pm", "4pm")).set("extra", "projector=1").set("repeat", "weekly");
        let form = form.set("every", "1").set("ends", "times").set("times", "3");
        let page = robin.submit(form).must_be(200);
        let said = words(&page);
        assert!(said.contains("Projector is taken 2pm to 4pm. Kitchen itself is free"), "{said}");
        assert!(said.contains("Kitchen without: Projector"), "{said}");
        let made = send(&robin, &page);
        let page = robin.get(&made).must_be(200);
        assert!(words(&page).contains("WithoutProjector on Tuesday 24 November 2026"), "{}", words(&page));

        // On the change page an extra can be asked for on all of them, or not.
        let form = robin.get(&format!("{made}/change?date=2")).must_be(200).form("main form");
        let form = form.set("scope", "all").set("extra", "").set("step", "check");
        let check = robin.submit(form).must_be(200);
        assert!(words(&check).contains("ExtrasProjector"), "{}", words(&check));
        let changed = robin.submit(check.form("main form").set("step", "yes")).must_be(303);
        assert!(!words(&robin.get(changed.location().unwrap()).must_be(200)).contains("Projector"));
    }
}

#[test]
fn a_change_that_loses_the_extra_says_so_and_may_go_without() {
    for server in servers() {
        lend(&server, "Projector", "1");
        let robin = server.signed_in(server.world.robin_booker);
        send(&robin, &robin.submit(filled(&robin, "hall", ("2pm", "4pm")).set("extra", "projector=1")).must_be(200));
        let form = filled(&robin, "tidy-room", ("10am", "11am")).set("extra", "projector=1");
        let mine = send(&robin, &robin.submit(form).must_be(200));
        let form = robin.get(&format!("{mine}/change")).must_be(200).form("main form");
        let form = form.set("from", "840").set("to", "900").set("step", "check");
        let page = robin.submit(form).must_be(422);
        assert!(page.text(".notice").unwrap().contains("Projector is taken 2pm to 4pm"));
        let check = robin.submit(page.form("main form").set("step", "without")).must_be(200);
        assert!(words(&check).contains("without: Projector"), "{}", words(&check));
        robin.submit(check.form("main form").set("step", "yes")).must_be(303);
        assert!(words(&robin.get(&mine).must_be(200)).contains("WithoutProjector on"));
    }
}

#[test]
fn a_manager_has_fewer_or_none_and_sees_first_whom_it_affects() {
    for server in servers() {
        lend(&server, "Folding table", "2");
        let robin = server.signed_in(server.world.robin_booker);
        let form = filled(&robin, "hall", ("2pm", "4pm")).set("extra", "folding-table=2");
        let reference = send(&robin, &robin.submit(form).must_be(200)).replace("/bookings/", "");
        let manager = server.signed_in(server.world.manager);
        let one = format!("{EXTRAS}/folding-table");
        let queries = server.queries(|| {
            assert!(words(&manager.get(&one).must_be(200)).contains(&reference));
        });
        assert!(queries <= 8, "{queries} queries");
        let form = || manager.get(&one).must_be(200).form("main form");
        for (field, wrong) in [("number", "13"), ("number", "0"), ("name", ""), ("from", "2026-11-19")] {
            let page = manager.submit(form().set(field, wrong).set("step", "save")).must_be(422);
            assert!(page.title().starts_with("Error: "), "{field} {wrong}");
        }
        let page = manager.submit(form().set("number", "1").set("step", "save")).must_be(200);
        assert!(page.text(".notice").unwrap().contains(&reference));
        let yes = page.form(".notice form").set("step", "save-yes");
        assert!(words(&manager.follow(manager.submit(yes).must_be(303))).contains("Folding table1"));
        assert!(words(&robin.get(&format!("/bookings/{reference}")).must_be(200)).contains("Folding table (2)"));
        let page = manager.submit(form().set("step", "retire").set("from", "2026-12-01")).must_be(200);
        assert!(page.text(".notice").unwrap().contains("No date that is booked is affected"));
        let yes = page.form(".notice form").set("step", "retire-yes");
        let list = words(&manager.follow(manager.submit(yes).must_be(303)));
        assert!(list.contains("retired from Tuesday 1 December 2026"), "{list}");
        let form = robin.get("/sites/hunter-street/hall/book?date=2026-12-02").must_be(200);
        assert!(!form.has("select#extra"), "it is not offered any more");
        let nobody = manager.get(EXTRAS).form("form#add").set("name", "Easel").set("whom", "some");
        assert!(manager.submit(nobody).must_be(422).has(".error-summary a[href='#whom']"));
        let again = manager.submit(manager.get(EXTRAS).form("form#add").set("name", "Folding table")).must_be(422);
        assert!(again.text(".error-summary").unwrap().contains("already"));
    }
}

#[test]
fn the_last_one_out_ticks_the_list_and_reception_sees_it() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let list = manager.get("/manage/sites/hunter-street/closing").must_be(200).form("main form");
        let usual = manager.submit(list.set("step", "usual")).must_be(200).form("main form");
        assert!(usual.value("lines").unwrap().contains("Alarm set"));
        manager.submit(usual.set("lines", "Lights off\nAlarm set")).must_be(303);

        let (robin, wren) = (server.signed_in(server.world.robin_booker), server.signed_in(server.world.wren_booker));
        send(&robin, &robin.submit(filled(&robin, "hall", ("6pm", "8pm")).set("layout", "Theatre")).must_be(200));
        send(&robin, &robin.submit(filled(&robin, "tidy-room", ("2pm", "3pm"))).must_be(200));
        let day = format!("{CLOSING}?date={DAY}");
        wren.get(&day).must_be(404);
        let page = robin.get(&day).must_be(200);
        assert!(words(&page).contains("Yours is the last session of the day: Hall, until 8pm"), "{}", words(&page));
        let tick = |browser: &Browser, line: &str| {
            browser.submit(browser.get(&day).must_be(200).form("main form").add("line", line).set("name", "Rob Robin"))
        };
        assert!(words(&tick(&robin, "0").must_be(409)).contains("too early"));
        server.clock.set(at("2026-11-24 20:05"));
        let robin = server.signed_in(server.world.robin_booker);
        let manager = server.signed_in(server.world.manager);
        let desk = format!("/sites/hunter-street/reception?date={DAY}");
        let page = manager.get(&desk).must_be(200);
        assert!(words(&page).contains("Not ticked yet") && words(&page).contains("Theatre"), "{}", words(&page));
        robin.submit(robin.get(&day).form("main form").set("name", "Rob")).must_be(422);
        let page = robin.follow(tick(&robin, "0").must_be(303)).must_be(200);
        assert!(words(&page).contains("Last ticked Tuesday 24 November 2026, 8:05pm by Rob Robin"), "{}", words(&page));
        assert!(words(&manager.get(&desk)).contains("1 line not ticked"));
        tick(&manager, "1").must_be(303);
        let queries = server.queries(|| {
            assert!(words(&manager.get(&desk).must_be(200)).contains("All ticked"));
        });
        assert!(queries <= 8, "{queries} queries");
        server.clock.set(at("2026-12-03 09:00"));
        let robin = server.signed_in(server.world.robin_booker);
        assert!(words(&robin.get(&day).must_be(200)).contains("All is ticked"));
    }
}
