//! Asking for places: one date or a whole series, judged, written and mailed in one transaction. What the rules allow by themselves is confirmed at once.

use super::behalf::{Asker, asker, note_set_aside};
use super::case::{Case, Circumstances};
use super::dates;
use super::decide::Took;
use super::expire::clear_void;
use super::ground::{self, Claim};
use super::join::join_dates;
use super::offer::decide_from;
use super::outrun::decline_outrun;
use super::papers;
use crate::chance;
use crate::domain::availability::Wanted;
use crate::domain::booking::{Booker, Booking, Needed, Occurrence};
use crate::domain::care::{Brings, Particulars};
use crate::domain::extras::Asked as AskedExtra;
use crate::domain::holder::HolderId;
use crate::domain::hours::local_date;
use crate::domain::ids::{BookingId, OrganisationId, PersonId, Reference, Slug, TermsId};
use crate::domain::judge::{Needs, Proposal, Verdict};
use crate::domain::occurrence::State;
use crate::domain::person::Email;
use crate::domain::places::{Facility, Site};
use crate::domain::recurrence::Pattern;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::domain::waiting::is_only_taken;
use crate::enquiry::series::elsewhere;
use crate::enquiry::{self, Known, Loaded};
use crate::store::bookings::NewBooking;
use crate::store::facilities::Filter;
use crate::store::particulars::{self, Whose};
use crate::store::{Conn, StoreError, bookings, engine, facilities, sites, submissions};

/// What somebody asks for, read and checked as far as the form itself can be.
#[derive(Debug, Clone)]
pub struct Draft {
    pub site: Slug,
    pub facility: Slug,
    pub holder: HolderId,
    pub booked_by: PersonId,
    /// In order of their start; one for a single booking.
    pub dates: Vec<Dated>,
    pub repeat: Option<Pattern>,
    pub wanted: Wanted,
    pub purpose: String,
    pub note: String,
    pub people: i32,
    pub privacy: Privacy,
    /// Why whoever decides at the site sets aside the rules that refuse it.
    pub set_aside: Option<String>,
    /// The terms that were accepted with it, where there are any.
    pub terms: Option<TermsId>,
    /// What is said because the place asks for it.
    pub particulars: Particulars,
    /// The form's nonce, so that sending it twice books once.
    pub nonce: String,
}

impl Draft {
    /// None where a person or the site itself is the holder.
    pub fn organisation(&self) -> Option<OrganisationId> {
        self.holder.organisation().copied()
    }

    /// A private person's booking is confidential always.
    pub fn privacy(&self) -> Privacy {
        if self.holder.is_person() { Privacy::Confidential } else { self.privacy }
    }
}

/// One date of what is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    pub session: Span,
    /// Another place than the draft's own, by site and facility.
    pub elsewhere: Option<(Slug, Slug)>,
    /// Kept in the booking as left out, to be put back later.
    pub left_out: bool,
    /// Put on the waiting list if it cannot be had because others have it, and left out of the booking until then.
    pub wait: bool,
    /// The extras that this date goes without.
    pub without: Vec<Slug>,
}

impl Dated {
    /// A date to be had in the draft's own place.
    pub const fn at(session: Span) -> Self {
        Self { session, elsewhere: None, left_out: false, wait: false, without: Vec::new() }
    }
}

/// What became of a request.
#[derive(Debug)]
pub enum RequestAnswer {
    Done {
        reference: Reference,
        /// Whether every date is confirmed already.
        confirmed: bool,
    },
    /// This form was sent before, and led to this booking.
    SentBefore(Reference),
    /// Nothing was written: these dates, by their place in the draft, cannot be had.
    Refused(Vec<(usize, Verdict)>),
    NoSuchPlace,
    /// This person does not book for this organisation, or not any more.
    NotAllowed,
}

