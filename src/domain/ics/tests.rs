//! Calendar files as other programs write them, and as nobody should.

use chrono_tz::Europe::London;

use super::*;
use crate::domain::hours::instant_at;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(date: &str, hour: i32) -> Instant {
    instant_at(London, day(date), hour * 60).unwrap()
}

fn now() -> Instant {
    at("2026-11-20", 9)
}

fn file(events: &[&str]) -> String {
    let events: String =
        events.iter().map(|lines| format!("BEGIN:VEVENT\r\nUID:1\r\n{lines}\r\nEND:VEVENT\r\n")).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn all(events: &[&str]) -> Vec<Entry> {
    read(file(events).as_bytes(), London, now()).unwrap()
}

fn one(lines: &str) -> Result<Asked, EntryFault> {
    all(&[lines]).remove(0).asked
}

const SUMMER: &str = "DTSTART;TZID=Europe/London:20270701T100000\r\nDTEND;TZID=Europe/London:20270701T110000";

#[test]
fn a_time_is_read_in_its_own_zone_or_that_of_the_site() {
    let ten = Span::new(at("2027-07-01", 10), at("2027-07-01", 11)).unwrap();
    for lines in [
        SUMMER,
        "DTSTART:20270701T100000\r\nDTEND:20270701T110000",
        "DTSTART:20270701T090000Z\r\nDTEND:20270701T100000Z",
        "DTSTART;TZID=\"GMT Standard Time\":20270701T100000\r\nDURATION:PT1H",
        "DTSTART;TZID=Europe/Paris:20270701T110000\r\nDURATION:PT60M",
        "dtstart;tzid=Europe/London:20270701T1000\r\n 00\r\nDTEND;TZID=Europe/London:20270701T110000",
    ] {
        assert_eq!(one(lines).unwrap().session, ten, "{lines}");
    }
}

#[test]
fn a_rule_is_taken_as_far_as_it_can_be_booked() {
    let series = |rule: &str| one(&format!("{SUMMER}\r\nRRULE:{rule}"));
    let dates = |rule: &str| series(rule).unwrap().repeat.unwrap().dates();
    assert_eq!(dates("FREQ=WEEKLY;COUNT=3"), [day("2027-07-01"), day("2027-07-08"), day("2027-07-15")]);
    assert_eq!(dates("FREQ=WEEKLY;WKST=MO;UNTIL=20270708T220000Z").len(), 2);
    assert_eq!(dates("FREQ=MONTHLY;COUNT=2"), [day("2027-07-01"), day("2027-08-01")]);
    assert_eq!(dates("FREQ=MONTHLY;BYDAY=1TH;COUNT=2"), [day("2027-07-01"), day("2027-08-05")]);
    let endless = series("FREQ=WEEKLY").unwrap();
    assert!(endless.endless && endless.repeat.unwrap().dates().len() == 53);
    for rule in
        ["FREQ=SECONDLY;COUNT=5", "FREQ=HOURLY", "FREQ=YEARLY;COUNT=2", "FREQ=WEEKLY;BYSETPOS=1;COUNT=2", "nonsense"]
    {
        assert!(matches!(series(rule), Err(EntryFault::Rule(_))), "{rule}");
    }
    assert!(matches!(series("FREQ=DAILY;COUNT=100000"), Err(EntryFault::Rule(_) | EntryFault::Series(_))));
    assert!(matches!(series("FREQ=DAILY;COUNT=300"), Err(EntryFault::Series(NoSeries::TooMany))));
    let utc = "DTSTART:20270701T090000Z\r\nDTEND:20270701T100000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3";
    assert_eq!(one(utc), Err(EntryFault::OtherZone));
}

#[test]
fn what_is_over_is_left_and_a_series_goes_on_from_its_next_date() {
    assert_eq!(one("DTSTART:20260701T100000\r\nDURATION:PT1H"), Err(EntryFault::Over));
    let running = "DTSTART:20261103T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=6\r\nEXDATE:20261201T100000,20261110T100000";
    let asked = one(running).unwrap();
    assert_eq!(asked.session.start(), at("2026-11-24", 10));
    assert_eq!(asked.repeat.unwrap().dates(), [day("2026-11-24"), day("2026-12-01"), day("2026-12-08")]);
    assert_eq!(asked.without, [day("2026-12-01")]);
}

#[test]
fn a_date_that_was_moved_is_left_out_of_its_series_and_stands_by_itself() {
    let series = "DTSTART:20261124T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3";
    let moved = "RECURRENCE-ID:20261201T100000\r\nDTSTART:20261202T140000\r\nDURATION:PT1H";
    let cancelled = "DTSTART:20261203T140000\r\nDURATION:PT1H\r\nSTATUS:CANCELLED";
    let entries = all(&[series, moved, cancelled]);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].asked.as_ref().unwrap().without, [day("2026-12-01")]);
    assert_eq!(entries[1].asked.as_ref().unwrap().session.start(), at("2026-12-02", 14));
}

