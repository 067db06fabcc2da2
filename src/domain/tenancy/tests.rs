//! The rules of tenancies as tables.

use super::*;
use crate::domain::holder::{Contact, Reach};
use crate::domain::ids::OrganisationId;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const RULES: AllotmentRules = AllotmentRules::usual();

#[test]
fn letting_is_refused_for_each_reason_and_for_all_at_once() {
    let fine = Letting {
        today: date("2026-11-20"),
        from: date("2026-12-01"),
        season: RULES.season,
        resting: false,
        taken: false,
        line_first: false,
        has: None,
        closed_from: None,
    };
    let seven = PlotNumber::parse("7").unwrap();
    let table: [(Letting, Vec<NoLetting>); 11] = [
        (fine.clone(), vec![]),
        (Letting { from: date("2026-04-01"), ..fine.clone() }, vec![]),
        (Letting { from: date("2026-03-31"), ..fine.clone() }, vec![NoLetting::TooEarly(date("2026-04-01"))]),
        (Letting { from: date("2027-11-21"), ..fine.clone() }, vec![]),
        (Letting { from: date("2027-11-22"), ..fine.clone() }, vec![NoLetting::TooFar]),
        (Letting { resting: true, ..fine.clone() }, vec![NoLetting::Resting]),
        (Letting { taken: true, line_first: true, ..fine.clone() }, vec![NoLetting::Taken]),
        (Letting { line_first: true, ..fine.clone() }, vec![NoLetting::LineFirst]),
        (Letting { has: Some(seven.clone()), ..fine.clone() }, vec![NoLetting::HasPlot(seven.clone())]),
        (Letting { closed_from: Some(date("2026-12-01")), ..fine.clone() }, vec![NoLetting::Closed]),
        (
            Letting { taken: true, resting: true, has: Some(seven.clone()), ..fine },
            vec![NoLetting::Resting, NoLetting::Taken, NoLetting::HasPlot(seven)],
        ),
    ];
    for (facts, no) in table {
        assert_eq!(judge_letting(&facts), no, "{facts:?}");
    }
}

fn run(covered_to: &str, rolling: bool, last_day: Option<&str>) -> Run {
    Run { first: date("2025-04-01"), covered_to: date(covered_to), rolling, last_day: last_day.map(date) }
}

#[test]
fn notice_takes_its_time_by_who_gives_it() {
    let today = date("2026-11-20");
    let rolls = run("2027-04-01", true, None);
    let once = run("2027-04-01", false, None);
    let starts_late = Run { first: date("2027-01-10"), ..rolls };
    for (by, run, last, answer) in [
        (NoticeBy::Holder, rolls, "2026-12-18", Ok(())),
        (NoticeBy::Holder, rolls, "2026-12-17", Err(NoNotice::TooSoon(date("2026-12-18")))),
        (NoticeBy::Holder, rolls, "2027-05-31", Ok(())),
        (NoticeBy::Site, rolls, "2027-11-20", Ok(())),
        (NoticeBy::Site, rolls, "2027-11-19", Err(NoNotice::TooSoon(date("2027-11-20")))),
        (NoticeBy::Agreed, rolls, "2026-11-20", Ok(())),
        (NoticeBy::Agreed, rolls, "2026-11-19", Err(NoNotice::TooSoon(today))),
        (NoticeBy::Agreed, starts_late, "2026-12-31", Err(NoNotice::TooSoon(date("2027-01-10")))),
        (NoticeBy::Agreed, rolls, "2028-11-21", Err(NoNotice::TooFar(date("2028-11-20")))),
        (NoticeBy::Holder, once, "2027-04-01", Err(NoNotice::Over(date("2027-03-31")))),
        (NoticeBy::Holder, once, "2027-03-30", Ok(())),
        (
            NoticeBy::Agreed,
            Run { last_day: Some(date("2026-12-31")), ..rolls },
            "2026-11-30",
            Err(NoNotice::Already(date("2026-12-31"))),
        ),
    ] {
        assert_eq!(judge_notice(&RULES, by, run, (today, date(last))), answer, "{by:?} {last}");
    }
}

#[test]
fn a_rolling_tenancy_gets_its_next_season_in_good_time_and_no_other_does() {
    let turn = "2027-04-01";
    for (run, today, closed, piece) in [
        // Sixty days before the turn, and not a day earlier.
        (run(turn, true, None), "2027-01-31", None, Some((turn, "2028-04-01"))),
        (run(turn, true, None), "2027-01-30", None, None),
        // Late is better than never.
        (run(turn, true, None), "2027-06-01", None, Some((turn, "2028-04-01"))),
        // From mid-season only to the turn.
        (run("2026-12-01", true, None), "2026-11-20", None, Some(("2026-12-01", turn))),
        (run(turn, false, None), "2027-03-31", None, None),
        // Under notice it gets what it has a right to, and no day more.
        (run(turn, true, Some("2026-12-31")), "2027-03-31", None, None),
        (run(turn, true, Some("2027-03-31")), "2027-03-31", None, None),
        (run(turn, true, Some("2027-05-31")), "2027-03-01", None, Some((turn, "2027-06-01"))),
        (run(turn, true, Some("2028-06-30")), "2027-03-01", None, Some((turn, "2028-04-01"))),
        (run(turn, true, None), "2027-03-01", Some("2027-04-01"), None),
        (run(turn, true, None), "2027-03-01", Some("2027-04-02"), Some((turn, "2028-04-01"))),
    ] {
        let expected = piece.map(|(from, to)| (date(from), date(to)));
        assert_eq!(next_piece(&RULES, run, date(today), closed.map(date)), expected, "{run:?} on {today}");
    }
}

#[test]
fn a_holder_is_the_same_by_account_and_by_contact() {
    let person = |reach: &str| {
        let contact = Contact { name: "Jo".to_owned(), reach: Reach::parse(reach).unwrap() };
        key_of(&Holder::Person(contact))
    };
    assert_eq!(person("Jo@Example.org"), person_key("jo@example.org"));
    assert_eq!(person("020 7946 0123"), person("(020) 7946-0123"));
    assert_ne!(person("020 7946 0123"), person("020 7946 0124"));
    assert_eq!(key_of(&Holder::Organisation(OrganisationId::new(7))), "o:7");
}

#[test]
fn days_run_from_midnight_to_midnight_over_clock_changes() {
    let zone = chrono_tz::Europe::London;
    let year = days(zone, (date("2026-04-01"), date("2027-04-01"))).unwrap();
    assert_eq!(year.minutes(), 365 * 1440);
    let winter = days(zone, (date("2026-10-01"), date("2026-11-01"))).unwrap();
    assert_eq!(winter.minutes(), 31 * 1440 + 60);
    assert_eq!(last_day(zone, winter.end()), date("2026-10-31"));
    assert_eq!(days(zone, (date("2026-04-01"), date("2026-04-01"))), None);
}
