//! One's own plot, or one's own place in the line, opened by account or by a mailed link. Looking changes nothing: every answer is a button.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{
    self, Allotment, Deed, Done, Key, LineAct, LineAnswer, NoticeAnswer, Own, PlotOfferAnswer, PlotView, Rent,
};
use crate::domain::hours::local_date;
use crate::domain::ids::{PersonId, Reference};
use crate::domain::occurrence::Stage;
use crate::domain::plot_line::{PlotEntry, Wish, place};
use crate::domain::plots::pounds;
use crate::domain::span::Instant;
use crate::domain::tenancy::{NoticeBy, Tenancy, earliest_last_day};
use crate::domain::waiting::Standing;
use crate::domain::words::{date_and_clock, long_date, ordinal};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::{Shared, State};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnForm {
    /// "take", "refuse", "yes", "wish", "leave" or "notice".
    step: String,
    wish: String,
    last_day: String,
}

/// A link that opens nothing any more.
#[derive(Template)]
#[template(path = "plots/own_gone.html")]
struct GonePage {
    chrome: Chrome,
    own: &'static str,
}

/// What both pages show above what is their own.
struct Head {
    faults: Faults,
    notice: Option<String>,
    action: String,
    name: String,
    site_name: String,
    phone: String,
    allotment: String,
    holder: String,
}

#[derive(Template)]
#[template(path = "plots/own.html")]
struct OwnPage {
    chrome: Chrome,
    head: Head,
    entry: Option<EntryPart>,
    tenancy: Option<TenancyPart>,
}

struct EntryPart {
    standing: Standing,
    words: String,
    /// The plot that is kept for them.
    offer: Option<OfferPart>,
    /// Until when an answer is waited for.
    asked: Option<String>,
    joined: String,
    refusal: &'static str,
    wishes: Vec<Choice>,
    open: bool,
}

struct OfferPart {
    plot: String,
    size: String,
    notes: String,
    from: String,
    until: String,
}

struct TenancyPart {
    plot: String,
    size: String,
    notes: String,
    shown: &'static str,
    state: &'static str,
    words: String,
    season: String,
    /// What each season costs.
    rents: Vec<String>,
    arrival: String,
    keys: Vec<String>,
    inspections: Vec<(&'static str, &'static str, String, String)>,
    /// The first last day that can be had, where notice can be given.
    earliest: Option<(String, String)>,
    last_day: String,
    notice_days: i32,
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
) -> Result<HttpResponse, Error> {
    let (key, action, _) = by_account(&path, &who)?;
    let own = service::own(&state.db, key, state.clock.now()).await?.ok_or(Error::NotFound)?;
    page::ok(&own_page(&request, &state, own, action, Faults::none(), &OwnForm::default()))
}

