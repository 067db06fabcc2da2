//! Reports as conversations: what a manager, an administrator and a coordinator find, empty states, dates that cannot be, files and funders.

use crate::support::browser::{Browser, Page};
use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, add_organisation, at, circumstances, mailer, now, slug, span};
use alcove::allocation::{self, Draft, RequestAnswer};
use alcove::chance::Chance;
use alcove::domain::attendance::{Figures, Heard, Outcome};
use alcove::domain::bank_holidays::Nation;
use alcove::domain::hours::WeeklyHours;
use alcove::domain::kinds::Kind;
use alcove::domain::organisation::Class;
use alcove::domain::places::UnitChoice;
use alcove::domain::rules::Rules;
use alcove::domain::span::Span;
use alcove::store::sites::SiteFacts;
use alcove::store::{Conn, StoreError, attendance, bookings, sites};
use diesel::connection::SimpleConnection;

const SITE: &str = "/manage/sites/hunter-street/reports";
const OWN: &str = "/organisations/robin-trust/reports";
const ALL: &str = "/manage/reports";
const AUTUMN: &str = "from=2026-11-01&to=2026-11-30";

/// Robin Trust books the hall, and so many come.
fn held(server: &Server, session: Span, people: i32) {
    let (mailer, world) = (mailer(), &server.world);
    let nonce = Chance.token().reveal().to_owned();
    let draft = Draft {
        nonce,
        booked_by: world.robin_booker,
        holder: alcove::domain::holder::Holder::Organisation(world.robin),
        ..world.draft("hall", session)
    };
    let answer = server.db.write_now(|conn| allocation::request(conn, circumstances(&mailer, now()), &draft)).unwrap();
    let RequestAnswer::Done { reference, .. } = answer else { panic!("{answer:?}") };
    let record = |conn: &mut Conn| -> Result<(), StoreError> {
        let id = bookings::by_reference(conn, &reference)?.unwrap().id;
        conn.batch_execute("UPDATE occurrence SET state = 'confirmed', state_until = NULL WHERE state = 'requested'")?;
        let heard = Heard { gp: people, ..Heard::default() };
        let figures =
            Figures { outcome: Outcome::Came, people, new_people: 0, heard, left_as_found: true, note: String::new() };
        attendance::set(conn, (id, 1), &figures, (None, session.end()))
    };
    server.db.write_now(record).unwrap();
}

fn shows(page: &Page, words: &str) -> bool {
    page.text("main").unwrap().contains(words)
}

/// The cells of a table's rows, the total among them.
fn rows(page: &Page, key: &str) -> Vec<Vec<String>> {
    let columns = page.all_text(&format!("table[data-key='{key}'] thead th")).len();
    let cells = page.all_text(&format!("table[data-key='{key}'] tbody :is(th, td)"));
    assert!(0 < columns && cells.len().is_multiple_of(columns), "{key}: {cells:?}");
    cells.chunks(columns).map(<[String]>::to_vec).collect()
}

#[test]
fn a_manager_finds_use_by_space_and_organisation_and_takes_it_away() {
    for server in servers() {
        held(&server, span("2026-11-24", "10:00", "12:00"), 9);
        let manager = server.signed_in(server.world.manager);
        assert!(manager.get("/manage").must_be(200).has(&format!("main a[href='{SITE}']")));
        assert!(manager.get("/manage/sites/hunter-street").must_be(200).has(&format!("main a[href='{SITE}']")));
        let page = manager.get(&format!("{SITE}?{AUTUMN}")).must_be(200);
        // The hall is open from 8am to 9pm on the 30 days of November.
        let hall = rows(&page, "spaces").into_iter().find(|row| row[0] == "Hall").unwrap();
        assert_eq!(hall, ["Hall", "390", "2", "1%", "0", "1", "0", "0"]);
        assert_eq!(rows(&page, "organisations")[0], ["Robin Trust", "2", "0", "1", "0", "0"]);
        assert!(shows(&page, "Busiest on Tuesdays from 10am to 11am"), "{}", page.text("main").unwrap());
        let empty = rows(&page, "empty");
        assert_eq!(
            (empty.len(), &empty[0][2..]),
            (20, ["Afternoon, noon to 5pm", "5", "100%"].map(String::from).as_slice())
        );
        // Once it is over it was used.
        server.clock.set(at("2026-11-25 09:00"));
        let page = manager.get(&format!("{SITE}?{AUTUMN}")).must_be(200);
        assert_eq!(rows(&page, "organisations")[0], ["Robin Trust", "2", "2", "1", "0", "0"]);
        let rename = |conn: &mut Conn| Ok(conn.batch_execute("UPDATE facility SET name = '=1+1' WHERE slug = 'hall'")?);
        server.db.write_now(rename).unwrap();
        let file = manager.get(&format!("{SITE}.csv?{AUTUMN}&table=spaces")).must_be(200);
        assert!(file.header("content-type").unwrap().starts_with("text/csv"));
        let named = "attachment; filename=\"hunter-street-spaces-2026-11-01-2026-11-30.csv\"";
        assert_eq!(file.header("content-disposition"), Some(named));
        assert!(file.body.starts_with("Space,Open,Booked,Share booked,Used,Sessions,Cancelled late,Not come\r\n"));
        assert!(file.body.contains("\r\n'=1+1,390.00,2.00,1,2.00,1,0,0\r\n"), "{}", file.body);
        let times = manager.get(&format!("{SITE}.csv?{AUTUMN}&table=times")).must_be(200);
        assert!(times.body.contains("Tuesday,10:00,") && times.body.contains(",1.00,"), "{}", times.body);
    }
}

