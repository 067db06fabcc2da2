//! Changing a booking: which dates, what is to be different, every date before and after, and then the change. Past dates are never touched.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::change_times::{sessions, times};
use super::service::{
    self, Answer, Case, Change, ChangeAnswer, ChangeView, Means, NewPlace, NewWords, Plan, PlannedDate,
};
use super::{care, extras};
use crate::domain::booking::{Occurrence, Scope};
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::{Reference, Slug};
use crate::domain::places::Facility;
use crate::domain::refusal::Refusal;
use crate::domain::rules::Privacy;
use crate::domain::span::Instant;
use crate::domain::words::{date_and_times, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults, kept_texts};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Default, Deserialize)]
pub struct ChangeQuery {
    date: Option<i32>,
}

/// The form as sent. Times are minutes after local midnight, from the lists.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeForm {
    version: i32,
    /// The date that it is seen from, by its ordinal.
    date: i32,
    scope: String,
    facility: String,
    on: String,
    from: String,
    to: String,
    /// Where it is booked by the session, the one that was chosen, "from-to", in place of the two above.
    named: String,
    purpose: String,
    people: String,
    privacy: String,
    note: String,
    /// The texts of which it was warned already.
    kept: String,
    /// What the place asks for: codes of allergens with a note, labels, the date of the risk assessment.
    allergen: Vec<String>,
    allergen_note: String,
    label: Vec<String>,
    risk_date: String,
    layout: String,
    extra: Vec<String>,
    access: Vec<String>,
    access_note: String,
    /// "yes" to go without extras that cannot be had.
    without: String,
    /// "check" shows before and after, "yes" changes, "change" goes back to the form.
    step: String,
}

#[derive(Template)]
#[template(path = "bookings/change.html")]
struct ChangePage {
    chrome: Chrome,
    faults: Faults,
    notice: Option<String>,
    /// Nothing is in the way but extras that cannot be had.
    may_go_without: bool,
    reference: String,
    back: String,
    action: String,
    what: String,
    typed: ChangeForm,
    scopes: Vec<Choice>,
    facilities: Vec<Choice>,
    starts: Vec<Choice>,
    ends: Vec<Choice>,
    /// In place of starts and ends, where the space is booked by the session.
    sessions: Vec<Choice>,
    privacies: Vec<Choice>,
    care: care::Questions,
}

