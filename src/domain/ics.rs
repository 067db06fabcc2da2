//! A calendar file (RFC 5545), read for the sessions that it asks for. Nothing in it is fetched, and what the product does not offer
//! is refused with the reason. Not what becomes of the sessions.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::hours::local_date;
use super::recurrence::{End, NoSeries, Pattern, Repeat};
use super::span::{Instant, Span};

/// A calendar file may have so many bytes.
pub const LARGEST: usize = 512 * 1024;
/// So many entries are read from one file.
pub const MOST_ENTRIES: usize = 100;
/// A rule without an end is taken for so many months.
pub const ENDLESS_MONTHS: u32 = 12;
/// A line that was put together again is no longer than this.
const LONGEST_LINE: usize = 8 * 1024;

/// Why a file is not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    #[error(
        "The file is too large. A calendar file has at most 500 kB: export only the sessions that you want to book"
    )]
    TooLarge,
    #[error("That is not a calendar file. Choose one whose name ends in .ics")]
    NotCalendar,
    #[error("The file has more than 100 entries. Export only the sessions that you want to book")]
    TooMany,
    #[error("There is no entry in the file")]
    Empty,
}

/// Why one entry of a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    #[error("it lasts all day, and spaces are booked by the hour")]
    AllDay,
    #[error("it does not say when it starts and ends")]
    NoTime,
    #[error("it ends before it starts")]
    Backwards,
    #[error("its time zone “{0}” is not known here")]
    UnknownZone(String),
    #[error("it repeats by the clock of another time zone than the site’s")]
    OtherZone,
    #[error("its time does not exist on that date, because the clocks go forward")]
    NoSuchTime,
    #[error("it repeats in a way that cannot be booked here ({0})")]
    Rule(String),
    #[error("{0}")]
    Series(NoSeries),
    #[error("it is over")]
    Over,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The first session that is still to come.
    pub session: Span,
    pub repeat: Option<Pattern>,
    /// Dates of the rule that the file leaves out or has at another time.
    pub without: Vec<NaiveDate>,
    /// Its rule has no end in the file.
    pub endless: bool,
}

/// One entry of a file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub summary: String,
    pub asked: Result<Asked, EntryFault>,
}

/// Reads the entries of a file. Times without a zone are those of the site.
///
/// # Errors
/// Where the file as a whole cannot be read.
pub fn read(bytes: &[u8], zone: Tz, now: Instant) -> Result<Vec<Entry>, FileFault> {
    if LARGEST < bytes.len() {
        return Err(FileFault::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| FileFault::NotCalendar)?.trim_start_matches('\u{feff}');
    if !text.trim_start().get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(FileFault::NotCalendar);
    }
    let parts = components(text)?;
    let all: Vec<Raw<'_>> = parts.iter().map(|lines| Raw(lines)).collect();
    let raw: Vec<&Raw<'_>> = all.iter().filter(|raw| !raw.is_cancelled()).collect();
    if raw.is_empty() {
        return Err(FileFault::Empty);
    }
    let mut entries: Vec<(Entry, &Raw<'_>)> = raw.into_iter().map(|raw| (raw.entry(zone, now), raw)).collect();
    // A date of a series that stands in the file by itself, moved or cancelled, is not asked for twice.
    let moved: Vec<(String, NaiveDate)> = all.iter().filter_map(|raw| raw.moved(zone)).collect();
    for (entry, raw) in &mut entries {
        if let Ok(asked) = &mut entry.asked
            && asked.repeat.is_some()
        {
            let own = moved.iter().filter(|(uid, _)| Some(uid.as_str()) == raw.text("UID")).map(|(_, date)| *date);
            asked.without.extend(own);
            asked.without.sort_unstable();
            asked.without.dedup();
        }
    }
    Ok(entries.into_iter().map(|(entry, _)| entry).collect())
}

/// One property: its name, its parameters as they stand, and its value.
#[derive(Debug)]
struct Line {
    name: String,
    parameters: String,
    value: String,
}

impl Line {
    fn of(text: &str) -> Option<Self> {
        let mut quoted = false;
        let end = text.find(|letter| {
            quoted ^= letter == '"';
            letter == ':' && !quoted
        })?;
        let (head, value) = text.split_at(end);
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        let value = value.get(1..).unwrap_or_default();
        Some(Self { name: name.to_ascii_uppercase(), parameters: parameters.to_owned(), value: value.to_owned() })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let parts = self.parameters.split(';').filter_map(|part| part.split_once('='));
        parts.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches('"'))
    }
}