#[test]
fn where_nothing_was_booked_the_page_says_so_and_dates_that_cannot_be_are_kept_and_told() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let page = manager.get(SITE).must_be(200);
        assert!(shows(&page, "Nothing was booked between 1 August and 31 October 2026."));
        assert!(page.text("h1").unwrap().contains("1 August to 31 October 2026"), "the last three whole months");
        let none = manager.get(&format!("{SITE}?view=people&from=2026-11-02&to=2026-11-29")).must_be(200);
        assert!(shows(&none, "Choose dates with at least one whole month"));
        for (dates, field, kept) in [
            ("from=2026-12-01&to=2026-11-01", "to", "2026-11-01"),
            ("from=soon&to=2026-11-01", "from", "soon"),
            ("from=2026-01-01&to=2028-01-01", "to", "2028-01-01"),
            ("view=compare&from=2026-01-01&to=2026-02-01&from2=2026-03-01&to2=9999-12-31", "to2", "9999-12-31"),
            ("view=compare&date=31/12/2026", "date", "31/12/2026"),
        ] {
            let page = manager.get(&format!("{SITE}?{dates}")).must_be(422);
            assert!(page.title().starts_with("Error: "), "{dates}");
            assert!(page.has(&format!(".error-summary a[href='#{field}']")), "{dates}");
            assert_eq!(page.attr(&format!("#{field}"), "value").as_deref(), Some(kept), "{dates}");
            assert!(!page.has("main table"));
            manager.get(&format!("{SITE}.csv?{dates}")).must_be(400);
        }
    }
}

#[test]
fn small_counts_are_not_told_and_nothing_tells_them() {
    for server in servers() {
        for (date, people) in [("2026-11-02", 2), ("2026-11-03", 1), ("2026-11-04", 0)] {
            server.clock.set(at("2026-11-20 09:00"));
            let session = span(date, "10:00", "12:00");
            // It is in the past, so it is written as it would stand after it.
            let shifted = Span::new(session.start().plus_days(28), session.end().plus_days(28)).unwrap();
            held(&server, shifted, people);
        }
        server.clock.set(at("2027-01-02 09:00"));
        let manager = server.signed_in(server.world.manager);
        let december = "view=people&from=2026-11-01&to=2026-12-31";
        let page = manager.get(&format!("{SITE}?{december}")).must_be(200);
        assert_eq!(rows(&page, "people")[0], ["Robin Trust", "3", "fewer than 5", "not shown"]);
        assert_eq!(rows(&page, "heard").last().unwrap(), &["Total", "fewer than 5"]);
        held(&server, span("2027-01-12", "10:00", "12:00"), 40);
        let page = manager.get(&format!("{SITE}?view=people&from=2026-11-01&to=2027-01-31")).must_be(200);
        assert_eq!(rows(&page, "people")[0], ["Robin Trust", "4", "43", "0"]);
        let file = manager.get(&format!("{SITE}.csv?{december}&table=heard")).must_be(200);
        assert!(file.body.contains("Their GP,fewer than 5\r\n"), "{}", file.body);
        assert!(!file.body.contains(",3\r\n"));
        let compared = format!("{SITE}?view=compare&from=2027-01-01&to=2027-01-31&from2=2026-12-01&to2=2026-12-31");
        let page = manager.get(&compared).must_be(200);
        assert_eq!(rows(&page, "compare-organisations")[0][1..], ["4", "2", "−2", "2", "1", "fewer than 5", "40"]);
    }
}