/// Judges and writes a request: all of its dates or none.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn request(conn: &mut Conn, circumstances: Circumstances<'_>, draft: &Draft) -> Result<RequestAnswer, StoreError> {
    let now = circumstances.now;
    let nonce = chance::nonce_hash("booking", draft.booked_by, &draft.nonce);
    if let Some(before) = submissions::result(conn, &nonce, draft.booked_by)?.and_then(|text| Reference::parse(&text)) {
        return Ok(RequestAnswer::SentBefore(before));
    }
    let answer = ask(conn, circumstances, draft, now)?;
    if let RequestAnswer::Done { reference, .. } = &answer {
        submissions::record(conn, &nonce, draft.booked_by, reference.stored(), now)?;
    }
    Ok(answer)
}

/// As [`request`], whatever form it came from. Notice and horizon are counted from `since`, when it was first asked for.
pub(super) fn ask(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    draft: &Draft,
    since: Instant,
) -> Result<RequestAnswer, StoreError> {
    let now = circumstances.now;
    let Some(places) = locked_places(conn, draft)? else {
        return Ok(RequestAnswer::NoSuchPlace);
    };
    let Some(asked) = draft.dates.iter().map(|date| Asked::of(draft, date, &places, since)).collect::<Option<Vec<_>>>()
    else {
        return Ok(RequestAnswer::NoSuchPlace);
    };
    let (Some(first), true) = (asked.first(), asked.iter().any(|one| !one.left_out && !one.wait)) else {
        return Ok(RequestAnswer::NoSuchPlace);
    };
    let home = main_site(draft, &places).unwrap_or(first.site);
    let sites = sites_in_order(home, &asked);
    // Rights are read after the lock, so that a suspension a moment ago counts.
    let listed = asked.iter().all(|one| one.facility.listed);
    let Some(asker) = asker(conn, draft, (&sites, listed), now)? else {
        return Ok(RequestAnswer::NotAllowed);
    };
    if asker.on_behalf && asked.iter().any(|one| one.wait) {
        return Ok(RequestAnswer::NotAllowed);
    }
    if asked.iter().any(|one| !one.facility.listed && !asker.actor.sees_unlisted(one.site.id)) {
        return Ok(RequestAnswer::NoSuchPlace);
    }
    let mut parts = Vec::new();
    let mut refused = Vec::new();
    for site in sites {
        let part = Part::judged(conn, circumstances, (site, draft), &asker, &asked)?;
        refused.extend(part.refused());
        parts.push(part);
    }
    if !refused.is_empty() {
        refused.sort_by_key(|(place, _)| *place);
        return Ok(RequestAnswer::Refused(refused));
    }
    let mut confirmed = true;
    let mut main: Option<Case> = None;
    for part in &parts {
        let case = write(
            conn,
            circumstances,
            (draft, &asker),
            part,
            main.as_ref().map(|case: &Case| (case.booking.id, &case.booking.reference)),
        )?;
        confirmed &= case.booking.waiting(now).next().is_none() && !papers::awaits_any(&case.booking);
        main.get_or_insert(case);
    }
    let Some(main) = main else {
        return Ok(RequestAnswer::NoSuchPlace);
    };
    Ok(RequestAnswer::Done { reference: main.booking.reference, confirmed })
}

/// Locks the sites and the holder, and loads the places asked for. `None` when one of them is not there.
pub(super) fn locked_places(conn: &mut Conn, draft: &Draft) -> Result<Option<Vec<(Site, Facility)>>, StoreError> {
    let mut wanted: Vec<(&Slug, &Slug)> = vec![(&draft.site, &draft.facility)];
    wanted.extend(draft.dates.iter().filter_map(|date| date.elsewhere.as_ref()).map(|(site, place)| (site, place)));
    wanted.sort_unstable_by_key(|(site, place)| (site.as_str(), place.as_str()));
    wanted.dedup();
    let mut slugs: Vec<&Slug> = wanted.iter().map(|(site, _)| *site).collect();
    slugs.dedup();
    let ids = sites::ids(conn, &slugs)?;
    engine::lock_all(conn, &ids, draft.organisation())?;
    // One place is by far the most frequent, and needs no more than its own row.
    let mut places = match wanted.as_slice() {
        [(site, only)] => facilities::by_slug(conn, site, only)?.into_iter().collect(),
        _ => facilities::with_sites(conn, &Filter { sites: Some(&ids), ..Filter::default() })?,
    };
    // What is booked in a way of its own is never taken by the hour.
    places
        .retain(|(site, facility)| facility.kind.entry().by_the_hour && wanted.contains(&(&site.slug, &facility.slug)));
    Ok((places.len() == wanted.len()).then_some(places))
}

