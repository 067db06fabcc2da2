//! The rules as tables: each one refused and satisfied. Not the store.

use super::*;
use crate::domain::ids::{BookingId, FacilityId, SiteId, Slug};
use crate::domain::kinds::Kind;
use crate::domain::places::{Unit, UnitChoice};
use crate::domain::rules::{Privacy, Rules};
use crate::domain::{hours, nearest};
use chrono_tz::Europe::London;

const US: OrganisationId = OrganisationId::new(1);
const THEM: OrganisationId = OrganisationId::new(2);

fn at(text: &str) -> Instant {
    let (date, time) = text.split_once(' ').unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    let minute = hour.parse::<i32>().unwrap() * 60 + minute.parse::<i32>().unwrap();
    hours::instant_at(London, date.parse().unwrap(), minute).unwrap()
}

fn span(date: &str, from: &str, to: &str) -> Span {
    Span::new(at(&format!("{date} {from}")), at(&format!("{date} {to}"))).unwrap()
}

fn facility(units: usize, choice: UnitChoice, rules: Rules) -> Facility {
    Facility {
        id: FacilityId::new(1),
        site: SiteId::new(1),
        slug: Slug::parse("cedar").unwrap(),
        name: "Cedar".to_owned(),
        kind: Kind::Group,
        room: String::new(),
        floor: String::new(),
        about: String::new(),
        arrival: String::new(),
        needs: Vec::new(),
        choice,
        listed: true,
        retired_from: None,
        fallback: None,
        rules,
        units: (1..=units).map(|n| Unit { id: UnitId::new(n as i64), name: format!("Unit {n}") }).collect(),
    }
}

fn taken(
    unit: i64,
    occurrence: i64,
    organisation: OrganisationId,
    session: Span,
    around: (i64, i64),
    until: Option<Instant>,
) -> Taken {
    Taken {
        unit: UnitId::new(unit),
        span: session.widened(around.0, around.1),
        by: TakenBy::Occurrence {
            booking: BookingId::new(occurrence),
            occurrence: OccurrenceId::new(occurrence),
            organisation: Some(organisation),
            session,
            until,
            privacy: Privacy::Organisation,
        },
    }
}

const DAY: &str = "2026-11-24";

fn now() -> Instant {
    at("2026-11-20 09:00")
}

fn ask(facility: &Facility, taken: &[Taken], used: &[Use], session: Span, wanted: Wanted, people: i32) -> Verdict {
    let open = [span(DAY, "08:00", "21:00"), span("2026-11-25", "08:00", "21:00")];
    let facts = Facts { facility, zone: London, open: &open, taken, used, trusted: true };
    let proposal = Proposal { session, wanted, people, organisation: Some(US), besides: Vec::new(), asked: now() };
    judge(&facts, &proposal, now())
}

#[test]
fn each_rule_is_refused_and_satisfied() {
    let rules = Rules {
        step_minutes: 30,
        shortest_minutes: 60,
        longest_minutes: 240,
        notice_minutes: 24 * 60,
        horizon_days: 10,
        capacity: 4,
        ..Rules::ordinary()
    };
    let room = facility(1, UnitChoice::Whole, rules);
    let verdict = |day: &str, from: &str, to: &str, people: i32| {
        ask(&room, &[], &[], span(day, from, to), Wanted::Whole, people).refusals
    };
    assert_eq!(verdict(DAY, "09:00", "10:00", 4), []);
    assert!(matches!(verdict(DAY, "09:10", "10:10", 4)[..], [Refusal::WrongStart { .. }]));
    assert!(matches!(verdict(DAY, "09:00", "09:30", 4)[..], [Refusal::TooShort { shortest_session: 60 }]));
    assert!(matches!(verdict(DAY, "09:00", "14:00", 4)[..], [Refusal::TooLong { longest_session: 240 }]));
    assert!(matches!(verdict(DAY, "09:00", "10:10", 4)[..], [Refusal::WrongLength { .. }]));
    assert!(matches!(verdict(DAY, "07:30", "09:00", 4)[..], [Refusal::Closed { .. }]));
    assert!(matches!(verdict(DAY, "20:30", "21:30", 4)[..], [Refusal::Closed { .. }]));
    assert!(matches!(verdict(DAY, "09:00", "10:00", 5)[..], [Refusal::TooManyPeople { capacity: 4 }]));
    assert!(verdict("2026-11-20", "09:30", "10:30", 4).iter().any(|r| matches!(r, Refusal::TooSoon { .. })));
    assert!(verdict("2026-11-19", "09:30", "10:30", 4).contains(&Refusal::InThePast));
    assert!(verdict("2026-12-01", "09:00", "10:00", 4).iter().any(|r| matches!(r, Refusal::TooFarAhead { .. })));
}

#[test]
fn all_reasons_are_named_at_once() {
    let room = facility(1, UnitChoice::Whole, Rules { capacity: 2, ..Rules::ordinary() });
    let refusals = ask(&room, &[], &[], span(DAY, "07:10", "07:20"), Wanted::Whole, 9).refusals;
    assert_eq!(refusals.len(), 4, "{refusals:?}");
}

