//! Bookings out of a file: each date is judged beside what there is and beside the dates before it, month by month, and takes its place
//! through the same writer as every other. Times that rules would not allow now are taken; what others have is not.

use std::collections::{BTreeMap, HashMap};

use super::places::no_site;
use super::{Importer, Purpose, Report};
use crate::domain::availability::{Taken, TakenBy, Wanted, usual};
use crate::domain::care::Brings;
use crate::domain::hours::{instant_at, local_date};
use crate::domain::ids::{OccurrenceId, OrganisationId, PersonId, Reference, Slug};
use crate::domain::judge::{Proposal, Verdict, judge};
use crate::domain::leeway::Leeway;
use crate::domain::occurrence::{Stage, hold_deadline};
use crate::domain::places::{Facility, Site};
use crate::domain::refusal::Refusal;
use crate::domain::span::{Instant, Span};
use crate::domain::tables::bookings::{BookingLine, Parts, Whose, Words};
use crate::domain::tables::{Problem, Read, Sheet, TableKind, each};
use crate::enquiry::{self, Known, Loaded};
use crate::store::facilities::Filter;
use crate::store::{Conn, StoreError, engine, exports, facilities, organisations as kept, sites};
use chrono::Datelike;

mod write;

/// A line whose place is known.
pub(super) struct Dated<'a> {
    line: u64,
    is: &'a BookingLine,
    site: &'a Site,
    facility: &'a Facility,
    session: Span,
    wanted: Wanted,
    /// Which of the bookings of the file it is a date of.
    booking: usize,
    organisation: Option<OrganisationId>,
}

/// A booking of the file.
pub(super) struct Draft<'a> {
    /// The one that it had, where it is free.
    reference: Option<Reference>,
    words: &'a Words,
    /// Of the first of its lines.
    line: u64,
}

/// Everything of a file, found in the house.
pub(super) struct Plan<'a> {
    drafts: Vec<Draft<'a>>,
    dates: Vec<Dated<'a>>,
    organisations: HashMap<Slug, OrganisationId>,
    people: HashMap<String, PersonId>,
}

pub(super) fn bookings(
    conn: &mut Conn,
    purpose: Purpose<'_>,
    importer: &Importer,
    sheet: &Sheet,
) -> Result<Report, StoreError> {
    let (lines, mut problems) = each(TableKind::Bookings, sheet, BookingLine::read);
    let places = places(conn, importer, &lines)?;
    if let Purpose::Write(_) = purpose {
        let mut ids: Vec<_> = places.iter().map(|(site, _)| site.id).collect();
        ids.sort_unstable();
        ids.dedup();
        engine::lock_all(conn, &ids, None)?;
    }
    let plan = plan(conn, importer, (&lines, &places), &mut problems)?;
    let months = months(&plan);
    let mut carried = Vec::new();
    for month in months.values() {
        let (_, loaded) = month_judged(conn, (&plan, month), (purpose.now(), &mut carried), &mut problems)?;
        carried = loaded;
    }
    let (new, dates) = (plan.drafts.len(), plan.dates.len());
    if let (Purpose::Write(circumstances), true) = (purpose, problems.is_empty()) {
        write::write(conn, (circumstances, importer), &plan, &months)?;
    }
    Ok(Report { problems, new, dates, ..Report::default() })
}

/// The places that lines name, at sites of the importer.
fn places(
    conn: &mut Conn,
    importer: &Importer,
    lines: &[Read<BookingLine>],
) -> Result<Vec<(Site, Facility)>, StoreError> {
    let mut slugs: Vec<&Slug> = lines.iter().map(|one| &one.is.words.site).collect();
    slugs.sort_unstable();
    slugs.dedup();
    let mut ids = sites::ids(conn, &slugs)?;
    ids.retain(|id| importer.manages(*id));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    facilities::with_sites(conn, &Filter { sites: Some(&ids), ..Filter::default() })
}

