//! Dates and instants of repeating bookings, compared with an independent implementation. Not what is booked on them.

use alcove::domain::hours::{NoSuchTime, instant_at};
use alcove::domain::recurrence::Repeat;
use chrono::NaiveDate;
use chrono_tz::Europe::London;

/// Written by `recurrence/vectors.py` with python-dateutil; its head says how a line reads.
const VECTORS: &str = include_str!("recurrence/vectors.txt");

#[test]
fn rules_give_the_dates_and_instants_that_dateutil_gives() {
    let mut compared = 0;
    for line in VECTORS.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let [first, minute, rule, steps] = parts[..] else { panic!("{line}") };
        let first: NaiveDate = first.parse().unwrap();
        let minute: i32 = minute.parse().unwrap();
        let dates = Repeat::parse(rule).unwrap().dates(first).unwrap_or_else(|why| panic!("{line}: {why}"));
        let mut before = first.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
        let found: Vec<String> = dates
            .into_iter()
            .map(|date| match instant_at(London, date, minute) {
                Ok(at) => {
                    let step = (at.seconds() - before) / 60;
                    before = at.seconds();
                    step.to_string()
                }
                Err(NoSuchTime::ClocksGoForward) => "gap".to_owned(),
                Err(other) => panic!("{line}: {other}"),
            })
            .collect();
        assert_eq!(found.join(","), steps, "{line}");
        compared += 1;
    }
    assert!(2_000 <= compared, "only {compared} rules");
}