#[derive(Template)]
#[template(path = "bookings/change_check.html")]
struct CheckPage {
    chrome: Chrome,
    reference: String,
    back: String,
    action: String,
    typed: ChangeForm,
    scope: &'static str,
    rows: Vec<Row>,
    words: Vec<(&'static str, String, String)>,
    splits: bool,
    waits: Option<String>,
}

/// One date, before and after.
struct Row {
    was: String,
    is: String,
    decides: bool,
}

pub async fn get(
    state: Shared,
    path: Path<String>,
    query: Query<ChangeQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let view = service::change_view(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let booking = &view.case.booking;
    let seen_from = match query.date {
        Some(ordinal) => booking.occurrences.iter().find(|one| one.ordinal == ordinal),
        None => booking.next(now),
    };
    let Some(one) = seen_from.filter(|one| now < one.session.start()) else {
        return Ok(page::see_other(&urls::booking(&booking.reference)));
    };
    page::ok(&change_page(chrome, &view, first_answers(&view.case, one), Faults::none(), now))
}

/// The form as the booking stands.
fn first_answers(case: &Case, one: &Occurrence) -> ChangeForm {
    let zone = case.site.zone;
    let (from, to) = (local_time(zone, one.session.start()), local_time(zone, one.session.end()));
    let nights = i32::try_from((to.date - from.date).num_days()).unwrap_or_default();
    let (allergen, allergen_note, label, risk_date) = care::typed(&case.booking.particulars);
    ChangeForm {
        version: case.booking.version,
        date: one.ordinal,
        scope: Scope::This.code().to_owned(),
        facility: case.facility_of(one).map_or_else(String::new, |facility| facility.slug.to_string()),
        on: from.date.to_string(),
        from: from.minute.to_string(),
        to: (to.minute + nights * 1440).to_string(),
        named: String::new(),
        purpose: case.booking.purpose.clone(),
        people: case.booking.people.to_string(),
        privacy: case.booking.privacy.code().to_owned(),
        note: case.booking.note.clone(),
        kept: String::new(),
        allergen,
        allergen_note,
        label,
        risk_date,
        layout: case.booking.particulars.layout.clone(),
        extra: extras::typed(&case.booking.particulars.extras),
        access: case.booking.particulars.access.clone(),
        access_note: case.booking.particulars.access_note.clone(),
        without: String::new(),
        step: String::new(),
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<ChangeForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    let (chrome, now, typed) = (Chrome::of(&request), state.clock.now(), form.0.with_session().going_without());
    let view = service::change_view(&state.db, reference.clone(), who.actor.clone()).await?.ok_or(Error::NotFound)?;
    if typed.step == "change" {
        return page::ok(&change_page(chrome, &view, typed, Faults::none(), now));
    }
    let change = match read(&typed, &view, now) {
        Ok(change) => change,
        Err(faults) => {
            let kept = kept_texts([typed.purpose.as_str(), &typed.note]);
            let typed = ChangeForm { kept, ..typed };
            return page::unprocessable(&change_page(chrome, &view, typed, faults, now));
        }
    };
    if typed.step != "yes" {
        let plan = service::plan(&state.db, who.actor.clone(), reference, change.clone(), now).await?;
        let plan = plan.ok_or(Error::NotFound)?;
        if let Some(words) = refused_words(&view.case, &plan.dates) {
            let may_go_without = plan.dates.iter().flat_map(|one| &one.refusals).all(Refusal::is_lack_of_extras);
            let page = change_page(chrome, &view, typed, Faults::none(), now);
            return page::unprocessable(&ChangePage { notice: Some(words), may_go_without, ..page });
        }
        return page::ok(&check_page(chrome, &view, typed, &change, &plan));
    }
    let means = Means { now, mailer: state.mailer.clone() };
    let at = (reference.clone(), typed.version);
    let notice = match service::change(&state.db, means, who.actor.clone(), at, change).await? {
        ChangeAnswer::Done { case, waiting } => {
            let done = if 0 < waiting { "change-asked" } else { "changed" };
            return Ok(page::done(&urls::booking(&case.booking.reference), done));
        }
        ChangeAnswer::Nothing(_) => "Nothing is different yet. Change a place, a time or the words.".to_owned(),
        ChangeAnswer::Not(Answer::NotFound) => return Err(Error::NotFound),
        ChangeAnswer::Not(Answer::NotPossible(why, _)) => format!("{}.", why.words()),
        ChangeAnswer::Not(Answer::Refused(refused, case)) => {
            let words = refused.iter().flat_map(|one| &one.refusals);
            let name = case.facilities.first().map_or("It", |facility| facility.name.as_str());
            let words: Vec<String> = words.map(|one| one.words(name, case.site.zone)).collect();
            format!("Nothing was changed: {}.", words.join(". "))
        }
        ChangeAnswer::Not(_) => {
            "This booking has changed since you looked. Nothing was done. Here is how it stands now.".to_owned()
        }
    };
    let view = service::change_view(&state.db, reference, who.actor.clone()).await?.ok_or(Error::NotFound)?;
    let typed = ChangeForm { version: view.case.booking.version, ..typed };
    let page = change_page(chrome, &view, typed, Faults::none(), now);
    page::with_status(StatusCode::CONFLICT, &ChangePage { notice: Some(notice), ..page })
}

/// Takes back the changes that wait for a decision.
pub async fn withdraw(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<super::cancel::UndoForm>,
) -> Result<HttpResponse, Error> {
    let reference = Reference::parse(&path).ok_or(Error::NotFound)?;
    super::cancel::done_or_shown(&request, &state, &who, (reference, form.version), service::Deed::WithdrawChange).await
}

/// The place whose questions the form answers.
fn asked_by<'a>(typed: &ChangeForm, view: &'a ChangeView) -> Option<&'a Facility> {
    let own = view.case.booking.occurrences.iter().find(|one| one.ordinal == typed.date).map(|one| one.facility);
    care::of_slug(&view.facilities, &typed.facility, own)
}

fn read(typed: &ChangeForm, view: &ChangeView, now: Instant) -> Result<Change, Faults> {
    let mut faults = Faults::none();
    let case = &view.case;
    let scope = match Scope::parse(&typed.scope) {
        Some(scope) => scope,
        None if !case.booking.is_series() => Scope::All,
        None => {
            faults.add("scope", "Choose which dates it is about");
            Scope::This
        }
    };
    let facility = Slug::parse(&typed.facility);
    if facility.is_none() {
        faults.add("facility", "Choose a space from the list");
    }
    let on = typed.on.parse::<NaiveDate>().ok();
    if on.is_none() {
        faults.add("on", "Enter the date");
    }
    let minute = |text: &str| text.parse::<i32>().ok().filter(|minute| (0..=2880).contains(minute));
    let minutes = minute(&typed.from).zip(minute(&typed.to));
    match minutes {
        Some((from, to)) if from < to => {}
        Some(_) => faults.add("to", "The end must be after the start"),
        None => faults.add("from", "Choose when it starts and ends"),
    }
    let words = (scope != Scope::This || !case.booking.is_series()).then(|| words(typed, view, now, &mut faults));
    let seen_from = case.booking.occurrences.iter().find(|one| one.ordinal == typed.date);
    if !faults.is_empty() {
        return Err(faults);
    }
    // What is as it was is not asked for again, so that other dates of the scope keep what is their own.
    let stands = seen_from.map(|one| first_answers(case, one)).unwrap_or_default();
    Ok(Change {
        from: typed.date,
        scope,
        place: NewPlace {
            facility: facility.filter(|slug| slug.as_str() != stands.facility),
            date: on.filter(|_| typed.on != stands.on),
            minutes: minutes.filter(|_| (&typed.from, &typed.to) != (&stands.from, &stands.to)),
            wanted: None,
            gives_way: typed.without == "yes",
        },
        words,
    })
}

/// The words of the whole booking, as typed.
fn words(typed: &ChangeForm, view: &ChangeView, now: Instant, faults: &mut Faults) -> NewWords {
    let case = &view.case;
    let words = NewWords {
        purpose: faults.line("purpose", &typed.purpose, "what the booking is for", 80),
        note: faults.paragraphs("note", &typed.note, 500),
        people: faults.number("people", &typed.people, "how many people you expect", (1, 10_000)),
        privacy: faults
            .take("privacy", Privacy::parse(&typed.privacy).map(Some).ok_or("Choose who may see it"))
            .unwrap_or(case.booking.privacy),
        particulars: match asked_by(typed, view) {
            Some(place) => care::read(place, typed.care(), local_date(case.site.zone, now), faults),
            None => case.booking.particulars.clone(),
        },
    };
    // What stands already was looked at when it was typed.
    let private = words.privacy == Privacy::Confidential;
    if private && (&typed.purpose, &typed.note) != (&case.booking.purpose, &case.booking.note) {
        faults.naming(&typed.kept, &[("purpose", &typed.purpose), ("note", &typed.note)]);
    }
    words
}

/// Why dates cannot be had as asked; none when all can.
fn refused_words(case: &Case, dates: &[PlannedDate]) -> Option<String> {
    let words: Vec<String> = dates
        .iter()
        .filter(|one| !one.refusals.is_empty())
        .map(|one| {
            let refusals = one.refusals.iter().map(|refusal| refusal.words(&one.facility.name, case.site.zone));
            let date = long_date(local_date(case.site.zone, one.session.unwrap_or(one.occurrence.session).start()));
            format!("{date}: {}", refusals.collect::<Vec<_>>().join(". "))
        })
        .collect();
    (!words.is_empty()).then(|| format!("Nothing is changed, because not every date can be had. {}.", words.join(". ")))
}

fn change_page(chrome: Chrome, view: &ChangeView, typed: ChangeForm, faults: Faults, now: Instant) -> ChangePage {
    let (case, booking) = (&view.case, &view.case.booking);
    let seen_from = booking.occurrences.iter().find(|one| one.ordinal == typed.date);
    let facility = view.facilities.iter().find(|one| one.slug.as_str() == typed.facility);
    let facility = facility.or_else(|| case.facilities.first());
    let stands = (typed.from.as_str(), typed.to.as_str());
    let (starts, ends) = facility.map_or_else(Default::default, |facility| times(facility, stands));
    let sessions = facility.map_or_else(Vec::new, |facility| sessions(facility, stands));
    ChangePage {
        chrome: chrome.with_exit(booking.privacy == Privacy::Confidential),
        notice: None,
        may_go_without: false,
        reference: booking.reference.to_string(),
        back: urls::booking(&booking.reference),
        action: urls::booking_change(&booking.reference),
        what: seen_from.map_or_else(String::new, |one| case.for_mail().when(one)),
        scopes: scopes(case, &typed, now),
        facilities: view
            .facilities
            .iter()
            .map(|one| Choice::new(one.slug.as_str(), &one.name, one.slug.as_str() == typed.facility))
            .collect(),
        starts,
        ends,
        sessions,
        privacies: Privacy::ALL
            .into_iter()
            .filter(|one| *one == Privacy::Confidential || !booking.holder.is_person())
            .map(|one| Choice::new(one.code(), one.words(), typed.privacy == one.code()))
            .collect(),
        care: asked_by(&typed, view)
            .map(|place| {
                care::questions(
                    place,
                    typed.care(),
                    typed.on.parse().unwrap_or_else(|_| local_date(case.site.zone, now)),
                    &faults,
                )
            })
            .unwrap_or_default(),
        faults,
        typed,
    }
}

/// The scopes of a series that differ in their dates; none for a single date.
fn scopes(case: &Case, typed: &ChangeForm, now: Instant) -> Vec<Choice> {
    let mut known: Vec<usize> = Vec::new();
    let mut choices = Vec::new();
    for scope in Scope::ALL {
        let number = case.booking.in_scope(typed.date, scope, now).len();
        if case.booking.is_series() && !known.contains(&number) {
            known.push(number);
            choices.push(Choice::new(scope.code(), scope.words(), typed.scope == scope.code()));
        }
    }
    choices
}

impl ChangeForm {
    fn care(&self) -> care::Typed<'_> {
        care::Typed {
            allergens: &self.allergen,
            note: &self.allergen_note,
            labels: &self.label,
            risk_date: &self.risk_date,
            layout: &self.layout,
            extra: &self.extra,
            access: &self.access,
            access_note: &self.access_note,
        }
    }