pub async fn get_link(request: HttpRequest, state: Shared, path: Path<String>) -> Result<HttpResponse, Error> {
    let Some((own, _, action)) = by_link(&state, &path).await? else {
        return gone(&request);
    };
    page::ok(&own_page(&request, &state, own, action, Faults::none(), &OwnForm::default()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    who: SignedIn,
    form: ProtectedForm<OwnForm>,
) -> Result<HttpResponse, Error> {
    let (key, action, person) = by_account(&path, &who)?;
    let own = service::own(&state.db, key.clone(), state.clock.now()).await?.ok_or(Error::NotFound)?;
    act(&request, &state, (own, key), (action, Some(person)), form.0).await
}

pub async fn post_link(
    request: HttpRequest,
    state: Shared,
    path: Path<String>,
    form: ProtectedForm<OwnForm>,
) -> Result<HttpResponse, Error> {
    let Some((own, key, action)) = by_link(&state, &path).await? else {
        return gone(&request);
    };
    act(&request, &state, (own, key), (action, None), form.0).await
}

fn by_account(path: &str, who: &SignedIn) -> Result<(Key, String, PersonId), Error> {
    let reference = Reference::parse(path).ok_or(Error::NotFound)?;
    let action = urls::plot(&reference);
    Ok((Key::Account(reference, who.actor.clone()), action, who.actor.person))
}

/// What a mailed link opens, while it opens anything.
async fn by_link(state: &State, path: &str) -> Result<Option<(Own, Key, String)>, Error> {
    let Some(key) = Key::link(path) else {
        return Ok(None);
    };
    let own = service::own(&state.db, key.clone(), state.clock.now()).await?;
    Ok(own.map(|own| (own, key, urls::plot_link(path))))
}

fn gone(request: &HttpRequest) -> Result<HttpResponse, Error> {
    page::with_status(StatusCode::GONE, &GonePage { chrome: Chrome::of(request), own: urls::PLOTS })
}

async fn act(
    request: &HttpRequest,
    state: &State,
    (own, key): (Own, Key),
    (action, person): (String, Option<PersonId>),
    form: OwnForm,
) -> Result<HttpResponse, Error> {
    let deed = match read(&form) {
        Ok(deed) => deed,
        Err(faults) => return page::unprocessable(&own_page(request, state, own, action, faults, &form)),
    };
    let means = (state.clock.now(), state.mailer.clone());
    let done = service::act(&state.db, means, own.reference().clone(), deed, person).await?;
    let notice = match said(deed, done)? {
        Said::Done(code) => return Ok(page::done(&action, code)),
        // The place in the line has become a plot, whose page it leads to; a link without an account stays what it was.
        Said::Taken(reference) => {
            let path = if person.is_some() { urls::plot(&reference) } else { action };
            return Ok(page::done(&path, "plot-taken"));
        }
        Said::Fault(words) => {
            let mut faults = Faults::none();
            faults.add("last_day", words);
            return page::unprocessable(&own_page(request, state, own, action, faults, &form));
        }
        Said::Conflict(words) => words,
    };
    let own = service::own(&state.db, key, state.clock.now()).await?.ok_or(Error::NotFound)?;
    let mut page = own_page(request, state, own, action, Faults::none(), &OwnForm::default());
    page.head.notice = Some(notice);
    page::with_status(StatusCode::CONFLICT, &page)
}

fn read(form: &OwnForm) -> Result<Deed, Faults> {
    let mut faults = Faults::none();
    match form.step.as_str() {
        "take" => return Ok(Deed::Take),
        "refuse" => return Ok(Deed::Refuse),
        "yes" => return Ok(Deed::Line(LineAct::StillInterested)),
        "leave" => return Ok(Deed::Line(LineAct::Leave)),
        "wish" => match Wish::parse(&form.wish) {
            Some(wish) => return Ok(Deed::Line(LineAct::Wish(wish))),
            None => faults.add("wish", "Choose what size you would like"),
        },
        _ => match form.last_day.trim().parse::<NaiveDate>() {
            Ok(day) => return Ok(Deed::Notice(day)),
            Err(_) => faults.add("last_day", "Enter your last day"),
        },
    }
    Err(faults)
}

/// What is said after an act.
enum Said {
    Done(&'static str),
    Taken(Reference),
    Fault(String),
    Conflict(String),
}

fn said(deed: Deed, done: Done) -> Result<Said, Error> {
    Ok(match done {
        Done::Offer(PlotOfferAnswer::Taken(tenancy)) => Said::Taken(tenancy.reference.clone()),
        Done::Offer(PlotOfferAnswer::Refused(Standing::Waiting)) => Said::Done("plot-refused"),
        Done::Offer(PlotOfferAnswer::Refused(_)) => Said::Done("line-left"),
        Done::Offer(PlotOfferAnswer::Over(Standing::Taken)) => {
            Said::Conflict("You have taken a plot already. Nothing was changed.".to_owned())
        }
        Done::Offer(PlotOfferAnswer::Over(_)) => {
            Said::Conflict("This offer is over, and the next in line has it. Nothing was changed.".to_owned())
        }
        Done::Offer(PlotOfferAnswer::HasPlot(number)) => {
            Said::Conflict(format!("You have plot {number} here already, and each has one only. Nothing was changed."))
        }
        Done::Line(LineAnswer::Done) => match deed {
            Deed::Line(LineAct::StillInterested) => Said::Done("line-kept"),
            Deed::Line(LineAct::Leave) => Said::Done("line-left"),
            _ => Said::Done("saved"),
        },
        Done::Line(LineAnswer::Over(_)) => {
            Said::Conflict("You are no longer in this line. Nothing was changed.".to_owned())
        }
        Done::Notice(NoticeAnswer::Done(_)) => Said::Done("plot-notice"),
        Done::Notice(NoticeAnswer::Refused(no)) => Said::Fault(no.words()),
        Done::Offer(PlotOfferAnswer::NotFound)
        | Done::Line(LineAnswer::NotFound)
        | Done::Notice(NoticeAnswer::NotFound | NoticeAnswer::Promised) => return Err(Error::NotFound),
    })
}

fn own_page(
    request: &HttpRequest,
    state: &State,
    own: Own,
    action: String,
    faults: Faults,
    typed: &OwnForm,
) -> OwnPage {
    let now = state.clock.now();
    let chrome = Chrome::of(request).with_visitor_form(request);
    let head = |one: &Allotment, holder: &str| Head {
        faults,
        notice: None,
        action,
        name: one.facility.name.clone(),
        site_name: one.site.name.clone(),
        phone: one.site.phone.clone(),
        allotment: urls::plots(&one.site.slug, &one.facility.slug),
        holder: holder.to_owned(),
    };
    match own {
        Own::Entry { allotment, entry } => OwnPage {
            chrome,
            entry: Some(entry_part(&allotment, &entry, now)),
            head: head(&allotment, entry.holder.name()),
            tenancy: None,
        },
        Own::Tenancy { view, tenancy, rents } => OwnPage {
            chrome,
            tenancy: Some(tenancy_part(&view, (&tenancy, &rents), typed, now)),
            head: head(&view.allotment, tenancy.holder.name()),
            entry: None,
        },
    }
}

fn entry_part(one: &Allotment, entry: &PlotEntry, now: Instant) -> EntryPart {
    let zone = one.site.zone;
    let offer = one.offer_to(entry, now).and_then(|offer| one.plot_of(offer.unit).map(|plot| (offer, plot)));
    // An offer past its deadline has run out whether or not that is written down.
    let standing =
        if entry.standing == Standing::Offered && offer.is_none() { Standing::Lapsed } else { entry.standing };
    let words = match (standing, place(&one.line, entry.id)) {
        (Standing::Waiting, Some((at, of))) => {
            let at = ordinal(u32::try_from(at).unwrap_or(u32::MAX));
            format!("You are {at} of {of} in the line.")
        }
        (Standing::Offered, _) => "A plot is free and kept for you.".to_owned(),
        (Standing::Taken, _) => "You have your plot.".to_owned(),
        (Standing::Left, _) => "You left the line.".to_owned(),
        _ => format!("You are no longer in the line. Was that a mistake? Ring {} to be put back.", one.site.name),
    };
    EntryPart {
        standing,
        words,
        offer: offer.map(|(offer, plot)| OfferPart {
            plot: plot.number.to_string(),
            size: plot.size.to_string(),
            notes: plot.notes.clone(),
            from: long_date(local_date(zone, offer.span.start().max(now))),
            until: date_and_clock(zone, offer.until),
        }),
        asked: entry.answer_by.filter(|_| standing.is_open()).map(|by| date_and_clock(zone, by)),
        joined: long_date(local_date(zone, entry.joined_at)),
        refusal: if one.rules.refusal_keeps {
            "If you say no, you keep your place."
        } else {
            "If you say no, you leave the line."
        },
        wishes: Wish::ALL.map(|wish| Choice::new(wish.code(), wish.words(), wish == entry.wish)).to_vec(),
        open: standing.is_open(),
    }
}

/// "From Wednesday 1 April 2026: £48.00 (£48.00 a season for …)", for each piece that has a price and is not given up.
fn rent_lines(rents: &[Rent]) -> Vec<String> {
    let stands = rents.iter().filter(|one| one.stage == Stage::Confirmed);
    stands.filter_map(|one| Some(format!("From {}: {}", long_date(one.date), one.price?.words()))).collect()
}

fn tenancy_part(view: &PlotView, (tenancy, rents): (&Tenancy, &[Rent]), typed: &OwnForm, now: Instant) -> TenancyPart {
    let (one, plot) = (&view.allotment, &view.plot);
    let (zone, today) = (one.site.zone, one.today(now));
    let last = long_date(tenancy.last_day(zone));
    let first = local_date(zone, tenancy.starts);
    let (shown, state, words) = match (tenancy.is_open(now), tenancy.goes_on()) {
        (false, _) => ("cancelled", "Over", format!("Your tenancy ended on {last}.")),
        (true, false) => ("requested", "Ending", format!("Your last day is {last}.")),
        (true, true) => ("confirmed", "Yours", "You get each next season by itself until you give it up.".to_owned()),
    };
    let can = tenancy.is_open(now) && tenancy.notice.is_none();
    let earliest = earliest_last_day(&one.rules, NoticeBy::Holder, today, first);
    let key = |key: &crate::domain::plots::PlotKey| {
        let back = key.back.map_or_else(String::new, |(day, pence)| {
            format!(", given back {} with {} of the deposit returned", long_date(day), pounds(pence))
        });
        format!("{}, since {}, deposit {}{back}", key.number, long_date(key.given), pounds(key.deposit_pence))
    };
    TenancyPart {
        plot: plot.number.to_string(),
        size: plot.size.to_string(),
        notes: plot.notes.clone(),
        shown,
        state,
        words,
        season: format!("{} to {last}", long_date(first)),
        rents: rent_lines(rents),
        arrival: one.facility.arrival.clone(),
        keys: view.keys.iter().map(key).collect(),
        inspections: view
            .inspections
            .iter()
            .map(|one| (one.found.shown_as(), one.found.words(), long_date(one.date), one.note.clone()))
            .collect(),
        earliest: can.then(|| (earliest.to_string(), long_date(earliest))),
        last_day: typed.last_day.clone(),
        notice_days: one.rules.holder_notice_days,
    }
}