#[test]
fn an_entry_that_cannot_be_had_says_why() {
    for (lines, fault) in [
        ("DTSTART;VALUE=DATE:20270701", EntryFault::AllDay),
        ("SUMMARY:No time", EntryFault::NoTime),
        ("DTSTART:soon\r\nDURATION:PT1H", EntryFault::NoTime),
        ("DTSTART:20270701T100000\r\nDTEND:20270701T090000", EntryFault::Backwards),
        ("DTSTART:20270328T013000\r\nDURATION:PT1H", EntryFault::NoSuchTime),
        ("DTSTART:20270701T100000\r\nDURATION:P9999999D", EntryFault::NoTime),
        ("DTSTART:99990701T100000\r\nDURATION:PT1H", EntryFault::NoTime),
    ] {
        assert_eq!(one(lines), Err(fault), "{lines}");
    }
    let moon = "DTSTART;TZID=Moon/Tranquillity:20270701T100000\r\nDURATION:PT1H";
    assert_eq!(one(moon), Err(EntryFault::UnknownZone("Moon/Tranquillity".to_owned())));
}

#[test]
fn text_is_unfolded_and_unescaped() {
    let entries = all(&[&format!("{SUMMER}\r\nSUMMARY:Coffee\\, tea\\n and\r\n  talk\r\nATTACH:http://127.0.0.1:1/x")]);
    assert_eq!(entries[0].summary, "Coffee, tea  and talk");
    // An alarm within an entry has lines of the same names.
    let alarm = format!("{SUMMER}\r\nSUMMARY:Own\r\nBEGIN:VALARM\r\nSUMMARY:Alarm\r\nEND:VALARM");
    assert_eq!(all(&[&alarm])[0].summary, "Own");
}

#[test]
fn a_file_that_is_none_or_too_much_is_refused_as_a_whole() {
    let read = |bytes: &[u8]| read(bytes, London, now()).unwrap_err();
    assert_eq!(read(b"%PDF-1.7"), FileFault::NotCalendar);
    assert_eq!(read(&[0xff, 0xfe, 0x00]), FileFault::NotCalendar);
    assert_eq!(read(b""), FileFault::NotCalendar);
    assert_eq!(read(file(&[]).as_bytes()), FileFault::Empty);
    assert_eq!(read(file(&vec![SUMMER; 101]).as_bytes()), FileFault::TooMany);
    assert_eq!(read(&vec![b'x'; LARGEST + 1]), FileFault::TooLarge);
    // Components within components without end, and a line without end.
    let deep = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:VEVENT\r\n".repeat(30_000));
    assert_eq!(read(deep.as_bytes()), FileFault::Empty);
    let long = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{}", "x\r\n ".repeat(100_000));
    assert_eq!(read(long.as_bytes()), FileFault::Empty);
}

#[test]
fn a_group_that_has_run_for_years_goes_on_for_a_year_from_today() {
    let series = |start: &str, rule: &str| {
        one(&format!("DTSTART;TZID=Europe/London:{start}T100000\r\nDURATION:PT1H\r\nRRULE:{rule}")).map(|asked| {
            let dates = asked.repeat.unwrap().dates();
            (asked.session.start(), dates.len(), *dates.last().unwrap())
        })
    };
    // Tuesdays since January 2025, without an end; today is Friday 20 November 2026.
    let (start, number, last) = series("20250107", "FREQ=WEEKLY").unwrap();
    assert_eq!((start, number, last), (at("2026-11-24", 10), 52, day("2027-11-16")));
    let (start, number, _) = series("20231107", "FREQ=WEEKLY;UNTIL=20270105T100000Z").unwrap();
    assert_eq!((start, number), (at("2026-11-24", 10), 7));
    let (_, number, last) = series("20260106", "FREQ=WEEKLY;COUNT=50").unwrap();
    assert_eq!((number, last), (4, day("2026-12-15")));
    assert_eq!(series("20250107", "FREQ=WEEKLY;COUNT=50"), Err(EntryFault::Over));
    // Every other week keeps to its own weeks.
    assert_eq!(series("20250107", "FREQ=WEEKLY;INTERVAL=2").unwrap().0, at("2026-11-24", 10));
    assert_eq!(series("20250114", "FREQ=WEEKLY;INTERVAL=2").unwrap().0, at("2026-12-01", 10));
    // Today counts while its session is not over.
    assert_eq!(series("20261113", "FREQ=WEEKLY;COUNT=2").unwrap().0, at("2026-11-20", 10));
    let over = "DTSTART;TZID=Europe/London:20261113T070000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2";
    assert_eq!(one(over), Err(EntryFault::Over));
}

#[test]
fn a_date_of_a_series_that_was_cancelled_by_itself_is_not_asked_for() {
    let entries = all(&[
        "DTSTART;TZID=Europe/London:20261124T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3",
        "RECURRENCE-ID;TZID=Europe/London:20261201T100000\r\nDTSTART;TZID=Europe/London:20261201T100000\r\nDURATION:PT1H\r\nSTATUS:CANCELLED",
    ]);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].asked.as_ref().unwrap().without, [day("2026-12-01")]);
}
