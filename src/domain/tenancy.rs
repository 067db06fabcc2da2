//! Tenancies of plots, measured in days from local midnight to local midnight: the rules of letting, notice and renewal. Not who waits for one.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::holder::{Holder, HolderId};
use super::hours::{day, local_date};
use super::ids::{BookingId, FacilityId, PlotEntryId, PlotOfferId, Reference, TenancyId, UnitId};
use super::plots::{AllotmentRules, Plot, PlotNumber, SeasonStart};
use super::span::{Instant, Span};
use super::words::{date_without_year, long_date};

/// A vacant plot is offered so many days before it becomes free.
pub const OFFER_AHEAD_DAYS: u64 = 60;
/// A tenancy may begin so many days ahead, and notice may name an end so many days ahead.
const FURTHEST_DAYS: i64 = 366;
const FURTHEST_END_DAYS: i64 = 731;

/// Who ends a tenancy, which decides how much notice it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeBy {
    Holder,
    Site,
    /// Both want it, so it takes none.
    Agreed,
}

impl NoticeBy {
    pub const ALL: [Self; 3] = [Self::Holder, Self::Site, Self::Agreed];

    pub fn code(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Site => "site",
            Self::Agreed => "agreed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Holder => "The holder gives it up",
            Self::Site => "The site gives notice",
            Self::Agreed => "Both have agreed",
        }
    }
}

/// Notice that was given. `ends` is the local midnight after the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    pub at: Instant,
    pub by: NoticeBy,
    pub ends: Instant,
}

/// One holder's plot, season by season.
#[derive(Debug, Clone)]
pub struct Tenancy {
    pub id: TenancyId,
    pub booking: BookingId,
    pub reference: Reference,
    pub facility: FacilityId,
    pub unit: UnitId,
    pub holder: Holder,
    pub key: String,
    pub starts: Instant,
    /// The end of what it has, local midnight.
    pub covered_to: Instant,
    pub rolling: bool,
    pub notice: Option<Notice>,
}

impl Tenancy {
    /// Whether it has days left, now or later.
    pub fn is_open(&self, now: Instant) -> bool {
        now < self.covered_to
    }

    /// Whether nothing ends it: it gets its next season by itself.
    pub fn goes_on(&self) -> bool {
        self.rolling && self.notice.is_none()
    }

    /// Its last day as far as it is known.
    pub fn last_day(&self, zone: Tz) -> NaiveDate {
        last_day(zone, self.notice.map_or(self.covered_to, |notice| notice.ends))
    }
}

/// The day that ends at a local midnight.
pub fn last_day(zone: Tz, end: Instant) -> NaiveDate {
    local_date(zone, end.plus_minutes(-1))
}

/// From the local midnight of one date to that of another, which is not in it. `None` outside the years that can be booked.
pub fn days(zone: Tz, (from, to): (NaiveDate, NaiveDate)) -> Option<Span> {
    let midnight = |date| day(zone, date).ok().map(Span::start);
    Span::new(midnight(from)?, midnight(to)?)
}

/// What tells holders apart: an organisation by itself, a person by how they are reached. The site itself holds no plot.
pub fn key_of(holder: &HolderId) -> String {
    match holder {
        Holder::Organisation(organisation) => format!("o:{}", organisation.row()),
        Holder::Person(contact) => person_key(contact.reach.as_str()),
        Holder::Site => "site".to_owned(),
    }
}

/// The key of a person by email address or telephone number.
pub fn person_key(reach: &str) -> String {
    if reach.contains('@') {
        return format!("p:{}", reach.to_lowercase());
    }
    let digits: String = reach.chars().filter(char::is_ascii_digit).collect();
    format!("p:{digits}")
}

/// What letting a plot is judged by, loaded under the lock.
#[derive(Debug, Clone)]
pub struct Letting {
    pub today: NaiveDate,
    pub from: NaiveDate,
    pub season: SeasonStart,
    pub resting: bool,
    /// Somebody has the plot, or it is kept for somebody, from that day on.
    pub taken: bool,
    /// Somebody who waits would be passed over.
    pub line_first: bool,
    /// The plot that the holder has here already.
    pub has: Option<PlotNumber>,
    pub closed_from: Option<NaiveDate>,
}