/// The lines of each VEVENT; what stands within other components is passed over.
fn components(text: &str) -> Result<Vec<Vec<Line>>, FileFault> {
    let (mut found, mut open, mut inner): (Vec<Vec<Line>>, Option<Vec<Line>>, Vec<String>) = Default::default();
    for line in unfolded(text) {
        let Some(line) = Line::of(&line) else {
            continue;
        };
        let of = line.value.trim().to_ascii_uppercase();
        match (line.name.as_str(), &mut open) {
            ("BEGIN", None) if of == "VEVENT" => open = Some(Vec::new()),
            ("BEGIN", Some(_)) => inner.push(of),
            ("END", Some(_)) if inner.last() == Some(&of) => {
                inner.pop();
            }
            ("END", Some(_)) if of == "VEVENT" => {
                found.extend(open.take());
                inner.clear();
                if MOST_ENTRIES < found.len() {
                    return Err(FileFault::TooMany);
                }
            }
            (_, Some(lines)) if inner.is_empty() => lines.push(line),
            _ => {}
        }
    }
    Ok(found)
}

/// Lines that were folded, put together again (section 3.1); what is longer than any line should be is cut.
fn unfolded(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let mut whole = lines.next()?.to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
            if whole.len() < LONGEST_LINE {
                whole.push_str(more.get(1..).unwrap_or_default());
            }
        }
        Some(whole)
    })
}

/// The lines of an entry.
struct Raw<'a>(&'a [Line]);

impl Raw<'_> {
    fn line(&self, name: &str) -> Option<&Line> {
        self.0.iter().find(|line| line.name == name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.line(name).map(|line| line.value.trim())
    }

    fn is_cancelled(&self) -> bool {
        self.text("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"))
    }

    fn entry(&self, zone: Tz, now: Instant) -> Entry {
        let summary = self.text("SUMMARY").map(unescaped).unwrap_or_default();
        Entry { summary, asked: self.asked(zone, now) }
    }

    fn asked(&self, zone: Tz, now: Instant) -> Result<Asked, EntryFault> {
        let start = self.line("DTSTART").ok_or(EntryFault::NoTime)?;
        let (from, own_zone) = moment(start, zone)?;
        let session = Span::new(from, self.end(from, zone)?).ok_or(EntryFault::Backwards)?;
        if !session.start().is_bookable() || !session.end().is_bookable() {
            return Err(EntryFault::NoTime);
        }
        let once = Asked { session, repeat: None, without: Vec::new(), endless: false };
        let Some(rule) = self.text("RRULE") else {
            return if session.end() <= now { Err(EntryFault::Over) } else { Ok(once) };
        };
        if own_zone != zone {
            return Err(EntryFault::OtherZone);
        }
        let first = local_date(zone, from);
        let today = local_date(zone, now);
        let (repeat, endless) = repeat(rule, (first, today), zone)?;
        let mut coming = repeat.dates_from(first, today).map_err(EntryFault::Series)?;
        let on = |date: NaiveDate| {
            let at = wall(zone, from).checked_add_signed(TimeDelta::days((date - first).num_days()))?;
            let start = instant(zone, at)?;
            Span::new(start, start.plus_minutes(session.minutes()))
        };
        // Today counts while its session is not over.
        coming.retain(|date| on(*date).is_none_or(|session| now < session.end()));
        let Some(next) = coming.first().copied() else {
            return Err(EntryFault::Over);
        };
        let left = End::After(u32::try_from(coming.len()).unwrap_or(u32::MAX));
        let session = on(next).ok_or(EntryFault::NoSuchTime)?;
        let pattern = Pattern { first: next, repeat: Repeat { end: left, ..repeat } };
        let without = self.left_out(zone).into_iter().filter(|date| coming.contains(date)).collect();
        Ok(Asked { session, repeat: Some(pattern), without, endless })
    }

    fn end(&self, from: Instant, zone: Tz) -> Result<Instant, EntryFault> {
        if let Some(end) = self.line("DTEND") {
            return Ok(moment(end, zone)?.0);
        }
        let minutes = self.text("DURATION").and_then(duration).ok_or(EntryFault::NoTime)?;
        Ok(from.plus_minutes(minutes))
    }

    fn left_out(&self, zone: Tz) -> Vec<NaiveDate> {
        let lines = self.0.iter().filter(|line| line.name == "EXDATE");
        let one = |line: &Line, value: &str| {
            let line = Line { value: value.to_owned(), name: String::new(), parameters: line.parameters.clone() };
            date_of(&line, zone)
        };
        lines.flat_map(|line| line.value.split(',').filter_map(|value| one(line, value)).collect::<Vec<_>>()).collect()
    }

    /// Which date of which series this entry stands for.
    fn moved(&self, zone: Tz) -> Option<(String, NaiveDate)> {
        let date = date_of(self.line("RECURRENCE-ID")?, zone)?;
        Some((self.text("UID")?.to_owned(), date))
    }
}

/// The local date of a moment, or the date that stands there.
fn date_of(line: &Line, zone: Tz) -> Option<NaiveDate> {
    let value = line.value.trim();
    let whole = || NaiveDate::parse_from_str(value, "%Y%m%d").ok();
    moment(line, zone).ok().map(|(at, _)| local_date(zone, at)).or_else(whole)
}