fn plan<'a>(
    conn: &mut Conn,
    importer: &Importer,
    (lines, places): (&'a [Read<BookingLine>], &'a [(Site, Facility)]),
    problems: &mut Vec<Problem>,
) -> Result<Plan<'a>, StoreError> {
    let organisations: HashMap<Slug, OrganisationId> =
        kept::all(conn)?.into_iter().map(|one| (one.slug, one.id)).collect();
    let people = exports::addresses(conn)?;
    let references: Vec<Reference> = lines.iter().filter_map(|one| Reference::parse(&one.is.mark)).collect();
    let there = exports::references_there(conn, &references)?;
    let found: HashMap<(&Slug, &Slug), &(Site, Facility)> =
        places.iter().map(|place| ((&place.0.slug, &place.1.slug), place)).collect();
    let mut plan = Plan { drafts: Vec::new(), dates: Vec::new(), organisations, people };
    let mut by_mark: HashMap<&str, usize> = HashMap::new();
    for one in lines {
        let words = &one.is.words;
        let Some((site, facility)) = found.get(&(&words.site, &one.is.facility)) else {
            problems.push(no_place(one, places, importer));
            continue;
        };
        let before = problems.len();
        problems.extend(wrong_party(one, &plan));
        let reference = Reference::parse(&one.is.mark);
        if reference.as_ref().is_some_and(|reference| there.contains(reference)) {
            let words = format!("The booking {} is there already. Take its lines out", one.is.mark);
            problems.push(Problem::at(one.line, "booking", words));
        }
        let dated = dated(one, (site, facility)).map_err(|problem| problems.push(problem)).ok();
        let booking = match by_mark.get(one.is.mark.as_str()).filter(|_| !one.is.mark.is_empty()) {
            Some(known) => {
                problems.extend(other_words(one, plan.drafts.get(*known)));
                *known
            }
            None => {
                plan.drafts.push(Draft { reference, words, line: one.line });
                by_mark.insert(&one.is.mark, plan.drafts.len() - 1);
                plan.drafts.len() - 1
            }
        };
        if let Some(dated) = dated.filter(|_| problems.len() == before) {
            let organisation = match &words.whose {
                Whose::Organisation(slug) => plan.organisations.get(slug).copied(),
                Whose::Person(_) | Whose::Site => None,
            };
            plan.dates.push(Dated { booking, organisation, ..dated });
        }
    }
    Ok(plan)
}

fn no_place(one: &Read<BookingLine>, places: &[(Site, Facility)], importer: &Importer) -> Problem {
    let (site, facility) = (&one.is.words.site, &one.is.facility);
    if places.iter().all(|(known, _)| known.slug != *site) {
        let mut problem = no_site(one.line, site);
        if importer.sites.is_none() {
            problem.words =
                format!("There is no site “{site}” with spaces. Import or add them first, or put its name right");
        }
        return problem;
    }
    let words = format!("“{site}” has no space “{facility}”. Import or add it first, or put its name right");
    Problem::at(one.line, "facility", words)
}

/// Whose it is and who made it must be known.
fn wrong_party(one: &Read<BookingLine>, plan: &Plan<'_>) -> Vec<Problem> {
    let words = &one.is.words;
    let mut problems = Vec::new();
    if let Whose::Organisation(slug) = &words.whose
        && !plan.organisations.contains_key(slug)
    {
        let words = format!("There is no organisation “{slug}”. Import or add it first, or put the word right");
        problems.push(Problem::at(one.line, "organisation", words));
    }
    if let Some(email) = words.booked_by.as_ref().filter(|email| !plan.people.contains_key(email.as_str())) {
        let words = format!("Nobody has an account with “{email}”. Import them first, or leave it empty");
        problems.push(Problem::at(one.line, "booked_by", words));
    }
    problems
}

