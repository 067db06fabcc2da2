//! The rota of an organisation for a week: its sessions by day and place, who is on each, and where somebody is missing. For whoever keeps it.

use std::collections::BTreeMap;

use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use super::service::{self, Copied, CopyAnswer, Line, RotaView, monday_of};
use crate::domain::helping::Availability;
use crate::domain::hours::{local_date, local_time};
use crate::domain::ids::{PersonId, Slug};
use crate::domain::policy::Membership;
use crate::domain::span::Instant;
use crate::domain::words::{counted, date_without_year, times, times24};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::page;
use crate::web::state::Shared;

/// More spaces than this do not stand beside each other on a page; then each site has a column.
const MOST_COLUMNS: usize = 6;
/// The week of today where no session says in which zone that is.
const USUAL_ZONE: chrono_tz::Tz = chrono_tz::Europe::London;

#[derive(Template)]
#[template(path = "duties/rota.html")]
struct RotaPage {
    chrome: Chrome,
    organisation: String,
    slug: String,
    /// The other organisations whose rota this person keeps.
    others: Vec<(String, String)>,
    week_words: String,
    week: String,
    before: String,
    after: String,
    /// None where the page is looked at.
    copied: Option<(usize, Vec<String>)>,
    /// How many sessions stand in the week.
    sessions: usize,
    gaps: Vec<Gap>,
    columns: Vec<String>,
    days: Vec<Day>,
    hours: Vec<Hours>,
    past: bool,
    /// Volunteers see all sessions.
    widened: bool,
}

struct Gap {
    when: String,
    place: String,
    missing: String,
    could: String,
    href: String,
}

struct Day {
    label: String,
    /// One list a column.
    cells: Vec<Vec<Entry>>,
}

struct Entry {
    times: String,
    /// Where a column is a whole site.
    place: String,
    names: Vec<String>,
    missing: usize,
    /// The session is off, in words.
    off: Option<&'static str>,
    href: String,
    what: String,
}