/// A date with a time (section 3.3.5), and by which zone's clock it is said.
fn moment(line: &Line, zone: Tz) -> Result<(Instant, Tz), EntryFault> {
    let value = line.value.trim();
    if line.parameter("VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE")) || value.len() == 8 {
        return Err(EntryFault::AllDay);
    }
    let (text, of) = match (value.strip_suffix(['Z', 'z']), line.parameter("TZID")) {
        (Some(text), _) => (text, Tz::UTC),
        (None, Some(name)) => (value, zone_named(name)?),
        (None, None) => (value, zone),
    };
    let wall = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").map_err(|_| EntryFault::NoTime)?;
    Ok((instant(of, wall).ok_or(EntryFault::NoSuchTime)?, of))
}

/// By its name in the time zone database, or by the one that Outlook gives to the zones of these islands.
fn zone_named(name: &str) -> Result<Tz, EntryFault> {
    match name.trim_start_matches('/') {
        "GMT Standard Time" => Ok(Tz::Europe__London),
        "UTC" | "Coordinated Universal Time" => Ok(Tz::UTC),
        other => other.parse().map_err(|_| EntryFault::UnknownZone(other.chars().take(60).collect())),
    }
}

/// The first of two where the clocks go back; none where they go forward. Whole minutes.
fn instant(zone: Tz, wall: NaiveDateTime) -> Option<Instant> {
    let at = zone.from_local_datetime(&wall).earliest()?.timestamp();
    Some(Instant::from_seconds(at - at.rem_euclid(60)))
}

fn wall(zone: Tz, at: Instant) -> NaiveDateTime {
    DateTime::<Utc>::from_timestamp(at.seconds(), 0).unwrap_or_default().with_timezone(&zone).naive_local()
}

/// "PT1H30M", in minutes (section 3.3.6).
fn duration(text: &str) -> Option<i64> {
    let (mut minutes, mut number) = (0_i64, String::new());
    for letter in text.trim_start_matches('+').strip_prefix('P')?.chars() {
        let unit = match letter {
            'T' => continue,
            '0'..='9' if number.len() < 6 => {
                number.push(letter);
                continue;
            }
            'W' => 7 * 24 * 60,
            'D' => 24 * 60,
            'H' => 60,
            'M' => 1,
            'S' => 0,
            _ => return None,
        };
        minutes += number.parse::<i64>().ok()? * unit;
        number.clear();
    }
    number.is_empty().then_some(minutes)
}

/// The rule as far as the product offers it, and whether it had no end; then it is taken for some months from today. Parts that say the default are read over.
fn repeat(rule: &str, (first, today): (NaiveDate, NaiveDate), zone: Tz) -> Result<(Repeat, bool), EntryFault> {
    let shown = || EntryFault::Rule(rule.chars().take(80).collect());
    let mut parts: Vec<(String, String)> = Vec::new();
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(shown)?;
        parts.push((name.to_ascii_uppercase(), value.to_ascii_uppercase()));
    }
    parts.retain(|(name, _)| name != "WKST");
    let has = |name: &str| parts.iter().any(|(known, _)| known == name);
    let mut text: Vec<String> = Vec::new();
    for (name, value) in &parts {
        match name.as_str() {
            "UNTIL" => text.push(format!("UNTIL={}", until(value, zone).ok_or_else(shown)?.format("%Y%m%d"))),
            _ => text.push(format!("{name}={value}")),
        }
    }
    let weekday = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        .get(usize::try_from(super::hours::weekday(first)).unwrap_or_default())
        .copied()
        .unwrap_or_default();
    if !has("BYDAY") && !has("BYMONTHDAY") {
        let frequency = parts.iter().find(|(name, _)| name == "FREQ").map(|(_, value)| value.as_str());
        match frequency {
            Some("WEEKLY") => text.push(format!("BYDAY={weekday}")),
            Some("MONTHLY") => text.push(first.format("BYMONTHDAY=%-d").to_string()),
            _ => {}
        }
    }
    let endless = !has("UNTIL") && !has("COUNT");
    if endless {
        let from = first.max(today);
        let last =
            from.checked_add_months(Months::new(ENDLESS_MONTHS)).and_then(|day| day.checked_sub_days(Days::new(1)));
        text.push(format!("UNTIL={}", last.ok_or_else(shown)?.format("%Y%m%d")));
    }
    Ok((Repeat::parse(&text.join(";")).map_err(|_| shown())?, endless))
}

/// The last date of a rule: a date, or the local date of a moment.
fn until(value: &str, zone: Tz) -> Option<NaiveDate> {
    let line = Line { name: String::new(), parameters: String::new(), value: value.to_owned() };
    date_of(&line, zone)
}

/// Text as it was before it was escaped (section 3.3.11), in one line.
fn unescaped(value: &str) -> String {
    let (mut text, mut escaped) = (String::with_capacity(value.len()), false);
    for letter in value.chars() {
        match (letter, escaped) {
            ('\\', false) => {
                escaped = true;
                continue;
            }
            ('n' | 'N', true) => text.push(' '),
            (letter, _) if letter.is_control() => text.push(' '),
            (letter, _) => text.push(letter),
        }
        escaped = false;
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests;
