//! Asking for a place: the form chosen from free times, check answers, and sending it. What was typed is never lost.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::behalf::{self, For, Staff};
use super::draft::NewBooking;
use super::papers::PaperLine;
use super::service::{self, Alternatives, Draft, Form, Look, Means, RequestAnswer, Whose};
use super::terms::{self, TermsView};
use super::times::{self, TimeChoices, time_choices};
use super::{care, cost, extras, looking, papers, safe, series, wait};
use crate::domain::hours::{instant_at, local_date, local_time};
use crate::domain::ids::{Reference, Slug};
use crate::domain::judge::{Proposal, Verdict, judge};
use crate::domain::organisation::Standing;
use crate::domain::places::{Site, UnitChoice};
use crate::domain::policy::Actor;
use crate::domain::refusal::{About, Refusal};
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::domain::waiting::is_only_taken;
use crate::domain::words::{self, counted, date_and_times, date_without_year, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults, clock_minute, kept_texts};
use crate::web::notices::{NoticeView, notice_views};
use crate::web::page;
use crate::web::repeat::{repeats, weekdays};
use crate::web::state::{Shared, State};

#[derive(Debug, Default, Deserialize)]
pub struct BookQuery {
    #[serde(default)]
    date: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    people: String,
    /// The reference of an earlier booking that the form is filled from.
    #[serde(default)]
    again: String,
}

#[derive(Template)]
#[template(path = "bookings/new.html")]
pub(super) struct NewPage {
    chrome: Chrome,
    frame: Frame,
    faults: Faults,
    /// The time was free when the form was made and is not any more.
    just_taken: bool,
    /// Only others are in the way, so that one can wait for it.
    may_wait: bool,
    /// The extras that are in the way, and nothing else: in words, and as the form sends them.
    without: Option<(String, String)>,
    typed: NewBooking,
    date: String,
    date_words: String,
    today: String,
    by_session: bool,
    times: TimeChoices,
    organisations: Vec<Choice>,
    /// What the site's staff may choose besides.
    staff: Option<Staff>,
    /// Whether to offer that the refusals be set aside.
    may_set_aside: bool,
    privacies: Vec<Choice>,
    counts: Vec<Choice>,
    units: Vec<Choice>,
    /// Whether the part about repeating is shown open.
    repeats_open: bool,
    repeats: Vec<Choice>,
    weekdays: Vec<Choice>,
    care: care::Questions,
    suggestions: Vec<Suggestion>,
    terms: Option<TermsView>,
}

