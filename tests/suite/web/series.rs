//! Series as conversations: asking, the date that cannot be had, changing in scopes, giving back, more dates, deciding. And what is hostile.

use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::at;

/// The form for Cedar on Tuesday 24 November 2026 at 10, to be repeated weekly so many times.
fn weekly(browser: &Browser, times: &str) -> Form {
    let page = browser.get("/sites/hunter-street/cedar/book?date=2026-11-24").must_be(200);
    page.form("form[method=post]")
        .choose("from", "10am")
        .choose("to", "11am")
        .set("purpose", "Support group")
        .set("people", "2")
        .set("repeat", "weekly")
        .set("times", times)
        .set("step", "check")
}

/// Books a series and gives the path of the booking.
fn book(browser: &Browser, times: &str) -> String {
    let check = browser.submit(weekly(browser, times)).must_be(200);
    let done = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
    path(&done)
}

fn path(done: &Page) -> String {
    done.location().unwrap().split('?').next().unwrap().to_owned()
}

fn taken_on(server: &Server, date: &str) {
    let browser = server.signed_in(server.world.robin_booker);
    let page = browser.get(&format!("/sites/hunter-street/cedar/book?date={date}")).must_be(200);
    let form = page.form("form[method=post]").choose("from", "10am").choose("to", "11am");
    let form = form.set("purpose", "Choir").set("people", "2").set("step", "yes");
    browser.submit(form).must_be(303);
}

#[test]
fn every_date_has_its_own_result_and_one_that_is_taken_has_offers() {
    for server in servers() {
        taken_on(&server, "2026-12-08");
        let browser = server.signed_in(server.world.wren_booker);
        let check = browser.submit(weekly(&browser, "6")).must_be(200);
        assert_eq!(check.all_text(".dates > li").len(), 6);
        assert_eq!(check.all_text(".dates select").len(), 1);
        let question = check.text(".dates label").unwrap();
        assert!(question.contains("Tuesday 8 December 2026") && !question.contains("Choir"), "{question}");
        let options = check.form("form[method=post]").options("pick");
        let labels: Vec<&str> = options.iter().map(|(_, label)| label.as_str()).collect();
        assert!(labels.iter().any(|label| label.starts_with("Cedar at ")), "{labels:?}");
        assert!(labels.contains(&"Leave this date out"), "{labels:?}");
        let form = check.form("form[method=post]").choose("pick", "Leave this date out").set("step", "yes");
        let done = browser.submit(&form).must_be(303);
        assert!(done.location().unwrap().ends_with("done=requested"));
        let page = browser.get(&path(&done)).must_be(200);
        assert!(page.text("main").unwrap().contains("5 requested, 1 left out"));
        // Sent again, the same form leads to the same booking.
        assert_eq!(path(&browser.submit(&form).must_be(303)), path(&done));
    }
}

#[test]
fn the_whole_page_that_shows_every_date_takes_at_most_twelve_queries() {
    for server in servers() {
        taken_on(&server, "2026-12-08");
        let browser = server.signed_in(server.world.wren_booker);
        let form = weekly(&browser, "52");
        let mut check = None;
        let queries = server.queries(|| check = Some(browser.submit(form).must_be(200)));
        assert_eq!(check.unwrap().all_text(".dates select").len(), 1);
        assert!(queries <= 12, "{queries} queries");
    }
}

#[test]
fn a_date_that_was_taken_meanwhile_stops_the_whole_and_is_shown() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let check = browser.submit(weekly(&browser, "4")).must_be(200);
        taken_on(&server, "2026-12-01");
        let page = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(409);
        assert!(page.text(".notice").unwrap().contains("Tuesday 1 December 2026 cannot be had as chosen"));
        assert_eq!(page.all_text(".dates select").len(), 1);
        assert!(browser.get("/bookings").must_be(200).all_text("main li").iter().all(|line| !line.contains("Support")));
    }
}

#[test]
fn rules_that_nobody_offers_are_refused_and_nothing_is_written() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let refused = |form: Form, field: &str| {
            let page = browser.submit(form).must_be(422);
            assert!(page.has(&format!("#{field}-error")), "{field}: {}", page.text("main").unwrap());
            assert_eq!(page.form("form[method=post]").value("purpose"), Some("Support group"));
        };
        refused(weekly(&browser, "100000"), "times");
        refused(weekly(&browser, "-3"), "times");
        refused(weekly(&browser, "5").set("repeat", "SECONDLY"), "repeat");
        refused(weekly(&browser, "5").set("ends", "until").set("until", "2026-11-01"), "until");
        refused(weekly(&browser, "5").set("ends", "until").set("until", "2031-11-01"), "until");
        refused(weekly(&browser, "5").set("ends", "until").set("until", "soon"), "until");
        refused(weekly(&browser, "5").set("every", "0"), "every");
        // Dates in the past cannot be had, whatever is picked for them.
        let past = at("2026-11-10 10:00").seconds();
        let pick = format!("1=hunter-street/cedar/{past}-{}", past + 3_600);
        let form = weekly(&browser, "3").add("pick", &pick).set("step", "yes");
        browser.submit(form).must_be(409);
        assert!(browser.get("/bookings").must_be(200).all_text("main li").iter().all(|line| !line.contains("Support")));
    }
}

