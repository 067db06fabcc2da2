//! For whom a facility is, and what a date of it costs. Not what rates are: those have their own tables.

use super::*;
use crate::domain::holder::{Contact, Holder, Reach};
use crate::domain::ids::OrganisationId;
use crate::domain::money::Pence;
use crate::domain::organisation::Class;
use crate::domain::rates::{Payer, Per, Price, Rate, Terms};
use crate::domain::services::{Access, ClassSet, Profile, Service, ServiceSet};

/// Judged with the whole night open, so that the clocks may change in it.
fn verdict(facility: &Facility, profile: Profile, proposal: &Proposal) -> Verdict {
    let open = [Span::new(at("2026-10-24 00:00"), at("2027-04-01 00:00")).unwrap()];
    let facts = Facts {
        facility,
        zone: London,
        open: &open,
        taken: &[],
        used: &[],
        trusted: true,
        commissioned: false,
        profile,
        papers: None,
        care: &NO_CARE,
    };
    judge(&facts, proposal, at("2026-10-20 09:00"))
}

fn asked(session: Span, organisation: Option<OrganisationId>, brings: Brings) -> Proposal {
    let asked = at("2026-10-20 09:00");
    Proposal { session, wanted: Wanted::Whole, people: 1, organisation, besides: Vec::new(), asked, brings }
}

fn of(class: Class, services: &[Service]) -> Profile {
    Profile { class: Some(class), services: ServiceSet::of(services.iter().copied()) }
}

fn hourly(price: i64, from: &str) -> Rate {
    let (payer, price) = (Payer::Class(Class::Commercial), Pence::new(price));
    Rate { from: from.parse().unwrap(), terms: Terms { payer, per: Per::Hour, price, value: price } }
}

#[test]
fn a_facility_is_for_classes_and_services_and_the_site_and_persons_are_not_asked() {
    let access = Access {
        classes: ClassSet::of([Class::Charity, Class::Statutory]),
        services: ServiceSet::of([Service::Counselling]),
    };
    let room = facility(1, UnitChoice::Whole, Rules { access, ..Rules::ordinary() });
    let session = span("2026-11-24", "10:00", "11:00");
    let said = |profile, organisation| -> Vec<String> {
        let found = verdict(&room, profile, &asked(session, organisation, Brings::default())).refusals;
        found.iter().map(|one| one.words("Cedar", London)).collect()
    };
    let counselling = [Service::Counselling];
    assert!(said(of(Class::Charity, &counselling), Some(US)).is_empty());
    let not_class = "Cedar is for charities and NHS and council services. Choose another space, or ask the site";
    assert_eq!(said(of(Class::Commercial, &counselling), Some(US)), [not_class]);
    let not_service = said(of(Class::Statutory, &[Service::Arts]), Some(US));
    assert!(not_service[0].starts_with("Cedar is for organisations that offer counselling. Choose another space"));
    assert_eq!(said(Profile::default(), Some(US)), [not_class]);
    assert!(said(Profile::default(), None).is_empty());
    let refused = verdict(&room, of(Class::Commercial, &[]), &asked(session, Some(US), Brings::default())).refusals;
    assert!(refused.iter().all(|one| one.may_be_set_aside() && one.is_of_every_date()));
}

#[test]
fn a_date_costs_what_was_in_force_on_it_by_minutes_that_really_pass() {
    let rates = [hourly(1200, "2026-01-01"), hourly(1800, "2027-01-01")];
    let rules = Rules { step_minutes: 10, shortest_minutes: 10, horizon_days: 365, ..Rules::ordinary() };
    let room = Facility { rates: rates.to_vec().into(), ..facility(1, UnitChoice::Whole, rules) };
    let business = of(Class::Commercial, &[]);
    let amount = |from: &str, to: &str| {
        let session = Span::new(at(from), at(to)).unwrap();
        let found = verdict(&room, business, &asked(session, Some(US), Brings::default()));
        found.price.map(|price: Price| price.amount.whole())
    };
    for (from, to, pence) in [
        ("2026-11-24 10:00", "2026-11-24 11:00", 1200),
        ("2026-11-24 10:00", "2026-11-24 10:50", 1000),
        // The last of the year, into the next: the date on which it begins counts.
        ("2026-12-31 23:00", "2027-01-01 01:00", 2400),
        ("2027-01-01 00:00", "2027-01-01 01:00", 1800),
        // The clocks go forward at 1am: three hours on the wall are two.
        ("2027-03-28 00:00", "2027-03-28 03:00", 3600),
        // They go back at 2am: three hours on the wall are four.
        ("2026-10-25 00:00", "2026-10-25 03:00", 4800),
    ] {
        assert_eq!(amount(from, to), Some(pence), "{from} to {to}");
    }
}

#[test]
fn a_run_of_sessions_costs_what_its_sessions_do_and_each_bench_is_paid() {
    let rates = vec![hourly(1200, "2026-01-01")];
    let sessions = Rules { step_minutes: 60, shortest_minutes: 60, turnaround_minutes: 10, ..Rules::ordinary() };
    let room = Facility { rates: rates.clone().into(), ..facility(1, UnitChoice::Whole, sessions) };
    let run = span("2026-11-24", "10:00", "12:50");
    let found = quantity(&room, run, 1);
    assert_eq!((found.sessions, found.minutes), (3, 150));
    let kitchen = Facility { rates: rates.into(), ..facility(4, UnitChoice::Any, Rules::ordinary()) };
    let benches =
        Proposal { wanted: Wanted::Any(2), ..asked(span("2026-11-24", "10:00", "12:00"), Some(US), Brings::default()) };
    let price = verdict(&kitchen, of(Class::Commercial, &[]), &benches).price.unwrap();
    assert_eq!(price.amount, Pence::new(4800));
}

#[test]
fn persons_pay_their_own_rate_and_the_site_nothing() {
    let terms = Terms { payer: Payer::Person, per: Per::Session, price: Pence::new(500), value: Pence::new(500) };
    let rates = vec![hourly(1200, "2026-01-01"), Rate { from: "2026-01-01".parse().unwrap(), terms }];
    let room = Facility { rates: rates.into(), ..facility(1, UnitChoice::Whole, Rules::ordinary()) };
    let session = span("2026-11-24", "10:00", "12:00");
    let person = Holder::Person(Contact { name: "Jo".to_owned(), reach: Reach::parse("jo@alcove.test").unwrap() });
    let price = |organisation, brings, profile| {
        verdict(&room, profile, &asked(session, organisation, brings)).price.map(|price| price.amount.whole())
    };
    assert_eq!(price(None, Brings::of(&person, None, &[]), Profile::default()), Some(500));
    assert_eq!(price(None, Brings::default(), Profile::default()), None);
    assert_eq!(price(Some(US), Brings::default(), of(Class::Charity, &[])), None);
    assert_eq!(price(Some(US), Brings::default(), of(Class::Commercial, &[])), Some(2400));
}