    /// The same, where the button to go without extras was pressed.
    fn going_without(mut self) -> Self {
        if self.step == "without" {
            "yes".clone_into(&mut self.without);
        }
        self
    }

    /// The same, with the times of the session that was chosen.
    fn with_session(mut self) -> Self {
        if let Some((from, to)) = self.named.split_once('-') {
            (self.from, self.to) = (from.to_owned(), to.to_owned());
        }
        self.named.clear();
        self
    }
}

fn check_page(chrome: Chrome, view: &ChangeView, typed: ChangeForm, change: &Change, plan: &Plan) -> CheckPage {
    let case = &view.case;
    let place = |name: &str| format!(", {name}");
    let rows: Vec<Row> = plan
        .dates
        .iter()
        .filter(|one| one.moves() || !one.without().is_empty())
        .map(|one| Row {
            was: format!(
                "{}{}",
                date_and_times(case.site.zone, one.occurrence.session),
                case.facility_of(&one.occurrence).map_or_else(String::new, |facility| place(&facility.name))
            ),
            is: format!(
                "{}{}",
                one.session.map_or_else(String::new, |session| date_and_times(case.site.zone, session)),
                place(&one.facility.name) + &extras::going_without(case, one)
            ),
            decides: one.decides,
        })
        .collect();
    let waits = rows.iter().any(|row| row.decides).then(|| {
        format!("{} decides. Your booking stays as it is until then, and the new time is kept for you.", case.site.name)
    });
    CheckPage {
        chrome,
        reference: case.booking.reference.to_string(),
        back: urls::booking(&case.booking.reference),
        action: urls::booking_change(&case.booking.reference),
        scope: change.scope.words(),
        rows,
        words: words_changed(case, change),
        splits: plan.splits,
        waits,
        typed,
    }
}

/// The words that would be different, before and after.
fn words_changed(case: &Case, change: &Change) -> Vec<(&'static str, String, String)> {
    let Some(new) = &change.words else {
        return Vec::new();
    };
    let booking = &case.booking;
    let (was, is) = (care::said(&booking.particulars), care::said(&new.particulars));
    let of = |rows: &[(&'static str, String)], label: &str| {
        rows.iter().find(|(one, _)| *one == label).map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let mut labels: Vec<&'static str> = was.iter().chain(&is).map(|(label, _)| *label).collect();
    labels.sort_unstable();
    labels.dedup();
    let particulars = labels.into_iter().map(|label| (label, of(&was, label), of(&is, label)));
    [
        ("Purpose", booking.purpose.clone(), new.purpose.clone()),
        ("People", booking.people.to_string(), new.people.to_string()),
        ("Who sees it", booking.privacy.words().to_owned(), new.privacy.words().to_owned()),
        ("Note", booking.note.clone(), new.note.clone()),
    ]
    .into_iter()
    .chain(particulars)
    .filter(|(_, was, is)| was != is)
    .collect()
}