#[derive(Template)]
#[template(path = "bookings/new_check.html")]
struct CheckPage {
    chrome: Chrome,
    frame: Frame,
    typed: NewBooking,
    when: String,
    whom: For,
    people: String,
    said: Vec<(&'static str, String)>,
    units: String,
    then: String,
    /// That nobody else would be in the building.
    alone: Option<String>,
    /// What papers are still needed, if any.
    papers: String,
    button: &'static str,
}

#[derive(Template)]
#[template(path = "bookings/new_nobody.html")]
struct NobodyPage {
    chrome: Chrome,
    frame: Frame,
    applied: bool,
    /// Belongs to an organisation that may book, but does not book for it.
    approved: bool,
}

/// What stands beside the form.
pub(super) struct Frame {
    pub name: String,
    pub drawing: &'static str,
    pub place: String,
    pub week: String,
    pub action: String,
    /// Where dates are read from a calendar file.
    pub import: String,
    pub rules: Vec<(&'static str, String)>,
    /// What people who are there on that date must know.
    pub notices: Vec<NoticeView>,
    /// What the organisation has on file of what is asked for, and what it lacks.
    pub papers: Vec<PaperLine>,
    pub papers_href: Option<String>,
}

/// A button that fills the form with another time or place, keeping what was typed.
struct Suggestion {
    label: String,
    value: String,
    action: String,
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    query: Query<BookQuery>,
    who: SignedIn,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let slugs = slugs(path)?;
    let date = match query.date.as_str() {
        "" => None,
        typed => Some(
            typed
                .parse::<NaiveDate>()
                .map_err(|_| Error::BadRequest("That is not a date. Choose one from the calendar".to_owned()))?,
        ),
    };
    let now = state.clock.now();
    let whose = (who.actor.clone(), Whose::First);
    let look = (Look::Day, move |_: &Site| (date, None));
    let form = service::form(&state.db, slugs, look, whose, now).await?.ok_or(Error::NotFound)?;
    if form.organisation.is_none() && !who.actor.is_staff(form.site.id) {
        let applied = !who.actor.memberships.is_empty();
        let approved = who.actor.memberships.iter().any(|one| one.standing == Standing::Approved);
        let chrome = chrome.with_exit(form.facility.is_private());
        return page::ok(&NobodyPage { chrome, frame: frame(&form), applied, approved });
    }
    let mut typed = first_answers(&state, &query, &form, &who.actor);
    if let Some(earlier) = Reference::parse(&query.again)
        && let Some((holder, words)) = service::words_of(&state.db, earlier, who.actor.clone()).await?
    {
        behalf::fill(&mut typed, &who.actor, &form, &holder);
        typed.purpose = words.purpose;
        typed.note = words.note;
        typed.people = words.people.to_string();
        (typed.allergen, typed.allergen_note, typed.label, typed.risk_date) = care::typed(&words.particulars);
        (typed.layout, typed.extra) = (words.particulars.layout.clone(), extras::typed(&words.particulars.extras));
        (typed.access, typed.access_note) = (words.particulars.access.clone(), words.particulars.access_note.clone());
        words.privacy.code().clone_into(&mut typed.privacy);
    }
    page::ok(&new_page(chrome, &who, &form, typed, Faults::none(), now))
}

/// The form before anything is typed: what the link says, and the facility's own defaults.
fn first_answers(state: &State, query: &BookQuery, form: &Form, actor: &Actor) -> NewBooking {
    let at = |typed: &str| instant_at(form.site.zone, form.date, clock_minute(typed)?).ok();
    let (mut from, mut to) = (at(&query.from), at(&query.to));
    if let Some(start) = from.filter(|_| form.facility.by_session()) {
        let session = times::meant(form, (start, to), actor.manages(form.site.id));
        (from, to) = (session.map(Span::start), session.map(Span::end));
    }
    let text = |at: Option<Instant>| at.map(|at| at.seconds().to_string()).unwrap_or_default();
    NewBooking {
        date: form.date.to_string(),
        from: text(from),
        to: text(to),
        people: query.people.clone(),
        privacy: form.facility.rules.privacy.code().to_owned(),
        count: "1".to_owned(),
        nonce: state.chance.token().reveal().to_owned(),
        ..NewBooking::default()
    }
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: SignedIn,
    form: ProtectedForm<NewBooking>,
) -> Result<HttpResponse, Error> {
    let chrome = Chrome::of(&request);
    let (now, slugs) = (state.clock.now(), slugs(path)?);
    let mut typed = form.0;
    let session = typed.session();
    if let (Ok(session), false) = (&session, typed.choose.is_empty() && typed.named.is_empty()) {
        typed.from = session.start().seconds().to_string();
        typed.to = session.end().seconds().to_string();
    }
    typed.choose.clear();
    typed.named.clear();
    let found = looking::at(&state, &who, slugs, &typed, looking::first(&typed)).await?;
    typed.date = found.date.to_string();
    if let Some(gone) = typed.step.strip_prefix("without:").and_then(extras::read_slugs) {
        typed.go_without(&gone);
    }
    if typed.step == "change" {
        return page::ok(&new_page(chrome, &who, &found, typed, Faults::none(), now));
    }
    match typed.parse(&who.actor, &found) {
        Err(faults) => {
            let found = looking::again(&state, &who, found, &typed).await?;
            typed.kept = kept_texts(typed.texts().map(|(_, text)| text));
            refused(chrome, &who, &found, typed, faults, now)
        }
        Ok(wanting) if wanting.draft.repeat.is_some() => {
            series::judged(&state, chrome, &who, found, typed, wanting).await
        }
        Ok(wanting) if typed.step == "wait" => wait::join(&state, chrome, &who, found, typed, wanting).await,
        Ok(wanting) => judged(&state, chrome, &who, found, typed, wanting.draft, wanting.session).await,
    }
}

/// A form that could be read: judged, shown to check, or sent.
pub(super) async fn judged(
    state: &State,
    chrome: Chrome,
    who: &SignedIn,
    mut found: Form,
    typed: NewBooking,
    draft: Draft,
    session: Span,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let proposal = proposal(&who.actor, &draft, session, now);
    let sending = typed.step == "yes";
    let leeway = who.actor.leeway(found.site.id, &draft.holder, draft.set_aside.is_some());
    let verdict = if sending {
        let means = Means { now, mailer: state.mailer.clone() };
        match service::request(&state.db, means, draft.clone()).await? {
            RequestAnswer::Done { reference, confirmed } => {
                return Ok(page::done(&urls::booking(&reference), behalf::done(&who.actor, &draft, confirmed)));
            }
            RequestAnswer::SentBefore(reference) => return Ok(page::done(&urls::booking(&reference), "sent-before")),
            RequestAnswer::NoSuchPlace | RequestAnswer::NotAllowed => return Err(Error::NotFound),
            RequestAnswer::Refused(dates) => {
                found = looking::again(state, who, found, &typed).await?;
                let Some((_, verdict)) = dates.into_iter().next() else {
                    return Err(Error::NotFound);
                };
                verdict
            }
        }
    } else {
        leeway.eased(judge(&found.loaded.facts(&found.facility), &proposal, now))
    };
    if verdict.is_yes() {
        let alone = service::alone(&state.db, &found, session, now).await?;
        let page = check_page(chrome, who, &found, typed, (&draft, session), &verdict);
        return page::ok(&CheckPage { alone: safe::alone_words(alone, found.site.zone), ..page });
    }
    let slugs = (found.site.slug.clone(), found.facility.slug.clone());
    let helps = verdict.refusals.iter().any(Refusal::another_time_may_help);
    let alternatives =
        if helps { service::alternatives(&state.db, slugs, proposal, now).await? } else { Alternatives::default() };
    let taken = is_only_taken(&verdict.refusals);
    let without = extras::without(&draft, &verdict.refusals);
    let mut faults = faults_of(&verdict.refusals, &found);
    behalf::lacks_reason(&typed, &draft, &mut faults);
    let mut page = new_page(chrome, who, &found, typed, faults, now);
    page = page.offering_to_set_aside(&who.actor, &found, &draft, &verdict.refusals);
    page.just_taken = sending && (taken || without.is_some());
    page.without = without;
    page.may_wait = taken && draft.organisation().is_some_and(|own| who.actor.may_book_for(own));
    page.suggestions = suggestions(&found, session, &alternatives);
    let status = if page.just_taken { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    page::with_status(status, &page)
}

pub(super) fn slugs(path: Path<(String, String)>) -> Result<(Slug, Slug), Error> {
    let (site, facility) = path.into_inner();
    Slug::parse(&site).zip(Slug::parse(&facility)).ok_or(Error::NotFound)
}

fn proposal(actor: &Actor, draft: &Draft, session: Span, now: Instant) -> Proposal {
    Proposal {
        session,
        wanted: draft.wanted.clone(),
        people: draft.people,
        organisation: draft.organisation(),
        besides: Vec::new(),
        asked: now,
        brings: care::brings(actor, draft),
    }
}

/// Every refusal beside the question that it is about.
pub(super) fn faults_of(refusals: &[Refusal], form: &Form) -> Faults {
    let mut by_field: Vec<(&'static str, Vec<String>)> = Vec::new();
    for refusal in refusals {
        let field = match refusal.about() {
            About::Time => "from",
            About::People => "people",
            About::Units => "count",
            About::Labels => "label",
            About::Extras => "extra",
        };
        let words = refusal.words(&form.facility.name, form.site.zone);
        match by_field.iter_mut().find(|(one, _)| *one == field) {
            Some((_, all)) => all.push(words),
            None => by_field.push((field, vec![words])),
        }
    }
    let mut faults = Faults::none();
    for (field, words) in by_field {
        faults.add(field, words.join(". "));
    }
    faults
}

fn suggestions(form: &Form, session: Span, found: &Alternatives) -> Vec<Suggestion> {
    let zone = form.site.zone;
    let value = |span: &Span| format!("{}-{}", span.start().seconds(), span.end().seconds());
    let here = urls::book(&form.site.slug, &form.facility.slug);
    let same_day = found.same_day.iter().map(|span| Suggestion {
        label: form.facility.session_of(zone, *span).map_or_else(|| words::times(zone, *span), |one| one.words()),
        value: value(span),
        action: here.clone(),
    });
    let other_days = found.other_days.iter().map(|span| Suggestion {
        label: format!("{}, {}", date_without_year(local_time(zone, span.start()).date), words::times(zone, *span)),
        value: value(span),
        action: here.clone(),
    });
    let elsewhere = found.elsewhere.iter().map(|facility| Suggestion {
        label: format!("{} at the same time", facility.name),
        value: value(&session),
        action: urls::book(&form.site.slug, &facility.slug),
    });
    same_day.chain(elsewhere).chain(other_days).collect()
}

pub(super) fn frame(form: &Form) -> Frame {
    Frame {
        name: form.facility.name.clone(),
        drawing: form.facility.kind.entry().drawing,
        place: [form.facility.place(), form.site.name.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        week: urls::facility_week(&form.site.slug, &form.facility.slug, form.date),
        action: urls::book(&form.site.slug, &form.facility.slug),
        import: urls::import(&form.site.slug, &form.facility.slug),
        rules: cost::rules(form),
        notices: notice_views((form.site.zone, &form.site.name), &form.notices, |_| Some(form.facility.name.clone())),
        papers: papers::held(form),
        papers_href: form.organisation_slug.as_ref().map(urls::documents),
    }
}

/// The form with what is wrong, and nothing that was typed lost.
pub(super) fn refused(
    chrome: Chrome,
    who: &SignedIn,
    found: &Form,
    typed: NewBooking,
    faults: Faults,
    now: Instant,
) -> Result<HttpResponse, Error> {
    page::unprocessable(&new_page(chrome, who, found, typed, faults, now))
}

impl NewPage {
    /// The same, with the offer to set the refusals aside where this person may.
    pub(super) fn offering_to_set_aside(self, actor: &Actor, form: &Form, draft: &Draft, refusals: &[Refusal]) -> Self {
        Self { may_set_aside: behalf::may_set_aside(actor, &form.site, draft, refusals), ..self }
    }
}

pub(super) fn new_page(
    chrome: Chrome,
    who: &SignedIn,
    form: &Form,
    typed: NewBooking,
    faults: Faults,
    now: Instant,
) -> NewPage {
    let facility = &form.facility;
    let several = facility.choice == UnitChoice::Any && 1 < facility.units.len();
    let chosen = |code: &str| typed.organisation == code;
    let mut organisations: Vec<Choice> =
        who.actor.books_for().map(|one| Choice::new(one.slug.as_str(), &one.name, chosen(one.slug.as_str()))).collect();
    if who.actor.manages(form.site.id) {
        let slug = form.site.slug.as_str();
        organisations.push(Choice::new(slug, format!("{} itself", form.site.name), chosen(slug)));
    }
    NewPage {
        chrome: safe::chrome(chrome, form, &typed),
        frame: frame(form),
        care: care::questions(facility, typed.care(), form.date, &faults),
        faults,
        just_taken: false,
        may_wait: false,
        without: None,
        date: form.date.to_string(),
        date_words: long_date(form.date),
        today: local_date(form.site.zone, now).to_string(),
        by_session: facility.by_session(),
        times: time_choices(form, &typed, now),
        organisations,
        staff: behalf::staff(&who.actor, form, &typed),
        may_set_aside: !typed.set_aside.is_empty() && who.actor.manages(form.site.id),
        privacies: Privacy::ALL.map(|one| Choice::new(one.code(), one.words(), typed.privacy == one.code())).to_vec(),
        counts: if several {
            (1..=facility.units.len())
                .map(|n| Choice::new(n.to_string(), facility.so_many(n), typed.count == n.to_string()))
                .collect()
        } else {
            Vec::new()
        },
        units: if several {
            let units = facility.units.iter().enumerate();
            units.map(|(n, unit)| Choice::new(n.to_string(), &unit.name, typed.unit.contains(&n.to_string()))).collect()
        } else {
            Vec::new()
        },
        suggestions: Vec::new(),
        terms: terms::view(form, &typed),
        repeats_open: typed.repeating().is_asked(),
        repeats: repeats(form.date, typed.repeating()),
        weekdays: weekdays(form.date, typed.repeating()),
        typed,
    }
}

fn check_page(
    chrome: Chrome,
    who: &SignedIn,
    form: &Form,
    typed: NewBooking,
    (draft, session): (&Draft, Span),
    verdict: &Verdict,
) -> CheckPage {
    let facility = &form.facility;
    let when = format!("{}{}", date_and_times(form.site.zone, session), facility.rules.run_in_words(session.minutes()));
    let straight_away = verdict.confirms();
    CheckPage {
        chrome: safe::chrome(chrome, form, &typed),
        frame: frame(form),
        when,
        whom: behalf::for_whom(&who.actor, form, draft, [(verdict, facility)]),
        people: counted(draft.people.into(), "person", "people"),
        said: cost::said(form, draft, verdict),
        units: facility.which(&verdict.units),
        papers: papers::line(verdict),
        then: care::induction_words(form, verdict, straight_away)
            .into_iter()
            .chain([match (straight_away, verdict.until) {
                _ if papers::is_conditional(verdict) => papers::then(verdict, &form.site, facility),
                (true, _) | (false, None) => "It is confirmed straight away.".to_owned(),
                (false, Some(until)) => format!(
                    "{} decides. They answer by {} at the latest{}.",
                    form.site.name,
                    words::date_and_clock(form.site.zone, until),
                    if facility.rules.holds_place { ", and the place is held for you until then" } else { "" }
                ),
            }])
            .collect::<Vec<_>>()
            .join(" "),
        alone: None,
        button: if straight_away || papers::is_conditional(verdict) { "Book it" } else { "Send request" },
        typed,
    }
}