/// All lines of a booking say the same of it.
fn other_words(one: &Read<BookingLine>, draft: Option<&Draft<'_>>) -> Option<Problem> {
    let draft = draft.filter(|draft| *draft.words != one.is.words)?;
    let (ours, theirs) = (&one.is.words, draft.words);
    let column = match () {
        () if ours.site != theirs.site => "site",
        () if ours.whose != theirs.whose => "organisation",
        () if ours.purpose != theirs.purpose => "purpose",
        () if ours.people != theirs.people => "people",
        () if ours.privacy != theirs.privacy => "privacy",
        () if ours.note != theirs.note => "note",
        () => "booked_by",
    };
    let words = format!(
        "It is of the same booking as line {}, which has something else here. Put the same in both, or another word in “booking”",
        draft.line
    );
    Some(Problem::at(one.line, column, words))
}

/// The place and time of a line; its booking is not known yet.
fn dated<'a>(one: &'a Read<BookingLine>, (site, facility): (&'a Site, &'a Facility)) -> Result<Dated<'a>, Problem> {
    let is = &one.is;
    if !facility.kind.entry().by_the_hour {
        let words = format!("{} is not booked by the hour. Take the line out: it has pages of its own", facility.name);
        return Err(Problem::at(one.line, "facility", words));
    }
    let at = |minute| instant_at(site.zone, is.date, minute);
    let session = at(is.minutes.0).ok().zip(at(is.minutes.1).ok()).and_then(|(from, to)| Span::new(from, to));
    let words = "There is no such time on that date, because the clocks change or the year is too far. Put another";
    let session = session.ok_or_else(|| Problem::at(one.line, "from", words))?;
    let wanted = match &is.parts {
        Parts::Usual => usual(facility),
        Parts::Any(number) => Wanted::Any(*number),
        Parts::Named(names) => {
            let unit = |name: &String| facility.units.iter().find(|unit| unit.name == *name).map(|unit| unit.id);
            let units = names.iter().map(unit).collect::<Option<Vec<_>>>();
            let has: Vec<&str> = facility.units.iter().map(|unit| unit.name.as_str()).collect();
            let words = || format!("{} has these parts: {}. Name some of them", facility.name, has.join("; "));
            Wanted::These(units.ok_or_else(|| Problem::at(one.line, "units", words()))?)
        }
    };
    Ok(Dated { line: one.line, is, site, facility, session, wanted, booking: 0, organisation: None })
}

/// Which dates are judged together: those of a site and month, so that what is loaded stays small.
type Months = BTreeMap<(i64, i32), Vec<usize>>;

fn months(plan: &Plan<'_>) -> Months {
    let mut months = Months::new();
    for (place, one) in plan.dates.iter().enumerate() {
        let date = one.is.date;
        let month = date.year() * 12 + i32::try_from(date.month()).unwrap_or_default();
        months.entry((one.site.id.row(), month)).or_default().push(place);
    }
    months
}

/// What a month's dates would take, by their place in the plan.
type Verdicts = Vec<(usize, Verdict)>;