#[test]
fn value_is_that_of_the_statement_by_quarter_and_funder() {
    for server in servers() {
        let manager = server.signed_in(server.world.manager);
        let rates = manager.get("/manage/sites/hunter-street/hall/rates").must_be(200);
        let form = rates.form("form#add").set("payer", "charity").set("per", "hour").set("price", "0");
        manager.submit(form.set("value", "12.00").set("from", "2026-01-01")).must_be(303);
        held(&server, span("2026-11-24", "10:00", "12:00"), 9);
        held(&server, span("2027-01-12", "10:00", "13:00"), 9);
        let space = "/manage/sites/hunter-street/hall";
        let form = manager.get(space).must_be(200).form("form#funding");
        let wrong = manager.submit(form.set("funder", "Vale Fund").set("in_use_from", "soon").set("step", "funding"));
        let wrong = wrong.must_be(422);
        assert!(wrong.has(".error-summary a[href='#in_use_from']"));
        assert_eq!(wrong.attr("#funder", "value").as_deref(), Some("Vale Fund"));
        let form = wrong.form("form#funding").set("in_use_from", "2026-11-16").set("step", "funding");
        manager.submit(form).must_be(303);
        let years = "view=value&from=2026-10-01&to=2027-03-31";
        let page = manager.get(&format!("{SITE}?{years}")).must_be(200);
        let quarters = rows(&page, "quarters");
        let quarter = ["October to December 2026", "2026, quarter 4", "2026/27, quarter 3", "1", "£24.00", "£24.00"];
        assert_eq!(quarters[0], quarter);
        assert_eq!(quarters[1][2..], ["2026/27, quarter 4", "1", "£36.00", "£36.00"]);
        assert_eq!(quarters[2][5], "£60.00");
        assert_eq!(rows(&page, "value-funders")[0], ["Vale Fund", "2", "£60.00", "£0.00", "£60.00"]);
        let rob = server.signed_in(server.world.robin_booker);
        let statement = rob.get("/organisations/robin-trust/statement?month=2026-11").must_be(200);
        assert!(statement.text("main").unwrap().contains("Worth £24.00"));
        // In use since the middle of the month, and the only space of its funder.
        let page = manager.get(&format!("{SITE}?{AUTUMN}&funder=Vale+Fund")).must_be(200);
        let spaces = rows(&page, "spaces");
        assert_eq!((spaces.len(), spaces[0][1].as_str()), (2, "195"));
        assert!(page.has("#funder option[selected][value='Vale Fund']"));
    }
}

#[test]
fn each_sees_what_they_may_and_no_report_asks_much() {
    for server in servers() {
        held(&server, span("2026-11-24", "10:00", "12:00"), 9);
        let elsewhere = |conn: &mut Conn| -> Result<(), StoreError> {
            let facts = SiteFacts {
                slug: &slug("mill-lane"),
                name: "Mill Lane",
                street: "3 Mill Lane",
                town: "Stockport",
                postcode: "SK1 1AA",
                phone: "",
                about: "",
                arrival: "",
                zone: chrono_tz::Europe::London,
                position: None,
                nation: Nation::EnglandAndWales,
                step_free: true,
            };
            let site = sites::insert(conn, &facts)?;
            let mondays = WeeklyHours { facility: None, weekday: 0, from_minute: 480, to_minute: 1260 };
            sites::set_hours(conn, site, None, &[mondays])?;
            add_facility(conn, site, "Osier", Kind::Group, &["Osier"], UnitChoice::Whole, &Rules::ordinary());
            add_organisation(conn, "Finch Aid", Class::Charity);
            Ok(())
        };
        server.db.write_now(elsewhere).unwrap();
        let (manager, rob) = (server.signed_in(server.world.manager), server.signed_in(server.world.robin_booker));
        let page = manager.get(&format!("{ALL}?{AUTUMN}")).must_be(200);
        assert!(shows(&page, "Hall") && !shows(&page, "Osier"));
        manager.get("/manage/sites/mill-lane/reports").must_be(404);
        manager.get(OWN).must_be(404);
        let page = rob.get(&format!("{OWN}?{AUTUMN}")).must_be(200);
        assert_eq!(rows(&page, "spaces")[0], ["Hall", "Hunter Street Medical Centre", "2", "0", "1", "0", "0"]);
        assert!(
            !shows(&page, "Share booked") && !page.has("[data-key='organisations']") && !page.has("[data-key='empty']")
        );
        assert!(rob.get("/organisations/robin-trust").must_be(200).has(&format!("main a[href='{OWN}']")));
        for path in [SITE, ALL, "/organisations/finch-aid/reports", "/organisations/wren-support/reports"] {
            rob.get(path).must_be(404);
            rob.get(&format!("{path}.csv")).must_be(404);
        }
        let asks = |browser: &Browser, path: &str, view: &str| {
            let before = server.db.queries();
            browser.get(&format!("{path}?view={view}&{AUTUMN}")).must_be(200);
            server.db.queries() - before
        };
        for (browser, path) in [(&manager, SITE), (&manager, ALL), (&rob, OWN)] {
            let asked = ["use", "people", "value", "compare"].map(|view| asks(browser, path, view));
            assert!(asked[..3].iter().all(|one| *one <= 8) && asked[3] <= 9, "{path} {asked:?}");
        }
    }
}