fn main_site<'a>(draft: &Draft, places: &'a [(Site, Facility)]) -> Option<&'a Site> {
    places.iter().map(|(site, _)| site).find(|site| site.slug == draft.site)
}

/// The site of the booking first, then those of its siblings; where all dates went elsewhere, the first of those.
fn sites_in_order<'a>(home: &'a Site, asked: &[Asked<'a>]) -> Vec<&'a Site> {
    let mut sites: Vec<&Site> = Vec::new();
    sites.extend(Some(home).filter(|home| asked.iter().any(|one| one.site.id == home.id)));
    for one in asked {
        if sites.iter().all(|site| site.id != one.site.id) {
            sites.push(one.site);
        }
    }
    sites
}

/// A date with the place that it is asked for.
struct Asked<'a> {
    site: &'a Site,
    facility: &'a Facility,
    proposal: Proposal,
    left_out: bool,
    /// Left out and on the waiting list if only others are in the way.
    wait: bool,
}

impl<'a> Asked<'a> {
    fn of(draft: &Draft, date: &Dated, places: &'a [(Site, Facility)], since: Instant) -> Option<Self> {
        let own = (&draft.site, &draft.facility);
        let slugs = date.elsewhere.as_ref().map_or(own, |(site, facility)| (site, facility));
        let (site, facility) = places.iter().find(|(site, place)| (&site.slug, &place.slug) == slugs)?;
        let proposal = Proposal {
            session: date.session,
            wanted: if slugs == own { draft.wanted.clone() } else { elsewhere(&draft.wanted, facility) },
            people: draft.people,
            organisation: draft.organisation(),
            besides: Vec::new(),
            asked: since,
            brings: Brings { extras: draft.extras_of(date, (site, facility)), ..Brings::default() },
        };
        // The site itself waits for nothing: it decides.
        let wait = date.wait && draft.organisation().is_some();
        Some(Self { site, facility, proposal, left_out: (date.left_out || date.wait) && !wait, wait })
    }
}

/// The dates at one site, judged one beside the other.
struct Part<'a> {
    site: &'a Site,
    loaded: Loaded,
    /// Place in the draft, what is asked, and the verdict; none for what is left out.
    dates: Vec<(usize, &'a Asked<'a>, Option<Verdict>)>,
}