/// Judges the dates of a month one after the other. Gives the verdicts, and what they would take for the month after it.
fn month_judged(
    conn: &mut Conn,
    (plan, month): (&Plan<'_>, &[usize]),
    (now, carried): (Instant, &mut Vec<Taken>),
    problems: &mut Vec<Problem>,
) -> Result<(Verdicts, Vec<Taken>), StoreError> {
    let Some((mut loaded, dates)) = load(conn, plan, month)? else {
        return Ok((Vec::new(), Vec::new()));
    };
    loaded.taken.retain(|one| !one.is_void(now));
    let known = loaded.taken.len();
    loaded.taken.append(carried);
    let verdicts = judged(&mut loaded, &dates, now, problems);
    let pending = loaded.taken.into_iter().skip(known).collect();
    Ok((verdicts, pending))
}

/// The facts for the dates of a month that take a place.
fn load<'a, 'b>(
    conn: &mut Conn,
    plan: &'b Plan<'a>,
    month: &[usize],
) -> Result<Option<(Loaded, Vec<(usize, &'b Dated<'a>)>)>, StoreError> {
    let dates: Vec<(usize, &Dated<'_>)> = month
        .iter()
        .filter_map(|place| Some((*place, plan.dates.get(*place)?)))
        .filter(|(_, one)| one.is.stage.is_active())
        .collect();
    let Some((_, first)) = dates.first() else {
        return Ok(None);
    };
    let mut facilities: Vec<&Facility> = Vec::new();
    for (_, one) in &dates {
        if facilities.iter().all(|facility| facility.id != one.facility.id) {
            facilities.push(one.facility);
        }
    }
    let on = |one: &Dated<'_>| local_date(one.site.zone, one.session.start());
    let from = dates.iter().map(|(_, one)| on(one)).min().unwrap_or_default();
    let to = dates.iter().map(|(_, one)| local_date(one.site.zone, one.session.end())).max().unwrap_or_default();
    let mut loaded = enquiry::load_known(conn, first.site, &facilities, (None, Known::default()), (from, to))?;
    loaded.leeway = Leeway::SetsAside;
    Ok(Some((loaded, dates)))
}

fn judged(loaded: &mut Loaded, dates: &[(usize, &Dated<'_>)], now: Instant, problems: &mut Vec<Problem>) -> Verdicts {
    let mut verdicts = Vec::with_capacity(dates.len());
    for (place, one) in dates {
        // What is past is judged as on the eve of it: whether the place was free.
        let before = one.session.start().plus_minutes(-1).min(now);
        let proposal = Proposal {
            session: one.session,
            wanted: one.wanted.clone(),
            people: one.is.words.people,
            organisation: one.organisation,
            besides: Vec::new(),
            asked: before,
            brings: Brings::default(),
        };
        let verdict = loaded.leeway.eased(judge(&loaded.facts(one.facility), &proposal, before));
        if !verdict.is_yes() {
            problems.extend(verdict.refusals.iter().map(|refusal| refused(one, refusal, &verdict, &loaded.taken)));
            continue;
        }
        let waits = waits(one);
        if waits && deadline(one, now).is_none() {
            let words = "There is no time left to decide on it. Put confirmed, or take the line out";
            problems.push(Problem::at(one.line, "state", words));
            continue;
        }
        if !waits || one.facility.rules.holds_place {
            let mark = OccurrenceId::new(-i64::try_from(one.line).unwrap_or(i64::MAX));
            loaded.count_in(one.facility, &proposal, &verdict, mark);
        }
        verdicts.push((*place, verdict));
    }
    verdicts
}

/// Whether it waits for a decision; what awaited papers is decided anew.
fn waits(one: &Dated<'_>) -> bool {
    matches!(one.is.stage, Stage::Requested | Stage::Conditional)
}

fn deadline(one: &Dated<'_>, now: Instant) -> Option<Instant> {
    hold_deadline(now, one.facility.rules.hold_minutes, one.session.start())
}

/// Why a date cannot be had; where another line of the file has its place, that line is named.
fn refused(one: &Dated<'_>, refusal: &Refusal, verdict: &Verdict, taken: &[Taken]) -> Problem {
    let other = taken.iter().find_map(|there| match there.by {
        TakenBy::Occurrence { occurrence, .. } if occurrence.row() < 0 => {
            let here = one.facility.units.iter().any(|unit| unit.id == there.unit);
            (here && there.span.overlaps(verdict.occupied)).then(|| -occurrence.row())
        }
        _ => None,
    });
    let words = match (refusal, other) {
        (Refusal::NotFree { .. } | Refusal::TooFewUnits { .. }, Some(line)) => {
            format!("{} is not free then: line {line} of this file has it. Change one of the two", one.facility.name)
        }
        _ => refusal.words(&one.facility.name, one.site.zone),
    };
    let column = if matches!(refusal, Refusal::TooManyPeople { .. }) { "people" } else { "from" };
    Problem::at(one.line, column, words)
}