/// Why a plot cannot be let like that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoLetting {
    /// Before the season that runs now.
    TooEarly(NaiveDate),
    TooFar,
    Resting,
    Taken,
    LineFirst,
    HasPlot(PlotNumber),
    Closed,
}

impl NoLetting {
    /// The words to show at the field.
    pub fn words(&self) -> String {
        match self {
            Self::TooEarly(first) => {
                format!("Enter a date from {} on, when this season began", date_without_year(*first))
            }
            Self::TooFar => "Enter a date within a year".to_owned(),
            Self::Resting => "This plot is resting. Put it back in use first".to_owned(),
            Self::Taken => "Somebody has this plot then, or it is kept for somebody".to_owned(),
            Self::LineFirst => "Somebody waits for a plot like this. It is offered to the first in line".to_owned(),
            Self::HasPlot(number) => format!("They have plot {number} here already, and each has one only"),
            Self::Closed => "The allotment takes no tenancies then".to_owned(),
        }
    }
}

/// All that stands against letting a plot.
pub fn judge_letting(facts: &Letting) -> Vec<NoLetting> {
    let (first, _) = facts.season.around(facts.today);
    let mut no = Vec::new();
    if facts.from < first {
        no.push(NoLetting::TooEarly(first));
    }
    if FURTHEST_DAYS < (facts.from - facts.today).num_days() {
        no.push(NoLetting::TooFar);
    }
    if facts.resting {
        no.push(NoLetting::Resting);
    }
    if facts.taken {
        no.push(NoLetting::Taken);
    } else if facts.line_first {
        no.push(NoLetting::LineFirst);
    }
    no.extend(facts.has.clone().map(NoLetting::HasPlot));
    if facts.closed_from.is_some_and(|closed| closed <= facts.from) {
        no.push(NoLetting::Closed);
    }
    no
}

/// Why notice cannot be given like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNotice {
    /// Given before; the last day then.
    Already(NaiveDate),
    /// The first last day that can be had.
    TooSoon(NaiveDate),
    TooFar(NaiveDate),
    /// It ends by itself before that.
    Over(NaiveDate),
}

impl NoNotice {
    /// The words to show at the field.
    pub fn words(self) -> String {
        let said = long_date;
        match self {
            Self::Already(day) => format!("Notice was given already. The last day is {}", said(day)),
            Self::TooSoon(day) => format!("The last day can be {} at the earliest", said(day)),
            Self::TooFar(day) => format!("Enter a last day up to {}", said(day)),
            Self::Over(day) => format!("The tenancy ends on {} by itself", said(day)),
        }
    }
}

/// The first last day that can be had today.
pub fn earliest_last_day(rules: &AllotmentRules, by: NoticeBy, today: NaiveDate, first: NaiveDate) -> NaiveDate {
    let days = match by {
        NoticeBy::Holder => rules.holder_notice_days,
        NoticeBy::Site => rules.site_notice_days,
        NoticeBy::Agreed => 0,
    };
    let days = Days::new(u64::try_from(days).unwrap_or_default());
    today.checked_add_days(days).unwrap_or(today).max(first)
}

/// A tenancy in dates, for judging: its first day, the day after what it has, whether it rolls, and the last day by notice.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub first: NaiveDate,
    pub covered_to: NaiveDate,
    pub rolling: bool,
    pub last_day: Option<NaiveDate>,
}

/// Judges notice with a last day.
///
/// # Errors
/// Why it cannot be, with the nearest day that can.
pub fn judge_notice(
    rules: &AllotmentRules,
    by: NoticeBy,
    run: Run,
    (today, last): (NaiveDate, NaiveDate),
) -> Result<(), NoNotice> {
    if let Some(day) = run.last_day {
        return Err(NoNotice::Already(day));
    }
    let earliest = earliest_last_day(rules, by, today, run.first);
    if last < earliest {
        return Err(NoNotice::TooSoon(earliest));
    }
    if !run.rolling && run.covered_to <= last {
        return Err(NoNotice::Over(run.covered_to.pred_opt().unwrap_or(run.covered_to)));
    }
    let furthest = today + chrono::Duration::days(FURTHEST_END_DAYS);
    if furthest < last { Err(NoNotice::TooFar(furthest)) } else { Ok(()) }
}