impl<'a> Part<'a> {
    fn judged(
        conn: &mut Conn,
        circumstances: Circumstances<'_>,
        (site, draft): (&'a Site, &Draft),
        asker: &Asker,
        asked: &'a [Asked<'a>],
    ) -> Result<Self, StoreError> {
        let of_site: Vec<(usize, &Asked<'a>)> =
            asked.iter().enumerate().filter(|(_, one)| one.site.id == site.id).collect();
        let wanted: Vec<&(usize, &Asked<'a>)> = of_site.iter().filter(|(_, one)| !one.left_out).collect();
        let mut facilities: Vec<&Facility> = Vec::new();
        for (_, one) in &wanted {
            if facilities.iter().all(|facility| facility.id != one.facility.id) {
                facilities.push(one.facility);
            }
        }
        let starts = wanted.iter().map(|(_, one)| local_date(site.zone, one.proposal.session.start()));
        let (from, to) = (starts.clone().min().unwrap_or_default(), starts.max().unwrap_or_default());
        // Whether the organisation is trusted is known of its own site only.
        let trusted = asker.trusted.filter(|_| site.slug == draft.site);
        let known = Known { trusted, papers: asker.papers.as_deref(), profile: asker.profile };
        let whose = (draft.organisation(), known);
        let mut loaded = enquiry::load_known(conn, site, &facilities, whose, (from, to))?;
        loaded.leeway = asker.leeway(site, draft);
        clear_void(conn, circumstances, &mut loaded.taken)?;
        let taken = loaded.taken.clone();
        let proposals: Vec<(&Facility, Proposal)> =
            wanted.iter().map(|(_, one)| (one.facility, asker.bringing(draft, &one.proposal))).collect();
        let mut verdicts = loaded.judge_in_turn(&proposals, circumstances.now).into_iter();
        // What was counted in while judging is not taken yet.
        loaded.taken = taken;
        let dates = of_site
            .into_iter()
            .map(|(place, one)| {
                let mut verdict = if one.left_out { None } else { verdicts.next() };
                if let Some(verdict) = &mut verdict {
                    decide_from(verdict, one.facility, one.proposal.session, circumstances.now);
                }
                let waits = |verdict: &Verdict| one.wait && is_only_taken(&verdict.refusals);
                (place, one, verdict.filter(|verdict| !waits(verdict)))
            })
            .collect();
        Ok(Self { site, loaded, dates })
    }

    /// The extras of each date that is had, by its ordinal.
    fn extras(&self, ruled: bool) -> Vec<(i32, &[AskedExtra])> {
        let dates = self.dates.iter().enumerate().filter(|(_, (.., verdict))| verdict.is_some());
        dates
            .map(|(number, (place, one, _))| (ordinal(ruled, *place, number), &one.proposal.brings.extras[..]))
            .collect()
    }

    /// Whether a date waits for an induction.
    fn inducts(&self) -> bool {
        let waits = |one: &Verdict| one.induction && one.needs != Needs::Nothing;
        self.dates.iter().any(|(_, _, verdict)| verdict.as_ref().is_some_and(waits))
    }

    fn refused(&self) -> impl Iterator<Item = (usize, Verdict)> {
        let judged = self.dates.iter().filter_map(|(place, _, verdict)| Some((*place, verdict.as_ref()?)));
        judged.filter(|(_, verdict)| !verdict.is_yes()).map(|(place, verdict)| (place, verdict.clone()))
    }

    /// The occurrences, as written, of the dates for which rules were set aside.
    fn set_aside<'b>(&self, case: &'b Case) -> Vec<&'b Occurrence> {
        let dates = case.booking.occurrences.iter().zip(&self.dates);
        let eased = |verdict: &Option<Verdict>| verdict.as_ref().is_some_and(|verdict| !verdict.set_aside.is_empty());
        dates.filter(|(_, (.., verdict))| eased(verdict)).map(|(one, _)| one).collect()
    }

    /// The occurrences, as written, of the dates that go on the waiting list.
    fn on_the_list<'b>(&self, case: &'b Case) -> Vec<&'b Occurrence> {
        let dates = case.booking.occurrences.iter().zip(&self.dates);
        dates.filter(|(_, (_, asked, verdict))| asked.wait && verdict.is_none()).map(|(one, _)| one).collect()
    }
}

/// Writes a booking with its dates, their places, history and mail, and gives it back as it stands.
fn write(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (draft, asker): (&Draft, &Asker),
    part: &Part<'_>,
    sibling_of: Option<(BookingId, &Reference)>,
) -> Result<Case, StoreError> {
    let (now, reference) = (circumstances.now, circumstances.chance.reference());
    let new = NewBooking {
        reference: &reference,
        site: part.site.id,
        holder: &draft.holder,
        booked_by: Some(draft.booked_by),
        purpose: &draft.purpose,
        note: &draft.note,
        people: draft.people,
        privacy: draft.privacy(),
        repeat: draft.repeat.as_ref().filter(|_| sibling_of.is_none()),
        sibling_of: sibling_of.map(|(id, _)| id),
        split_from: None,
        terms: draft.terms,
    };
    let booking = bookings::insert(conn, &new, now)?;
    let said = draft.said_at(part.site, &part.extras(new.repeat.is_some()));
    particulars::insert(conn, Whose::Booking(booking), &said)?;
    let occurrences = write_dates(conn, (booking, part.site, new.repeat.is_some()), part, now)?;
    let case = Case {
        booking: Booking {
            id: booking,
            site: part.site.id,
            holder: asker.holder.clone(),
            on_behalf: asker.on_behalf,
            booked_by: booker(asker),
            purpose: draft.purpose.clone(),
            note: draft.note.clone(),
            people: draft.people,
            privacy: draft.privacy(),
            version: 1,
            created_at: now,
            repeat: new.repeat.cloned(),
            kin: sibling_of.map(|(_, reference)| reference.clone()),
            shared_with: None,
            needed: Needed::default(),
            terms: draft.terms,
            particulars: said,
            occurrences,
            changes: Vec::new(),
            reference,
        },
        site: part.site.clone(),
        facilities: facilities_of(part),
    };
    sites::mark_changed(conn, part.site.id)?;
    case.tell_of_new(conn, circumstances, part.inducts(), draft.booked_by)?;
    note_set_aside(conn, circumstances, (&case, draft), &part.set_aside(&case))?;
    join_dates(conn, circumstances, (draft, &case), &part.on_the_list(&case))?;
    decline_outrun(conn, circumstances, Some(booking), &confirmed_places(&case, part))?;
    Ok(case)
}

