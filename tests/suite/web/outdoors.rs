//! Spaces outdoors: daylight and season as rules that are shown and kept, closed for today, and where to go in bad weather.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::domain::judge::Verdict;
use alcove::domain::kinds::Kind;
use alcove::domain::places::UnitChoice;
use alcove::domain::refusal::Refusal;
use alcove::domain::rendered::MailKind;
use alcove::domain::rules::{Approval, Rules};
use alcove::domain::season::Season;
use alcove::domain::span::Span;

const GARDEN: &str = "/manage/sites/hunter-street/garden";

/// A garden with its default rules beside the rooms of the world, confirmed at once.
fn plant(server: &Server, season: Option<Season>) {
    let usual = Kind::Outdoor.entry().default_rules();
    let rules = Rules { season, approval: Approval::NotNeeded, ..usual };
    let site = server.world.site;
    server
        .db
        .write_now(|conn| Ok(add_facility(conn, site, "Garden", Kind::Outdoor, &["Garden"], UnitChoice::Whole, &rules)))
        .unwrap();
}

fn ask(server: &Server, session: Span) -> Result<String, Box<Verdict>> {
    let (mailer, draft) = (mailer(), server.world.draft("garden", session));
    let asked = |conn: &mut _| allocation::request(conn, circumstances(&mailer, now()), &draft);
    match server.db.write_now(asked).unwrap() {
        RequestAnswer::Done { reference, .. } => Ok(reference.to_string()),
        RequestAnswer::Refused(dates) => Err(Box::new(dates.into_iter().next().unwrap().1)),
        other => panic!("{other:?}"),
    }
}

fn saved(browser: &Browser, page: Page) -> Page {
    browser.follow(page.must_be(303)).must_be(200)
}

#[test]
fn a_garden_is_had_by_daylight_and_in_its_season() {
    for server in servers() {
        plant(&server, Some(Season { from: (11, 1), to: (12, 10) }));
        // Sunset in London is at six minutes to four, so the last quarter of an hour by daylight ends at 3:45pm.
        ask(&server, span("2026-11-24", "14:30", "15:30")).unwrap();
        let dark = ask(&server, span("2026-12-02", "15:00", "16:00")).unwrap_err();
        let open = vec![span("2026-12-02", "08:00", "15:45")];
        assert_eq!(dark.refusals, [Refusal::Dark { open }]);
        let late = ask(&server, span("2026-12-11", "10:00", "11:00")).unwrap_err();
        assert!(matches!(late.refusals.as_slice(), [Refusal::OutOfSeason { .. }]), "{late:?}");
        ask(&server, span("2026-12-10", "10:00", "11:00")).unwrap();
        // The pages say it, and offer nothing in the dark.
        let visitor = server.visitor();
        let week = visitor.get("/sites/hunter-street/garden?week=2026-11-23").must_be(200);
        assert!(!week.has("a[href*='from=16:00']") && week.has("a[href*='from=14:00']"));
        let browser = server.signed_in(server.world.wren_booker);
        let form = browser.get("/sites/hunter-street/garden/book?date=2026-11-26").must_be(200);
        let rules = form.text("main").unwrap();
        assert!(rules.contains("Between sunrise and sunset") && rules.contains("1 November to 10 December"), "{rules}");
        let found = visitor.get("/find?kind=outdoor&date=2026-11-26&from=16:00&to=17:00").must_be(200);
        assert!(found.text("main").unwrap().contains("open by daylight only"));
    }
}