#[test]
fn this_and_following_is_shown_before_and_after_and_then_changed() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let booking = book(&browser, "5");
        let form = browser.get(&format!("{booking}/change?date=3")).must_be(200).form("form[method=post]");
        let form = form.set("scope", "following").choose("from", "10:30am").choose("to", "11:30am");
        let check = browser.submit(form.clone().set("step", "check")).must_be(200);
        assert_eq!(check.all_text(".dates ins").len(), 3);
        assert!(check.text(".dates ins").unwrap().contains("Tuesday 8 December 2026, 10:30am to 11:30am"));
        let yes = check.form("form[method=post]").set("step", "yes");
        let done = browser.submit(&yes).must_be(303);
        assert_ne!(path(&done), booking);
        let rest = browser.get(&path(&done)).must_be(200);
        assert!(rest.text("main").unwrap().contains("3 confirmed"));
        assert!(rest.has(&format!("a[href='{booking}']")), "the rest says where it comes from");
        // The old form is stale, or speaks of a date that the booking no longer has.
        let again = browser.submit(&yes);
        assert!(again.status == 409 || again.status == 404, "{}", again.status);
        let stale = browser.submit(form.set("date", "1").set("scope", "this").set("step", "yes")).must_be(409);
        assert!(stale.text(".notice").unwrap().contains("has changed since you looked"));
    }
}

#[test]
fn dates_are_given_back_and_put_back_one_by_one() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let booking = book(&browser, "4");
        let form = browser.get(&format!("{booking}/cancel?date=2")).must_be(200).form("form[method=post]");
        browser.submit(form.set("scope", "this")).must_be(303);
        let page = browser.get(&booking).must_be(200);
        assert!(page.text("main").unwrap().contains("3 confirmed, 1 cancelled"));
        browser.submit(page.form("form[action$=put-back]")).must_be(303);
        assert!(browser.get(&booking).must_be(200).text("main").unwrap().contains("4 confirmed"));
        // The button a second time: it has changed since.
        browser.submit(page.form("form[action$=put-back]")).must_be(409);
    }
}

#[test]
fn more_dates_are_shown_and_added() {
    for server in servers() {
        let browser = server.signed_in(server.world.robin_booker);
        let booking = book(&browser, "3");
        taken_on(&server, "2026-12-22");
        let form = browser.get(&format!("{booking}/more")).must_be(200).form("form[method=post]");
        let check = browser.submit(form.set("times", "3").set("step", "check")).must_be(200);
        assert_eq!(check.all_text(".dates > li").len(), 3);
        assert!(
            check.text("main").unwrap().contains("2 dates can be had, 1 date is left out.")
                || check.has("input[name=skip]")
        );
        browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        assert!(browser.get(&booking).must_be(200).text("main").unwrap().contains("5 confirmed, 1 left out"));
    }
}

#[test]
fn a_manager_decides_some_dates_and_a_condition_is_accepted() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let booking = book(&browser, "3");
        let reference = booking.rsplit('/').next().unwrap();
        let manager = server.signed_in(server.world.manager);
        assert_eq!(manager.get("/requests").must_be(200).all_text("ol.plain > li").len(), 1);
        let page = manager.get(&format!("/requests/{reference}")).must_be(200);
        let none = page.form("form.card").unset("date").set("decision", "approve");
        manager.submit(none).must_be(422);
        let two = page.form("form.card").unset("date").add("date", "1").add("date", "2").set("decision", "approve");
        manager.submit(two).must_be(303);
        let page = manager.get(&format!("/requests/{reference}")).must_be(200);
        let offer = page.form("form.card").set("decision", "offer").set("condition", "Leave by 11 sharp");
        manager.submit(offer).must_be(303);
        let page = browser.get(&booking).must_be(200);
        assert!(page.text(".notice").unwrap().contains("Leave by 11 sharp"));
        let accept = page.form("form[action$=accept]");
        browser.submit(&accept).must_be(303);
        assert!(browser.get(&booking).must_be(200).text("main").unwrap().contains("3 confirmed"));
        browser.submit(&accept).must_be(409);
    }
}

#[test]
fn a_change_that_was_asked_for_is_seen_as_a_difference_and_decided() {
    for server in servers() {
        let browser = server.signed_in(server.world.wren_booker);
        let booking = book(&browser, "2");
        let reference = booking.rsplit('/').next().unwrap().to_owned();
        let manager = server.signed_in(server.world.manager);
        let page = manager.get(&format!("/requests/{reference}")).must_be(200);
        manager.submit(page.form("form.card").set("decision", "approve")).must_be(303);
        let form = browser.get(&format!("{booking}/change?date=1")).must_be(200).form("form[method=post]");
        let form = form.set("scope", "this").choose("from", "1pm").choose("to", "2pm");
        let check = browser.submit(form.set("step", "check")).must_be(200);
        assert!(check.text("main").unwrap().contains("decides. Your booking stays as it is until then"));
        let done = browser.submit(check.form("form[method=post]").set("step", "yes")).must_be(303);
        assert!(done.location().unwrap().ends_with("done=change-asked"));
        assert!(browser.get(&booking).must_be(200).text(".notice ins").unwrap().contains("1pm to 2pm"));
        let page = manager.get(&format!("/requests/{reference}")).must_be(200);
        assert!(page.text("del").unwrap().contains("10am to 11am"));
        manager.submit(page.form("form[action$=change]").set("decision", "approve")).must_be(303);
        assert!(browser.get(&booking).must_be(200).text("main").unwrap().contains("1pm to 2pm"));
        manager.submit(page.form("form[action$=change]").set("decision", "approve")).must_be(409);
    }
}