fn booker(asker: &Asker) -> Option<Booker> {
    let email = Email::parse(&asker.actor.email).ok()?;
    Some(Booker { id: asker.actor.person, name: asker.actor.name.clone(), email })
}

/// The places of the dates that are confirmed at once.
fn confirmed_places(case: &Case, part: &Part<'_>) -> Took {
    let dates = case.booking.occurrences.iter().zip(&part.dates);
    dates
        .filter_map(|(one, (_, _, verdict))| Some((one, verdict.as_ref()?)))
        .filter(|(_, verdict)| verdict.confirms())
        .map(|(one, verdict)| (verdict.units.clone(), one.occupied))
        .collect()
}

fn facilities_of(part: &Part<'_>) -> Vec<Facility> {
    let mut facilities: Vec<Facility> = Vec::new();
    for (_, one, _) in &part.dates {
        if facilities.iter().all(|facility| facility.id != one.facility.id) {
            facilities.push(one.facility.clone());
        }
    }
    facilities
}

/// Where there is a rule, a date keeps its number in it, also when one before it went to another site.
fn ordinal(ruled: bool, place: usize, number: usize) -> i32 {
    i32::try_from(if ruled { place } else { number } + 1).unwrap_or(i32::MAX)
}

/// Writes the occurrences, and takes the places of those that are confirmed or hold theirs.
fn write_dates(
    conn: &mut Conn,
    (booking, site, ruled): (BookingId, &Site, bool),
    part: &Part<'_>,
    now: Instant,
) -> Result<Vec<Occurrence>, StoreError> {
    let mut occurrences: Vec<Occurrence> = Vec::with_capacity(part.dates.len());
    for (number, (place, asked, verdict)) in part.dates.iter().enumerate() {
        let rules = &asked.facility.rules;
        let session = asked.proposal.session;
        occurrences.push(Occurrence {
            id: crate::domain::ids::OccurrenceId::new(0),
            ordinal: ordinal(ruled, *place, number),
            facility: asked.facility.id,
            session,
            occupied: session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into()),
            wanted: asked.proposal.wanted.clone(),
            state: match verdict {
                None => State::Skipped { at: now },
                Some(Verdict { needs: Needs::Approval, until: Some(until), .. }) => {
                    State::Requested { at: now, until: *until }
                }
                Some(verdict) => papers::confirmed_or_awaiting(verdict, (now, None)),
            },
            sequence: 0,
            ended_at: None,
            price: verdict.as_ref().and_then(|verdict| verdict.price),
        });
    }
    dates::insert(conn, (booking, site), &mut occurrences)?;
    let claims: Vec<Claim<'_>> = occurrences
        .iter()
        .zip(&part.dates)
        .filter_map(|(one, (_, asked, verdict))| {
            let verdict = verdict.as_ref()?;
            (verdict.confirms() || asked.facility.rules.holds_place).then(|| Claim {
                occurrence: one.id,
                organisation: asked.proposal.organisation.filter(|_| asked.facility.rules.own_may_touch),
                session: one.session,
                occupied: one.occupied,
                units: &verdict.units,
            })
        })
        .collect();
    ground::take(conn, &claims, &part.loaded.taken, now)?;
    Ok(occurrences)
}