struct Hours {
    name: String,
    sessions: usize,
    hours: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct RotaQuery {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    week: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyForm {
    organisation: String,
    week: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenForm {
    organisation: String,
    week: String,
    #[serde(default)]
    see: String,
}

/// The organisation that is named, or the first whose rota this person keeps.
fn chosen(who: &SignedIn, organisation: &str) -> Result<Membership, Error> {
    let slug = Slug::parse(organisation);
    if !organisation.is_empty() && slug.is_none() {
        return Err(Error::NotFound);
    }
    let found = who.actor.rotas().find(|one| slug.as_ref().is_none_or(|slug| *slug == one.slug));
    found.cloned().ok_or(Error::NotFound)
}

fn monday(week: &str, now: Instant) -> Result<NaiveDate, Error> {
    let date = if week.is_empty() { local_date(USUAL_ZONE, now) } else { week.parse().map_err(|_| Error::NotFound)? };
    let bookable = (2000..2200).contains(&date.year());
    bookable.then(|| monday_of(date)).ok_or(Error::NotFound)
}

pub async fn get(
    request: HttpRequest,
    state: Shared,
    query: Query<RotaQuery>,
    who: SignedIn,
) -> Result<HttpResponse, Error> {
    let (member, monday) = (chosen(&who, &query.organisation)?, monday(&query.week, state.clock.now())?);
    let view = service::rota(&state, member.organisation, monday).await?;
    page::ok(&rota_page(&request, &who, (&member, monday), &view, state.clock.now()))
}

/// Copies the week before, and shows the week with what could not be copied.
pub async fn copy(
    request: HttpRequest,
    state: Shared,
    who: SignedIn,
    form: ProtectedForm<CopyForm>,
) -> Result<HttpResponse, Error> {
    let (member, monday) = (chosen(&who, &form.organisation)?, monday(&form.week, state.clock.now())?);
    let answer = service::copy(&state, who.actor.clone(), (member.organisation, monday)).await?;
    let CopyAnswer::Done(given, not) = answer else {
        return Err(Error::NotFound);
    };
    let view = service::rota(&state, member.organisation, monday).await?;
    let page = rota_page(&request, &who, (&member, monday), &view, state.clock.now());
    let words = |one: &Copied| format!("{}, {}: {}.", date_without_year(one.date), one.what, one.why.of(&one.name));
    page::ok(&RotaPage { copied: Some((given, not.iter().map(words).collect())), ..page })
}

/// Says what volunteers see.
pub async fn seen(state: Shared, who: SignedIn, form: ProtectedForm<SeenForm>) -> Result<HttpResponse, Error> {
    let (member, monday) = (chosen(&who, &form.organisation)?, monday(&form.week, state.clock.now())?);
    service::widen(&state, who.actor.clone(), member.organisation, form.see == "all").await?;
    Ok(page::done(&urls::rota(&member.slug, Some(monday)), "saved"))
}

fn rota_page(
    request: &HttpRequest,
    who: &SignedIn,
    (member, monday): (&Membership, NaiveDate),
    view: &RotaView,
    now: Instant,
) -> RotaPage {
    let shift = |days: i64| monday + chrono::Duration::days(days);
    let columns = Columns::of(&view.week.lines);
    let others = who.actor.rotas().filter(|one| one.slug != member.slug);
    RotaPage {
        chrome: Chrome::of(request),
        organisation: member.name.clone(),
        slug: member.slug.to_string(),
        others: others.map(|one| (one.name.clone(), urls::rota(&one.slug, Some(monday)))).collect(),
        week_words: week_words(monday),
        week: monday.to_string(),
        before: urls::rota(&member.slug, Some(shift(-7))),
        after: urls::rota(&member.slug, Some(shift(7))),
        copied: None,
        sessions: dates(view.week.lines.iter()).count(),
        gaps: gaps(view, now),
        days: (0..7).map(|day| day_row(view, &columns, shift(day))).collect(),
        columns: columns.names,
        hours: hours(view),
        widened: member.widened,
        past: shift(7) <= local_date(USUAL_ZONE, now),
    }
}

/// "23 to 29 November 2026".
fn week_words(monday: NaiveDate) -> String {
    let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(monday);
    let first = if monday.year() != sunday.year() {
        monday.format("%-d %B %Y")
    } else if monday.month() != sunday.month() {
        monday.format("%-d %B")
    } else {
        monday.format("%-d")
    };
    format!("{first} to {}", sunday.format("%-d %B %Y"))
}

/// What stands beside each other: spaces, or sites where those are too many.
struct Columns {
    names: Vec<String>,
    by_site: bool,
}

impl Columns {
    fn of(lines: &[Line]) -> Self {
        let one_site = lines.first().is_none_or(|first| lines.iter().all(|line| line.site == first.site));
        let mut named: BTreeMap<(&str, &str), ()> = BTreeMap::new();
        for line in lines {
            named.insert((&line.site_name, &line.facility_name), ());
        }
        let by_site = MOST_COLUMNS < named.len();
        let mut names: Vec<String> = named
            .keys()
            .map(|(site, facility)| match (by_site, one_site) {
                (true, _) => (*site).to_owned(),
                (false, true) => (*facility).to_owned(),
                (false, false) => format!("{facility}, {site}"),
            })
            .collect();
        names.dedup();
        Self { names, by_site }
    }

    fn holds(&self, name: &str, line: &Line) -> bool {
        let (site, facility) = (line.site_name.as_str(), line.facility_name.as_str());
        if self.by_site {
            name == site
        } else {
            name == facility || name.strip_prefix(facility).and_then(|rest| rest.strip_prefix(", ")) == Some(site)
        }
    }
}

fn day_row(view: &RotaView, columns: &Columns, date: NaiveDate) -> Day {
    let of_day = |line: &&Line| local_date(line.zone, line.session.start()) == date;
    let cell = |name: &String| {
        let own = view.week.lines.iter().filter(of_day).filter(|line| columns.holds(name, line));
        own.map(|line| entry(view, line, columns.by_site)).collect()
    };
    Day { label: date.format("%A %-d").to_string(), cells: columns.names.iter().map(cell).collect() }
}

fn entry(view: &RotaView, line: &Line, by_site: bool) -> Entry {
    let date = local_date(line.zone, line.session.start());
    Entry {
        times: times24(line.zone, line.session),
        place: if by_site { line.facility_name.clone() } else { String::new() },
        names: view.week.on(line).map(|one| one.name.clone()).collect(),
        missing: view.week.missing(line),
        off: (!line.stage.is_active()).then(|| line.stage.words()),
        href: urls::rota_date(&line.reference, line.ordinal),
        what: format!("{}, {}", date.format("%A %-d"), line.facility_name),
    }
}

/// Where somebody is missing from now on, with how many said that they can.
fn gaps(view: &RotaView, now: Instant) -> Vec<Gap> {
    let mut seen = Vec::new();
    let mut gaps = Vec::new();
    for line in view.week.lines.iter().filter(|line| now < line.session.start()) {
        let missing = view.week.missing(line);
        if missing == 0 || seen.contains(&(line.booking, line.ordinal)) {
            continue;
        }
        seen.push((line.booking, line.ordinal));
        let could = view.members.iter().filter(|one| can(view, one.person, line)).count();
        gaps.push(Gap {
            when: format!(
                "{}, {}",
                date_without_year(local_date(line.zone, line.session.start())),
                times(line.zone, line.session)
            ),
            place: format!("{}, {}", line.facility_name, line.site_name),
            missing: counted(i64::try_from(missing).unwrap_or_default(), "person is", "people are"),
            could: match could {
                0 => "Nobody has said that they can.".to_owned(),
                number => format!("{} could.", counted(i64::try_from(number).unwrap_or_default(), "person", "people")),
            },
            href: urls::rota_date(&line.reference, line.ordinal),
        });
    }
    gaps
}

/// Whether a member said that they can and has nothing else of this week's then.
fn can(view: &RotaView, person: PersonId, line: &Line) -> bool {
    let at = local_time(line.zone, line.session.start());
    let ends = at.minute + i32::try_from(line.session.minutes()).unwrap_or_default();
    let said = view
        .said
        .get(&person)
        .is_some_and(|said: &Availability| said.fit(at.date, (at.minute, ends)) == crate::domain::helping::Fit::Can);
    let own = view.week.duties.iter().filter(|one| one.stands() && one.person == person);
    said && own.clone().all(|one| !one.session.overlaps(line.session))
}

/// The first line of each date that stands: two spaces at once are one session.
fn dates<'a>(lines: impl Iterator<Item = &'a Line> + 'a) -> impl Iterator<Item = &'a Line> + 'a {
    let mut seen = Vec::new();
    lines.filter(move |line| {
        let date = (line.booking, line.ordinal);
        let new = line.stage.is_active() && !seen.contains(&date);
        seen.extend(new.then_some(date));
        new
    })
}

/// Sessions and hours of each member in this week.
fn hours(view: &RotaView) -> Vec<Hours> {
    let of = |person: PersonId| {
        let lines = dates(view.week.lines.iter());
        lines.filter(move |line| view.week.on(line).any(|one| one.person == person))
    };
    let mut hours: Vec<Hours> = view
        .members
        .iter()
        .map(|one| {
            let minutes: i64 = of(one.person).map(|line| line.session.minutes()).sum();
            let half = if minutes % 60 < 15 {
                ""
            } else if minutes % 60 < 45 {
                "½"
            } else {
                ""
            };
            let whole = (minutes + 15) / 60;
            let words = if whole == 0 && !half.is_empty() { half.to_owned() } else { format!("{whole}{half}") };
            Hours { name: one.name.clone(), sessions: of(one.person).count(), hours: words }
        })
        .collect();
    hours.retain(|one| 0 < one.sessions);
    hours
}
