//! The rules about what a place asks beyond times and people, each refused and satisfied. Not those of times.

use super::*;
use crate::domain::care::{Care, Inducted, Induction, LabelsThere};

fn labels(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|one| (*one).to_owned()).collect()
}

/// A kitchen of two benches in which nuts and gluten-free food are kept apart, with half an hour of turnaround.
fn kitchen() -> Facility {
    let rules = Rules { turnaround_minutes: 30, shortest_minutes: 60, ..Rules::ordinary() };
    let care = Care {
        labels: labels(&["Nuts", "Gluten-free", "Raw meat"]),
        pairs: vec![("Nuts".to_owned(), "Gluten-free".to_owned())],
        ..Care::default()
    };
    Facility { care: care.into(), ..facility(2, UnitChoice::Any, rules) }
}

/// What is refused for labels of ours, where others have theirs at the first bench from 10 to 12 and half an hour of turnaround.
fn beside(
    theirs: &[&str],
    until: Option<Instant>,
    ours: &[&str],
    (from, to): (&str, &str),
    besides: &[i64],
) -> Vec<Refusal> {
    let (room, session) = (kitchen(), span(DAY, "10:00", "12:00"));
    let there = taken(1, 9, THEM, session, (0, 30), until);
    let care = CareFacts {
        labels: vec![LabelsThere {
            unit: UnitId::new(1),
            span: there.span,
            until,
            booking: Some(BookingId::new(9)),
            occurrence: Some(OccurrenceId::new(9)),
            labels: labels(theirs),
        }],
        ..CareFacts::default()
    };
    let open = [span(DAY, "08:00", "21:00")];
    let facts = Facts {
        facility: &room,
        zone: London,
        open: &open,
        taken: &[there],
        used: &[],
        trusted: true,
        commissioned: false,
        profile: Default::default(),
        papers: None,
        care: &care,
    };
    let proposal = Proposal {
        session: span(DAY, from, to),
        wanted: Wanted::Any(1),
        people: 1,
        organisation: Some(US),
        besides: besides.iter().map(|id| OccurrenceId::new(*id)).collect(),
        asked: now(),
        brings: Brings { labels: labels(ours), ..Brings::default() },
    };
    judge(&facts, &proposal, now()).refusals
}

#[test]
fn what_is_kept_apart_is_refused_from_the_session_to_the_end_of_its_turnaround() {
    let nuts = &["Nuts"];
    for (ours, from, to, refused) in [
        (&["Gluten-free"][..], "10:00", "12:00", true),
        (&["Gluten-free"], "11:30", "13:30", true),
        // Their turnaround counts as theirs, and ours as ours.
        (&["Gluten-free"], "12:00", "14:00", true),
        (&["Gluten-free"], "12:30", "14:00", false),
        (&["Gluten-free"], "08:30", "10:00", true),
        (&["Gluten-free"], "08:00", "09:30", false),
        (&["Raw meat"], "10:00", "12:00", false),
        (&["Nuts"], "10:00", "12:00", false),
        (&[], "10:00", "12:00", false),
    ] {
        let found = beside(nuts, None, ours, (from, to), &[]);
        let apart = found.iter().any(|one| matches!(one, Refusal::KeptApart { until: Some(_), .. }));
        assert_eq!(apart, refused, "{ours:?} {from} {to}: {found:?}");
    }
    // What moves away with it, and what has run out, is in nobody's way; what holds its place is.
    assert_eq!(beside(nuts, None, &["Gluten-free"], ("10:00", "12:00"), &[9]), []);
    assert_eq!(beside(nuts, Some(now()), &["Gluten-free"], ("10:00", "12:00"), &[]), []);
    assert_eq!(beside(nuts, Some(now().plus_hours(1)), &["Gluten-free"], ("10:00", "12:00"), &[]).len(), 1);
    let both = beside(&[], None, &["Gluten-free", "Nuts"], ("10:00", "12:00"), &[]);
    let [ref refusal @ Refusal::KeptApart { until: None, .. }] = both[..] else { panic!("{both:?}") };
    assert!(refusal.is_of_every_date() && !refusal.another_time_may_help() && !refusal.may_be_set_aside());
    assert_eq!(
        refusal.words("Kitchen", London),
        "Gluten-free and Nuts are never in Kitchen at the same time. Choose one of the two"
    );
    let said = beside(nuts, None, &["Gluten-free"], ("10:00", "12:00"), &[]);
    assert!(
        said[0]
            .words("Kitchen", London)
            .starts_with("Gluten-free and Nuts are never in Kitchen at the same time. Nuts: there until")
    );
}

#[test]
fn an_induction_is_needed_on_the_date_itself_and_makes_it_wait() {
    let rules = Rules { approval: Approval::NotNeeded, notice_minutes: 0, ..Rules::ordinary() };
    let room =
        Facility { care: Care { induction: true, ..Care::default() }.into(), ..facility(1, UnitChoice::Whole, rules) };
    let open = [span(DAY, "08:00", "21:00")];
    let judged = |whose: Inducted, valid_until: &str, organisation: Option<OrganisationId>, contact: Option<&str>| {
        let care = CareFacts {
            inductions: vec![Induction {
                facility: room.id,
                whose,
                given_on: "2026-01-10".parse().unwrap(),
                valid_until: valid_until.parse().unwrap(),
            }],
            ..CareFacts::default()
        };
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
            care: &care,
        };
        let proposal = Proposal {
            session: span(DAY, "10:00", "11:00"),
            wanted: Wanted::Whole,
            people: 1,
            organisation,
            besides: Vec::new(),
            asked: now(),
            brings: Brings { contact: contact.map(str::to_owned), ..Brings::default() },
        };
        let verdict = judge(&facts, &proposal, now());
        assert_eq!(verdict.refusals, []);
        assert_eq!(verdict.induction, verdict.until.is_some());
        (verdict.induction, verdict.needs)
    };
    let theirs = || Inducted::Organisation(US);
    assert_eq!(judged(theirs(), "2026-11-24", Some(US), None), (false, Needs::Nothing));
    assert_eq!(judged(theirs(), "2026-11-23", Some(US), None), (true, Needs::Approval));
    assert_eq!(judged(theirs(), "2026-11-24", Some(THEM), None), (true, Needs::Approval));
    let wendy = || Inducted::Person("wendy@alcove.test".to_owned());
    assert_eq!(judged(wendy(), "2026-11-24", Some(THEM), Some("wendy@alcove.test")), (false, Needs::Nothing));
    assert_eq!(judged(wendy(), "2026-11-24", None, Some("0161 496 0000")), (true, Needs::Approval));
    // The site itself needs none.
    assert_eq!(judged(wendy(), "2026-11-24", None, None), (false, Needs::Nothing));
}

#[test]
fn a_session_has_one_of_the_lengths_that_are_allowed() {
    let rules = Rules {
        step_minutes: 15,
        shortest_minutes: 45,
        longest_minutes: 75,
        turnaround_minutes: 15,
        ..Rules::ordinary()
    };
    let room = Facility {
        care: Care { lengths: vec![30, 60], ..Care::default() }.into(),
        ..facility(1, UnitChoice::Whole, rules)
    };
    let judged = |to: &str| ask(&room, &[], &[], span(DAY, "10:00", to), Wanted::Whole, 2).refusals;
    assert_eq!(judged("10:30"), []);
    assert_eq!(judged("11:00"), []);
    let [ref refused @ Refusal::NotALength { .. }] = judged("10:45")[..] else { panic!() };
    assert_eq!(
        refused.words("Sensory room", London),
        "Sessions in Sensory room last 30 minutes or 1 hour. Choose one of these"
    );
}