#[test]
fn set_up_and_turnaround_of_neighbours_add_up() {
    let room = facility(
        1,
        UnitChoice::Whole,
        Rules {
            step_minutes: 15,
            set_up_minutes: 15,
            turnaround_minutes: 30,
            own_may_touch: true,
            shortest_minutes: 60,
            ..Rules::ordinary()
        },
    );
    let before = [taken(1, 9, THEM, span(DAY, "09:00", "10:00"), (15, 30), None)];
    let free =
        |from: &str, to: &str, taken: &[Taken]| ask(&room, taken, &[], span(DAY, from, to), Wanted::Whole, 1).is_yes();
    assert!(!free("10:30", "11:30", &before));
    assert!(free("10:45", "11:45", &before));
    // The same organisation's sessions may touch: no set-up and turnaround between.
    let own = [taken(1, 9, US, span(DAY, "09:00", "10:00"), (15, 30), None)];
    assert!(free("10:00", "11:15", &own));
    assert!(!free("09:45", "10:45", &own));
}

#[test]
fn a_hold_past_its_deadline_is_free() {
    let room = facility(1, UnitChoice::Whole, Rules::ordinary());
    let hold = |until: Instant| [taken(1, 9, THEM, span(DAY, "09:00", "10:00"), (0, 0), Some(until))];
    let asked = |taken: &[Taken]| ask(&room, taken, &[], span(DAY, "09:00", "10:00"), Wanted::Whole, 1).is_yes();
    assert!(!asked(&hold(now().plus_minutes(1))));
    assert!(asked(&hold(now())));
}

#[test]
fn benches_are_had_singly_by_name_or_whole() {
    let kitchen = facility(4, UnitChoice::Any, Rules::ordinary());
    let session = span(DAY, "09:00", "10:00");
    let busy = [taken(1, 9, THEM, session, (0, 0), None), taken(3, 9, THEM, session, (0, 0), None)];
    let units = |wanted: Wanted| {
        ask(&kitchen, &busy, &[], session, wanted, 1).units.iter().map(|u| u.row()).collect::<Vec<_>>()
    };
    assert_eq!(units(Wanted::Any(1)), [2]);
    assert_eq!(units(Wanted::Any(2)), [2, 4]);
    assert_eq!(units(Wanted::These(vec![UnitId::new(4)])), [4]);
    assert_eq!(
        ask(&kitchen, &busy, &[], session, Wanted::Any(3), 1).refusals,
        [Refusal::TooFewUnits { asked: 3, free: 2 }]
    );
    assert!(matches!(ask(&kitchen, &busy, &[], session, Wanted::Whole, 1).refusals[..], [Refusal::NotFree { .. }]));
    assert_eq!(ask(&kitchen, &busy, &[], session, Wanted::Any(5), 1).refusals, [Refusal::NoSuchUnits]);
    assert_eq!(
        ask(&kitchen, &busy, &[], session, Wanted::These(vec![UnitId::new(9)]), 1).refusals,
        [Refusal::NoSuchUnits]
    );
}

#[test]
fn a_closure_is_named_and_a_booking_is_not() {
    let room = facility(1, UnitChoice::Whole, Rules::ordinary());
    let session = span(DAY, "09:00", "10:00");
    let closure = [Taken { unit: UnitId::new(1), span: session, by: TakenBy::Closure { reason: "Boiler".to_owned() } }];
    assert!(
        matches!(&ask(&room, &closure, &[], session, Wanted::Whole, 1).refusals[..], [Refusal::Blocked { reason, .. }] if reason == "Boiler")
    );
}

#[test]
fn weekly_quotas_count_monday_to_sunday() {
    let rules = Rules { week_bookings: Some(1), week_minutes: Some(120), ..Rules::ordinary() };
    let room = facility(1, UnitChoice::Whole, rules);
    let used =
        |date: &str| [Use { occurrence: OccurrenceId::new(5), date: date.parse().unwrap(), occupied_minutes: 90 }];
    let asked = |used: &[Use]| ask(&room, &[], used, span(DAY, "09:00", "10:00"), Wanted::Whole, 1).refusals.len();
    assert_eq!(asked(&used("2026-11-23")), 2);
    assert_eq!(asked(&used("2026-11-29")), 2);
    assert_eq!(asked(&used("2026-11-22")), 0);
}

#[test]
fn approval_follows_the_rules_and_trust() {
    for (approval, trusted, needs) in [
        (Approval::NotNeeded, false, Needs::Nothing),
        (Approval::UnlessTrusted, true, Needs::Nothing),
        (Approval::UnlessTrusted, false, Needs::Approval),
        (Approval::Always, true, Needs::Approval),
    ] {
        assert_eq!(super::needs(approval, trusted), needs);
    }
}

#[test]
fn the_nearest_yes_is_a_yes() {
    let room = facility(1, UnitChoice::Whole, Rules::ordinary());
    let busy = [taken(1, 9, THEM, span(DAY, "09:00", "12:00"), (0, 0), None)];
    let open = [span(DAY, "08:00", "21:00"), span("2026-11-25", "08:00", "21:00")];
    let facts = Facts { facility: &room, zone: London, open: &open, taken: &busy, used: &[], trusted: true };
    let proposal = Proposal {
        session: span(DAY, "10:00", "11:00"),
        wanted: Wanted::Whole,
        people: 1,
        organisation: Some(US),
        besides: Vec::new(),
        asked: now(),
    };
    let same_day = nearest::same_day(&facts, &proposal, now(), 3);
    assert_eq!(same_day, [span(DAY, "08:00", "09:00"), span(DAY, "12:00", "13:00"), span(DAY, "12:30", "13:30")]);
    let days: Vec<NaiveDate> = ["2026-11-25", "2026-11-26"].map(|d| d.parse().unwrap()).to_vec();
    assert_eq!(nearest::other_days(&facts, &proposal, now(), &days, 3), [span("2026-11-25", "10:00", "11:00")]);
}
