//! The rules as tables: each one refused and satisfied. Not the store.

mod care;
mod cost;

use super::*;
use crate::domain::care::NO_CARE;
use crate::domain::ids::{BookingId, FacilityId, SiteId, Slug};
use crate::domain::kinds::Kind;
use crate::domain::places::{Unit, UnitChoice};
use crate::domain::rules::{Privacy, Rules};
use crate::domain::{hours, named, nearest};
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
        terms: None,
        rules,
        care: Default::default(),
        sessions: Default::default(),
        neighbours: Default::default(),
        safety: Default::default(),
        extras: Vec::new(),
        rates: Default::default(),
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
    let facts = Facts {
        facility,
        zone: London,
        open: &open,
        taken,
        used,
        trusted: true,
        commissioned: false,
        profile: Default::default(),
        papers: None,
        care: &NO_CARE,
    };
    let proposal = Proposal {
        session,
        wanted,
        people,
        organisation: Some(US),
        besides: Vec::new(),
        asked: now(),
        brings: Brings::default(),
    };
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
    let facts = Facts {
        facility: &room,
        zone: London,
        open: &open,
        taken: &busy,
        used: &[],
        trusted: true,
        commissioned: false,
        profile: Default::default(),
        papers: None,
        care: &NO_CARE,
    };
    let proposal = Proposal {
        session: span(DAY, "10:00", "11:00"),
        wanted: Wanted::Whole,
        people: 1,
        organisation: Some(US),
        besides: Vec::new(),
        asked: now(),
        brings: Brings::default(),
    };
    let same_day = nearest::same_day(&facts, &proposal, now(), 3);
    assert_eq!(same_day, [span(DAY, "08:00", "09:00"), span(DAY, "12:00", "13:00"), span(DAY, "12:30", "13:30")]);
    let days: Vec<NaiveDate> = ["2026-11-25", "2026-11-26"].map(|d| d.parse().unwrap()).to_vec();
    assert_eq!(nearest::other_days(&facts, &proposal, now(), &days, 3), [span("2026-11-25", "10:00", "11:00")]);
}

/// A room that is booked in the usual sessions, with the horizons of a consulting room.
fn by_session() -> Facility {
    let rules = Rules { notice_minutes: 0, approval: Approval::NotNeeded, ..Kind::Consulting.entry().default_rules() };
    Facility { sessions: named::usual().into(), ..facility(1, UnitChoice::Whole, rules) }
}

#[test]
fn a_room_booked_by_the_session_is_had_for_exactly_one_of_them() {
    let room = by_session();
    let refusals = |from: &str, to: &str| ask(&room, &[], &[], span(DAY, from, to), Wanted::Whole, 1).refusals;
    for (from, to) in [("09:00", "13:00"), ("13:00", "17:00"), ("17:00", "20:00"), ("09:00", "17:00")] {
        assert_eq!(refusals(from, to), [], "{from} to {to}");
    }
    for (from, to) in
        [("10:00", "11:00"), ("09:00", "12:30"), ("09:30", "13:00"), ("13:00", "20:00"), ("09:00", "13:05")]
    {
        assert!(matches!(refusals(from, to)[..], [Refusal::NotASession { .. }]), "{from} to {to}");
    }
    let words = refusals("10:00", "11:00")[0].words("Oak", London);
    assert_eq!(
        words,
        "Oak is booked by the session: Morning, 9am to 1pm; Afternoon, 1pm to 5pm; Evening, 5pm to 8pm; \
         All day, 9am to 5pm. Choose one of those"
    );
    // Where the site has named none, it is booked by the hour.
    let by_the_hour = Facility { sessions: Default::default(), ..room };
    assert_eq!(ask(&by_the_hour, &[], &[], span(DAY, "10:00", "11:00"), Wanted::Whole, 1).refusals, []);
}

#[test]
fn a_night_session_is_what_the_wall_shows_when_the_clocks_change() {
    let room = by_session();
    let night = named::NamedSession::new("Night", 22 * 60, 30 * 60);
    let room = Facility { sessions: vec![night].into(), ..room };
    for (evening, morning, hours) in [("2027-03-27", "2027-03-28", 7), ("2027-10-30", "2027-10-31", 9)] {
        let session = Span::new(at(&format!("{evening} 22:00")), at(&format!("{morning} 06:00"))).unwrap();
        assert_eq!(session.minutes(), hours * 60);
        let judged = |session: Span| {
            let open = [session.widened(600, 600)];
            let facts = Facts {
                facility: &room,
                zone: London,
                open: &open,
                taken: &[],
                used: &[],
                trusted: true,
                commissioned: false,
                profile: Default::default(),
                papers: None,
                care: &NO_CARE,
            };
            let proposal = Proposal {
                session,
                wanted: Wanted::Whole,
                people: 1,
                organisation: Some(US),
                besides: Vec::new(),
                asked: now(),
                brings: Brings::default(),
            };
            judge(&facts, &proposal, now()).refusals
        };
        assert_eq!(judged(session), [], "{evening}");
        let eight_hours = Span::new(session.start(), session.start().plus_hours(8)).unwrap();
        assert!(matches!(judged(eight_hours)[..], [Refusal::NotASession { .. }]), "{evening}");
    }
}