/// The next piece that a tenancy gets by itself today, from where it is covered to the turn of the season or to its end by notice;
/// `None` while it is not time, or where it ends.
pub fn next_piece(
    rules: &AllotmentRules,
    run: Run,
    today: NaiveDate,
    closed_from: Option<NaiveDate>,
) -> Option<(NaiveDate, NaiveDate)> {
    let from = run.covered_to;
    let end = run.last_day.and_then(|day| day.succ_opt());
    let goes_on = end.map_or(run.rolling, |end| from < end);
    let in_time = (from - today).num_days() <= i64::from(rules.renew_days);
    if !goes_on || !in_time || closed_from.is_some_and(|closed| closed <= from) {
        return None;
    }
    let (_, turn) = rules.season.around(from);
    Some((from, end.map_or(turn, |end| end.min(turn))))
}

/// An open offer of a plot.
#[derive(Debug, Clone)]
pub struct PlotOffer {
    pub id: PlotOfferId,
    pub entry: PlotEntryId,
    pub facility: FacilityId,
    pub unit: UnitId,
    /// What is kept.
    pub span: Span,
    pub until: Instant,
}

/// How a plot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Let,
    /// Let until this day.
    Ending(NaiveDate),
    Offered(Instant),
    /// Nobody has it, or nobody will from this day on.
    Vacant(NaiveDate),
    /// Somebody has it from a later day on.
    LetFrom(NaiveDate),
    Resting,
}

impl Standing {
    pub fn words(self) -> &'static str {
        match self {
            Self::Let | Self::LetFrom(_) => "Let",
            Self::Ending(_) => "Ending",
            Self::Offered(_) => "Offered",
            Self::Vacant(_) => "To let",
            Self::Resting => "Resting",
        }
    }

    /// The value of `data-state`, which sets the colour.
    pub fn shown_as(self) -> &'static str {
        match self {
            Self::Let | Self::LetFrom(_) => "private",
            Self::Ending(_) | Self::Offered(_) => "requested",
            Self::Vacant(_) => "free",
            Self::Resting => "closed",
        }
    }

    /// The icon beside the word.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Let | Self::LetFrom(_) => "confirmed",
            Self::Ending(_) => "warning",
            Self::Offered(_) => "requested",
            Self::Vacant(_) => "plus",
            Self::Resting => "closed",
        }
    }
}

/// How a plot stands now, by its tenancies and its open offer.
pub fn standing(plot: &Plot, tenancies: &[&Tenancy], offer: Option<&PlotOffer>, zone: Tz, now: Instant) -> Standing {
    let today = local_date(zone, now);
    let open = tenancies.iter().filter(|one| one.is_open(now));
    let current = open.clone().find(|one| one.starts <= now);
    let later = open.filter(|one| now < one.starts).min_by_key(|one| one.starts);
    let offer = offer.filter(|offer| now < offer.until);
    match (current, later, offer) {
        (Some(one), ..) if one.goes_on() => Standing::Let,
        (Some(one), ..) => Standing::Ending(one.last_day(zone)),
        (None, _, Some(offer)) => Standing::Offered(offer.until),
        (None, Some(one), None) => Standing::LetFrom(local_date(zone, one.starts)),
        (None, None, None) if !plot.resting.is_empty() => Standing::Resting,
        (None, None, None) => Standing::Vacant(today),
    }
}

/// From which day on a plot can be let; `None` where somebody has it for good, it is promised, kept or rests, or that day is far.
pub fn free_from(
    plot: &Plot,
    tenancies: &[&Tenancy],
    offer: Option<&PlotOffer>,
    zone: Tz,
    now: Instant,
) -> Option<NaiveDate> {
    let today = local_date(zone, now);
    let open: Vec<_> = tenancies.iter().filter(|one| one.is_open(now)).collect();
    if !plot.resting.is_empty() || offer.is_some_and(|offer| now < offer.until) || open.iter().any(|one| one.goes_on())
    {
        return None;
    }
    let free = open.iter().map(|one| one.last_day(zone)).max().and_then(|day| day.succ_opt()).unwrap_or(today);
    (free <= today.checked_add_days(Days::new(OFFER_AHEAD_DAYS))?).then_some(free)
}

#[cfg(test)]
mod tests;