#[test]
fn a_manager_sets_daylight_season_and_position_in_words() {
    for server in servers() {
        plant(&server, None);
        let browser = server.signed_in(server.world.manager);
        let path = format!("{GARDEN}/rules");
        let form = browser.get(&path).must_be(200).form("main form");
        assert_eq!(form.value("daylight"), Some("yes"));
        let wrong = form.clone().set("season_from", "1 April").set("season_to", "soon").set("step", "save");
        let page = browser.submit(wrong).must_be(422);
        assert!(page.text(".error-summary, [role=alert]").unwrap().contains("a day of the year"));
        assert_eq!(page.form("main form").value("season_from"), Some("1 April"));
        let right = page.form("main form").set("season_to", "30 sep").set("step", "save");
        let page = saved(&browser, browser.submit(right));
        assert!(page.text("aside").unwrap().contains("1 April to 30 September"));
        assert_eq!(page.form("main form").value("season_to"), Some("30 September"));

        let site = browser.get("/manage/sites/hunter-street").must_be(200).form("main form");
        assert_eq!(site.value("position"), Some("51.52, -0.12"));
        let page = browser.submit(site.clone().set("position", "north of the river")).must_be(422);
        assert!(page.text("main").unwrap().contains("Enter latitude and longitude"));
        // In Inverness the sun sets before twenty to four in December.
        saved(&browser, browser.submit(site.set("position", "57.4778, -4.2247")));
        let form = browser.get(&path).must_be(200).form("main form").set("season_from", "").set("season_to", "");
        saved(&browser, browser.submit(form.set("step", "save")));
        let dark = ask(&server, span("2026-12-02", "15:00", "16:00")).unwrap_err();
        let open = vec![span("2026-12-02", "08:45", "15:30")];
        assert_eq!(dark.refusals, [Refusal::Dark { open }]);
    }
}

#[test]
fn closed_today_tells_everyone_and_offers_the_place_for_bad_weather_first() {
    for server in servers() {
        plant(&server, None);
        let reference = ask(&server, span("2026-11-20", "13:00", "14:00")).unwrap();
        let browser = server.signed_in(server.world.manager);
        let form = browser.get(GARDEN).must_be(200).form("#words").choose("fallback", "Hall");
        let page = saved(&browser, browser.submit(form));
        assert_eq!(page.form("#words").value("fallback"), Some("hall"));

        let check = browser.submit(page.form("#today")).must_be(200);
        assert!(check.h1().starts_with("1 booking loses its place"), "{}", check.h1());
        assert!(check.text("main").unwrap().contains("The weather"));
        saved(&browser, browser.submit(check.form("main form").set("step", "close")));
        let mails = server.mails_to("wendy@alcove.test");
        let told: Vec<_> = mails.iter().filter(|mail| mail.kind == MailKind::Displaced).collect();
        assert_eq!(told.len(), 1);
        assert!(
            told[0].text.contains("The weather") && told[0].text.contains("Hall, Friday 20 November"),
            "{}",
            told[0].text
        );

        let wren = server.signed_in(server.world.wren_booker);
        let page = wren.get(&format!("/bookings/{reference}/instead?date=1")).must_be(200);
        assert_eq!(page.all_text("main li b")[0], "Hall");
        let booking = wren.follow(wren.submit(page.form("main li form")).must_be(303)).must_be(200);
        assert!(booking.text("main").unwrap().contains("Hall"));
        assert_ne!(booking.text(".state").unwrap(), "Place lost");
        // A room has no such form.
        assert!(!browser.get("/manage/sites/hunter-street/cedar").must_be(200).has("#today"));
    }
}

#[test]
fn a_garden_without_a_position_is_open_as_its_site_is() {
    for server in servers() {
        plant(&server, None);
        let browser = server.signed_in(server.world.manager);
        let site = browser.get("/manage/sites/hunter-street").must_be(200).form("main form");
        saved(&browser, browser.submit(site.set("position", "")));
        let evening = server.world.draft("garden", span("2026-11-25", "19:00", "20:00"));
        let (mailer, draft) = (mailer(), Draft { people: 5, ..evening });
        let answer = server
            .db
            .write_now(|conn| allocation::request(conn, circumstances(&mailer, at("2026-11-20 09:00")), &draft));
        assert!(matches!(answer.unwrap(), RequestAnswer::Done { .. }));
        assert_eq!(draft.facility, slug("garden"));
    }
}
