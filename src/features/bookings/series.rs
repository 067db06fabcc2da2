//! Check answers of a series: every date with its own result, and for each that cannot be had a choice of what could be had instead.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::NaiveDate;
use chrono_tz::Tz;

use super::behalf::{self, For};
use super::care;
use super::cost;
use super::draft::{NewBooking, Wanting};
use super::extras;
use super::looking;
use super::new::{Frame, faults_of, frame, new_page};
use super::papers;
use super::safe;
use super::service::{self, DateResult, Dated, Draft, Form, Means, Preview, RequestAnswer, Rung, SeriesWish};
use crate::domain::hours::{NoSuchTime, instant_at, local_time};
use crate::domain::ids::Slug;
use crate::domain::judge::Needs;
use crate::domain::places::{Facility, Site};
use crate::domain::refusal::Refusal;
use crate::domain::span::{Instant, Span};
use crate::domain::waiting::is_only_taken;
use crate::domain::words::{counted, long_date, times};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::forms::{Choice, Faults};
use crate::web::notices::{NoticeView, notice_views};
use crate::web::page;
use crate::web::state::State;

#[derive(Template)]
#[template(path = "bookings/series.html")]
struct SeriesPage {
    chrome: Chrome,
    frame: Frame,
    typed: NewBooking,
    /// What has become of the dates since they were last looked at.
    notice: Option<String>,
    /// That nobody else would be in the building, on which of the dates.
    alone: Option<String>,
    heading: String,
    summary: String,
    /// Whether any date needs a choice.
    choices: bool,
    rows: Vec<Row>,
    notices: Vec<NoticeView>,
    repeats: String,
    faults: Faults,
    /// Whether to offer that the rules which refuse dates be set aside.
    may_set_aside: bool,
    whom: For,
    people: String,
    said: Vec<(&'static str, String)>,
    then: String,
    button: &'static str,
}

/// One date.
struct Row {
    id: String,
    date: String,
    /// Why it cannot be had as asked, or the holiday that it falls on; none for a date that is simply free.
    question: Option<String>,
    options: Vec<Choice>,
    alone: bool,
    /// What papers the date still needs.
    papers: String,
}

/// A form for a series that could be read: previewed, shown to check, or sent.
pub async fn judged(
    state: &State,
    chrome: Chrome,
    who: &SignedIn,
    form: Form,
    typed: NewBooking,
    wanting: Wanting,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    let mut notice = None;
    let mut status = StatusCode::OK;
    if typed.step == "yes" {
        let draft = chosen(&wanting, &typed, form.site.zone);
        if draft.dates.iter().all(|date| date.left_out || date.wait) {
            notice = Some("No date is left to book. Choose at least one to have.".to_owned());
            status = StatusCode::UNPROCESSABLE_ENTITY;
        } else {
            let means = Means { now, mailer: state.mailer.clone() };
            match service::request(&state.db, means, draft).await? {
                RequestAnswer::Done { reference, confirmed } => {
                    let done = behalf::done(&who.actor, &wanting.draft, confirmed);
                    return Ok(page::done(&urls::booking(&reference), done));
                }
                RequestAnswer::SentBefore(reference) => {
                    return Ok(page::done(&urls::booking(&reference), "sent-before"));
                }
                RequestAnswer::NoSuchPlace | RequestAnswer::NotAllowed => return Err(Error::NotFound),
                RequestAnswer::Refused(dates) => {
                    notice = Some(refused_words(&dates.iter().map(|(place, _)| *place).collect::<Vec<_>>(), &wanting));
                    status = StatusCode::CONFLICT;
                }
            }
        }
    }
    let form = looking::again(state, who, form, &typed).await?;
    let around = form.around.as_ref().ok_or(Error::NotFound)?;
    let preview = service::previewed(around, &wish(who, &form, &wanting), now);
    // What no date of it could ever have is put right in the form, not date by date.
    let never = of_every_date(&preview);
    if !never.is_empty() {
        let mut faults = faults_of(&never, &form);
        behalf::lacks_reason(&typed, &wanting.draft, &mut faults);
        let page = new_page(chrome, who, &form, typed, faults, now);
        return page::unprocessable(&page.offering_to_set_aside(&who.actor, &form, &wanting.draft, &never));
    }
    let mut faults = Faults::none();
    if behalf::lacks_reason(&typed, &wanting.draft, &mut faults) {
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let page = series_page(chrome, who, &form, (typed, &wanting), &preview);
    page::with_status(status, &SeriesPage { notice, faults, ..page })
}

/// The refusals that all dates have alike.
fn of_every_date(preview: &Preview) -> Vec<Refusal> {
    let mut verdicts = preview.results.iter().filter_map(|result| result.verdict.as_ref());
    let first = verdicts.next().map_or(&[][..], |verdict| &verdict.refusals);
    let alike: Vec<Refusal> = first.iter().filter(|one| one.is_of_every_date()).cloned().collect();
    let all = verdicts.all(|verdict| verdict.refusals.iter().any(Refusal::is_of_every_date));
    if all { alike } else { Vec::new() }
}

fn wish(who: &SignedIn, form: &Form, wanting: &Wanting) -> SeriesWish {
    let draft = &wanting.draft;
    SeriesWish {
        site: draft.site.clone(),
        facility: draft.facility.clone(),
        organisation: draft.organisation(),
        leeway: who.actor.leeway(form.site.id, &draft.holder, draft.set_aside.is_some()),
        wanted: draft.wanted.clone(),
        people: draft.people,
        brings: care::brings(&who.actor, draft),
        dates: wanting.dates.clone(),
    }
}

fn refused_words(places: &[usize], wanting: &Wanting) -> String {
    let dates = places.iter().filter_map(|place| wanting.dates.get(*place)).map(|(date, _)| long_date(*date));
    let dates = crate::domain::words::listed(&dates.collect::<Vec<_>>());
    format!(
        "Nothing is booked yet, because something has changed: {dates} cannot be had as chosen. Look at it again below."
    )
}

/// The draft with every date as it was chosen; a date without a choice is asked for as it stands.
fn chosen(wanting: &Wanting, typed: &NewBooking, zone: Tz) -> Draft {
    let dates = wanting.dates.iter().enumerate().map(|(place, (date, session))| {
        let pick = picked(typed, place).unwrap_or("take");
        match (session, read_pick(pick)) {
            (_, Some(Pick::Other(dated))) => dated,
            (Ok(session), Some(Pick::LeaveOut)) => Dated { left_out: true, ..Dated::at(*session) },
            (Ok(session), Some(Pick::Wait)) => Dated { wait: true, ..Dated::at(*session) },
            (Ok(session), Some(Pick::Without(without))) => Dated { without, ..Dated::at(*session) },
            (Ok(session), _) => Dated::at(*session),
            // A time that the wall never shows has no instant; the hour after it stands for it among the dates left out.
            (Err(_), _) => Dated { left_out: true, ..Dated::at(after_the_gap(wanting, *date, zone)) },
        }
    });
    Draft { dates: dates.collect(), ..wanting.draft.clone() }
}

fn after_the_gap(wanting: &Wanting, date: NaiveDate, zone: Tz) -> Span {
    let start = instant_at(zone, date, local_time(zone, wanting.session.start()).minute + 60);
    let session = start.ok().and_then(|start| Span::new(start, start.plus_minutes(wanting.session.minutes())));
    session.unwrap_or(wanting.session)
}

fn picked(typed: &NewBooking, place: usize) -> Option<&str> {
    let key = place.to_string();
    typed.pick.iter().filter_map(|pick| pick.split_once('=')).find(|(of, _)| *of == key).map(|(_, choice)| choice)
}

enum Pick {
    LeaveOut,
    /// Left out, and on the waiting list.
    Wait,
    Other(Dated),
    /// As asked, but without these extras.
    Without(Vec<Slug>),
}

/// "skip", "wait", or "site/facility/from-to" with instants.
fn read_pick(pick: &str) -> Option<Pick> {
    if pick == "skip" {
        return Some(Pick::LeaveOut);
    }
    if pick == "wait" {
        return Some(Pick::Wait);
    }
    if let Some(gone) = pick.strip_prefix("without:") {
        return extras::read_slugs(gone).map(Pick::Without);
    }
    let mut parts = pick.split('/');
    let (site, facility) = (Slug::parse(parts.next()?)?, Slug::parse(parts.next()?)?);
    let (from, to) = parts.next()?.split_once('-')?;
    let instant = |text: &str| text.parse().ok().map(Instant::from_seconds).filter(|at| at.is_bookable());
    let session = Span::new(instant(from)?, instant(to)?)?;
    Some(Pick::Other(Dated { elsewhere: Some((site, facility)), ..Dated::at(session) }))
}

fn pick_value(place: usize, site: &Site, facility: &Facility, session: Span) -> String {
    format!("{place}={}/{}/{}-{}", site.slug, facility.slug, session.start().seconds(), session.end().seconds())
}

fn series_page(
    chrome: Chrome,
    who: &SignedIn,
    form: &Form,
    (typed, wanting): (NewBooking, &Wanting),
    preview: &Preview,
) -> SeriesPage {
    let draft = &wanting.draft;
    let rows: Vec<Row> = preview
        .results
        .iter()
        .enumerate()
        .map(|(place, result)| row(preview, (&typed, who, draft), place, result))
        .collect();
    let free = preview.results.iter().filter(|result| result.is_free()).count();
    let clashes = preview.results.len() - free;
    let pattern = draft.repeat.as_ref();
    let verdicts = || preview.results.iter().filter_map(|one| one.verdict.as_ref());
    let mut refused = verdicts().filter(|verdict| !verdict.is_yes());
    let needs_decision = verdicts().any(|one| one.needs == Needs::Approval);
    let asks = rows.iter().any(|row| row.question.is_some());
    SeriesPage {
        chrome: safe::chrome(chrome, form, &typed),
        alone: safe::alone_dates(preview),
        frame: frame(form),
        notice: None,
        heading: format!(
            "{} {}, {}{}",
            dates(preview.results.len()),
            pattern.map_or_else(String::new, |pattern| pattern.repeat.words()),
            times(form.site.zone, wanting.session),
            form.facility.rules.run_in_words(wanting.session.minutes())
        ),
        summary: summary(free, clashes, asks),
        choices: asks,
        rows,
        notices: notice_views((form.site.zone, &form.site.name), &preview.notices, |_| {
            Some(form.facility.name.clone())
        }),
        repeats: pattern.map_or_else(String::new, |one| format!("{}, {}", one.repeat.words(), one.repeat.end_words())),
        faults: Faults::none(),
        may_set_aside: refused.any(|verdict| behalf::may_set_aside(&who.actor, &form.site, draft, &verdict.refusals)),
        whom: behalf::for_whom(&who.actor, form, draft, verdicts().map(|verdict| (verdict, &preview.facility))),
        people: counted(draft.people.into(), "person", "people"),
        said: cost::said_of_series(draft, preview),
        then: then(form, preview, needs_decision),
        button: if needs_decision { "Send request" } else { "Book these dates" },
        typed,
    }
}

/// What happens when it is sent.
fn then(form: &Form, preview: &Preview, needs_decision: bool) -> String {
    let mut verdicts = preview.results.iter().filter_map(|one| one.verdict.as_ref());
    if needs_decision {
        let first = verdicts.find_map(|verdict| care::induction_words(form, verdict, false));
        let decides = format!("{} decides on each date, and we email you.", form.site.name);
        first.into_iter().chain([decides]).collect::<Vec<_>>().join(" ")
    } else if verdicts.any(|one| one.is_yes() && papers::is_conditional(one)) {
        format!(
            "Dates that have their papers are confirmed straight away. The others are conditional until {} accepts what is missing.",
            form.site.name
        )
    } else {
        "The dates that you chose are confirmed straight away.".to_owned()
    }
}

/// How many dates can be had; `asks` where some want a choice.
fn summary(free: usize, clashes: usize, asks: bool) -> String {
    match (clashes, asks) {
        (0, true) => format!("All {} are free. Some fall on days that are usually quiet.", dates(free)),
        (0, false) => format!("All {} are free.", dates(free)),
        _ => format!(
            "{} free. {} cannot be had as asked. We suggest the nearest match for each.",
            dates(free),
            dates(clashes)
        ),
    }
}

fn dates(number: usize) -> String {
    counted(i64::try_from(number).unwrap_or_default(), "date", "dates")
}

/// Only where one's own organisation asks does it wait or go to another site: staff book for others where they work.
fn row(
    preview: &Preview,
    (typed, who, draft): (&NewBooking, &SignedIn, &Draft),
    place: usize,
    result: &DateResult,
) -> Row {
    let organisation = draft.organisation();
    let without = result.verdict.as_ref().and_then(|verdict| extras::without(draft, &verdict.refusals));
    let own = organisation.is_some_and(|organisation| who.actor.may_book_for(organisation));
    let left_out = typed.without.contains(&result.date.to_string());
    let in_file = || Some("your calendar file leaves it out".to_owned()).filter(|_| left_out);
    let question = question(preview, result).or_else(in_file);
    let mut options: Vec<(String, String)> = Vec::new();
    if question.is_some() {
        if result.is_free() {
            options.push((format!("{place}=take"), "Have it".to_owned()));
        }
        if let Some((names, slugs)) = &without {
            options.push((format!("{place}=without:{slugs}"), format!("{} without: {names}", preview.facility.name)));
        }
        let rungs = result.ladder.iter().filter(|rung| match rung {
            Rung::Near(site, _) => own || who.actor.is_staff(site.id),
            Rung::OtherTime(_) | Rung::Like(_) => true,
        });
        options.extend(rungs.filter_map(|rung| offer(preview, place, result, rung)));
        let only_taken = result.verdict.as_ref().is_some_and(|verdict| is_only_taken(&verdict.refusals));
        if own && only_taken {
            options.push((format!("{place}=wait"), "Put this date on the waiting list".to_owned()));
        }
        options.push((format!("{place}=skip"), "Leave this date out".to_owned()));
    }
    let leave = result.is_free() && (typed.holidays == "leave" || left_out);
    // What was chosen while the rules still refused the date is not chosen any more.
    let stands = typed.step != "aside" || !result.is_free();
    let typed_pick = picked(typed, place).filter(|_| stands).map(|pick| format!("{place}={pick}"));
    let known = typed_pick.filter(|pick| options.iter().any(|(value, _)| value == pick));
    let default = if leave { options.last() } else { options.first() }.map(|(value, _)| value.clone());
    let chosen = known.or(default);
    Row {
        papers: result.verdict.as_ref().filter(|one| one.is_yes()).map_or_else(String::new, papers::line),
        id: format!("pick-{place}"),
        date: long_date(result.date),
        question,
        alone: result.alone,
        options: options
            .into_iter()
            .map(|(value, label)| {
                let is_chosen = Some(&value) == chosen.as_ref();
                Choice::new(value, label, is_chosen)
            })
            .collect(),
    }
}

/// What has to be asked about a date: why it cannot be had, or that it is a holiday.
fn question(preview: &Preview, result: &DateResult) -> Option<String> {
    if let Err(why) = result.session {
        let words = match why {
            NoSuchTime::ClocksGoForward => "the clocks go forward then, so that time does not exist",
            NoSuchTime::OutOfRange => "that date is out of range",
        };
        return Some(words.to_owned());
    }
    match result.verdict.as_ref().filter(|verdict| !verdict.is_yes()) {
        Some(verdict) => {
            let words = verdict.refusals.iter().map(|one| one.words(&preview.facility.name, preview.site.zone));
            let room = verdict.refusals.iter().all(Refusal::is_lack_of_extras);
            let free = room.then(|| format!("{} itself is free", preview.facility.name));
            Some(words.chain(free).collect::<Vec<_>>().join(". "))
        }
        None => result.holiday.clone(),
    }
}

fn offer(preview: &Preview, place: usize, result: &DateResult, rung: &Rung) -> Option<(String, String)> {
    let session = result.session.ok()?;
    let zone = preview.site.zone;
    Some(match rung {
        Rung::OtherTime(span) => (
            pick_value(place, &preview.site, &preview.facility, *span),
            format!("{} at {}", preview.facility.name, times(zone, *span)),
        ),
        Rung::Like(facility) => (
            pick_value(place, &preview.site, facility, session),
            format!("{} at the same time ({})", facility.name, facility.place()),
        ),
        Rung::Near(site, facility) => {
            (pick_value(place, site, facility, session), format!("{} at {} at the same time", facility.name, site.name))
        }
    })
}