#[test]
fn the_horizon_is_that_of_the_holders_class() {
    let room = by_session();
    let refused = |commissioned: bool, days: i64| {
        let start = at("2026-11-20 09:00").plus_days(days);
        let date = local_date(London, start).to_string();
        let session = span(&date, "09:00", "13:00");
        let open = [session];
        let facts = Facts {
            facility: &room,
            zone: London,
            open: &open,
            taken: &[],
            used: &[],
            trusted: true,
            commissioned,
            profile: Default::default(),
            papers: None,
            care: &NO_CARE,
        };
        let proposal = Proposal {
            session,
            wanted: Wanted::Whole,
            people: 1,
            organisation: Some(US),
            besides: Vec::new(),
            asked: now(),
            brings: Brings::default(),
        };
        judge(&facts, &proposal, now()).refusals
    };
    assert_eq!(refused(false, 457), []);
    assert_eq!(refused(true, 458), []);
    assert_eq!(refused(true, 640), []);
    assert!(matches!(refused(true, 641)[..], [Refusal::TooFarAhead { horizon_days: 640, .. }]));
    let [ref too_far] = refused(false, 458)[..] else {
        panic!("{:?}", refused(false, 458));
    };
    assert_eq!(
        too_far.words("Oak", London),
        "Oak is booked up to 457 days (about 15 months) ahead by organisations like this one, now until Sunday 20 February \
         2028. This date opens on Saturday 21 November 2026"
    );
}

#[test]
fn the_nearest_yes_of_a_session_is_another_session() {
    let room = by_session();
    let open = [span(DAY, "08:00", "21:00"), span("2026-11-25", "08:00", "21:00")];
    let busy = [taken(1, 9, THEM, span(DAY, "09:00", "13:00"), (0, 0), None)];
    let facts = Facts {
        facility: &room,
        zone: London,
        open: &open,
        taken: &busy,
        used: &[],
        trusted: true,
        commissioned: false,
        profile: Default::default(),
        papers: None,
        care: &NO_CARE,
    };
    let proposal = Proposal {
        session: span(DAY, "09:00", "13:00"),
        wanted: Wanted::Whole,
        people: 1,
        organisation: Some(US),
        besides: Vec::new(),
        asked: now(),
        brings: Brings::default(),
    };
    let afternoon_and_evening = [span(DAY, "13:00", "17:00"), span(DAY, "17:00", "20:00")];
    assert_eq!(nearest::same_day(&facts, &proposal, now(), 4), afternoon_and_evening);
    let days = ["2026-11-25".parse().unwrap()];
    assert_eq!(nearest::other_days(&facts, &proposal, now(), &days, 2), [span("2026-11-25", "09:00", "13:00")]);
}

#[test]
fn arrivals_of_confidential_neighbours_are_kept_apart_and_nobodys_else() {
    let rules = Rules {
        step_minutes: 5,
        arrival_gap_minutes: 15,
        own_may_touch: true,
        ..Kind::Counselling.entry().default_rules()
    };
    let rules = Rules { shortest_minutes: 60, longest_minutes: 120, ..rules };
    let room = Facility { neighbours: [1, 2].map(UnitId::new).into(), ..facility(1, UnitChoice::Whole, rules) };
    let beside = |organisation, privacy| {
        let mut one = taken(2, 9, organisation, span(DAY, "10:00", "10:50"), (0, 10), None);
        if let TakenBy::Occurrence { privacy: theirs, .. } = &mut one.by {
            *theirs = privacy;
        }
        [one]
    };
    let verdict = |room: &Facility, taken: &[Taken], from: &str, to: &str| {
        ask(room, taken, &[], span(DAY, from, to), Wanted::Whole, 2).refusals
    };
    let theirs = beside(THEM, Privacy::Confidential);
    for (from, to, free) in [
        ("09:45", "10:35", true),
        ("09:50", "10:40", false),
        ("10:00", "10:50", false),
        ("10:10", "11:00", false),
        ("10:15", "11:05", true),
    ] {
        let refused = verdict(&room, &theirs, from, to);
        assert_eq!(refused.is_empty(), free, "{from}: {refused:?}");
        assert!(free || refused == [Refusal::Arrival], "{from}: {refused:?}");
    }
    assert_eq!(verdict(&room, &beside(US, Privacy::Confidential), "10:00", "10:50"), []);
    assert_eq!(verdict(&room, &beside(THEM, Privacy::Organisation), "10:00", "10:50"), []);
    let apart = Facility { neighbours: [1].map(UnitId::new).into(), ..room.clone() };
    assert_eq!(verdict(&apart, &theirs, "10:00", "10:50"), []);
    let words = Refusal::Arrival.words("Cedar", London);
    assert_eq!(words, "Cedar is not free then. Choose another start");
    let own = taken(1, 8, THEM, span(DAY, "10:00", "10:50"), (0, 10), None);
    assert!(matches!(verdict(&room, &[own], "10:00", "10:50")[..], [Refusal::NotFree { .. }]));
    // The nearest yes keeps the gap too.
    let open = [span(DAY, "09:00", "12:00")];
    let facts = Facts {
        facility: &room,
        zone: London,
        open: &open,
        taken: &theirs,
        used: &[],
        trusted: true,
        commissioned: false,
        profile: Default::default(),
        papers: None,
        care: &NO_CARE,
    };
    let asked = Proposal {
        session: span(DAY, "10:00", "10:50"),
        wanted: Wanted::Whole,
        people: 2,
        organisation: Some(US),
        besides: Vec::new(),
        asked: now(),
        brings: Brings::default(),
    };
    assert_eq!(nearest::same_day(&facts, &asked, now(), 2), [span(DAY, "09:45", "10:35"), span(DAY, "10:15", "11:05")]);
}
