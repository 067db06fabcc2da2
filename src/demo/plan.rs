//! The story of one site in the demo world: who asks for what at which moment, and what is done about it. It only plans; `story` acts.

use chrono::{Days, NaiveDate};
use chrono_tz::Europe::London;

use super::cast::{SUSPENDED_DAYS_AGO, bookers};
use super::dice::Dice;
use super::extras::{
    CANCEL_REASONS, CLOSURES, Closure, DECLINE_REASONS, MANAGER_REASONS, NOTES, SINGLE_REQUESTS, SingleRequest,
};
use super::places::{kind_of, rules_of, seeded};
use super::slots::{Slot, weekly};
use super::times::{Diary, daytime, on};
use super::world::{FacilitySeed, ORGANISATIONS, OrganisationSeed, SiteSeed};
use crate::domain::hours::{local_date, weekday};
use crate::domain::occurrence::hold_deadline;
use crate::domain::opening::by_daylight;
use crate::domain::rules::{Approval, Privacy, Rules};
use crate::domain::span::{Instant, Span};
use crate::store::StoreError;

/// How many days before and after today have bookings.
const REACH: i64 = 45;

/// A booking that somebody asks for.
#[derive(Debug)]
pub struct Wish {
    pub facility: &'static FacilitySeed,
    /// None where the site itself is the holder.
    pub organisation: Option<&'static OrganisationSeed>,
    /// Email of the person who asks.
    pub booked_by: &'static str,
    /// Email of the manager who decides.
    pub manager: &'static str,
    pub session: Span,
    pub units: usize,
    pub purpose: &'static str,
    pub note: &'static str,
    pub people: i32,
    pub privacy: Privacy,
}

/// Something done at a moment. Wishes are named by their place in the plan.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Ask(usize),
    Approve(usize),
    Decline(usize, &'static str),
    /// Withdrawn or cancelled by its own people, with a reason or none.
    GiveUp(usize, &'static str),
    /// Cancelled by a manager.
    CallOff(usize, &'static str),
    /// Deadlines that have passed are written down.
    Expire,
    Close(&'static Closure, Span),
}

#[derive(Debug, Default)]
pub struct Plan {
    pub wishes: Vec<Wish>,
    /// In the order in which they are done; none lies after now.
    pub steps: Vec<(Instant, Act)>,
}

/// Plans three months at a site: what waits and what is closed first, then the weekly round of each facility.
pub fn of_site(site: &'static SiteSeed, now: Instant) -> Result<Plan, StoreError> {
    let today = local_date(London, now);
    let mut planner =
        Planner { site, now, today, dice: Dice::new(site.slug), diary: Diary::default(), plan: Plan::default() };
    for closure in CLOSURES.iter().filter(|closure| closure.site == site.slug) {
        planner.close(closure);
    }
    for request in SINGLE_REQUESTS.iter().filter(|request| request.site == site.slug) {
        planner.ask_once(request)?;
    }
    for facility in site.facilities {
        if kind_of(facility)?.entry().by_the_hour {
            planner.go_round(facility)?;
        }
    }
    let mut plan = planner.plan;
    plan.steps.retain(|(at, _)| *at <= now);
    plan.steps.sort_by_key(|(at, _)| *at);
    Ok(plan)
}

struct Planner {
    site: &'static SiteSeed,
    now: Instant,
    today: NaiveDate,
    dice: Dice,
    diary: Diary,
    plan: Plan,
}

impl Planner {
    fn date(&self, days_ahead: i64) -> Option<NaiveDate> {
        self.today.checked_add_signed(chrono::Duration::days(days_ahead))
    }

    fn close(&mut self, closure: &'static Closure) {
        let first = (closure.days_ahead..).filter_map(|days| self.date(days)).find(|date| weekday(*date) < 5);
        let span = first.and_then(|date| Span::new(on(date, closure.from)?, on(date, closure.to)?));
        if let Some(span) = span {
            let decided = span.start().plus_hours(-closure.hours_before).min(self.now.plus_hours(-2));
            self.plan.steps.push((decided, Act::Close(closure, span)));
        }
    }

    fn ask_once(&mut self, request: &'static SingleRequest) -> Result<(), StoreError> {
        let facility = self.site.facilities.iter().find(|facility| facility.slug == request.facility);
        let facility = seeded(facility, "facility")?;
        let organisation = ORGANISATIONS.iter().find(|organisation| organisation.slug == request.organisation);
        let organisation = seeded(organisation, "organisation")?;
        let rules = rules_of(facility)?;
        let is_open = |date: &NaiveDate| {
            let end = request.start + request.minutes;
            let mut hours = self.site.hours.iter().filter(|hours| hours.weekday == weekday(*date));
            hours.any(|hours| hours.from_minute <= request.start && end <= hours.to_minute)
        };
        let date = (request.days_ahead..=REACH).filter_map(|days| self.date(days)).find(is_open);
        let start = date.and_then(|date| on(date, request.start));
        let session = start.and_then(|start| Span::new(start, start.plus_minutes(request.minutes.into())));
        let session = seeded(session, "start")?;
        self.diary.take(facility, request.units, session.widened(0, rules.around().into()));
        let wish = Wish {
            facility,
            organisation: Some(organisation),
            booked_by: seeded(bookers(organisation).first().copied(), "booker")?,
            manager: seeded(self.site.managers.first().copied(), "manager")?,
            session,
            units: request.units,
            purpose: request.purpose,
            note: request.note,
            people: request.people.min(rules.capacity),
            privacy: rules.privacy,
        };
        let number = self.plan.wishes.len();
        self.plan.wishes.push(wish);
        self.plan.steps.push((self.now.plus_minutes(-request.asked_minutes_ago), Act::Ask(number)));
        if let Some(hours) = request.approved_hours_ago {
            self.plan.steps.push((self.now.plus_hours(-hours), Act::Approve(number)));
        }
        Ok(())
    }

    /// Every date of a facility's weekly round.
    fn go_round(&mut self, facility: &'static FacilitySeed) -> Result<(), StoreError> {
        let rules = rules_of(facility)?;
        let slots = weekly(self.site, facility, &rules);
        // Some weeks a session does not take place, at Hunter Street few.
        let left_out = if self.site.slug == "hunter-street" { 8 } else { 38 };
        for days in -REACH..=REACH {
            let Some(date) = self.date(days) else {
                continue;
            };
            for slot in slots.iter().filter(|slot| slot.weekday == weekday(date)) {
                if !self.dice.percent(left_out) {
                    self.on_date(facility, &rules, slot, date);
                }
            }
        }
        Ok(())
    }

    /// Whether a space may be used then as far as the sun is concerned.
    fn is_light(&self, rules: &Rules, date: NaiveDate, session: Span) -> bool {
        let light = by_daylight((self.site.latitude, self.site.longitude), date);
        !rules.daylight || light.is_none_or(|light| light.contains(session))
    }

    /// One date of a slot, if its place is free and it could be asked for in time.
    fn on_date(&mut self, facility: &'static FacilitySeed, rules: &Rules, slot: &Slot, date: NaiveDate) -> Option<()> {
        let start = on(date, slot.start)?;
        let session = Span::new(start, start.plus_minutes(slot.minutes.into()))?;
        let occupied = session.widened(rules.set_up_minutes.into(), rules.turnaround_minutes.into());
        if !self.is_light(rules, date, session) {
            return None;
        }
        let asked = self.asked(rules, start, date)?;
        let suspended = slot.organisation.is_some_and(|organisation| organisation.state == "suspended");
        if suspended && self.now.plus_days(-SUSPENDED_DAYS_AGO) < session.end() {
            return None;
        }
        if !self.diary.take(facility, slot.units, occupied) {
            return None;
        }
        let manager = *self.site.managers.first()?;
        let deputy = *self.site.managers.last()?;
        let who = slot.organisation.map_or_else(|| vec![manager], bookers);
        let booked_by = if self.dice.percent(70) { *who.first()? } else { self.dice.pick(&who)? };
        let wish = Wish {
            facility,
            organisation: slot.organisation,
            booked_by,
            manager: if self.dice.percent(80) { manager } else { deputy },
            session,
            units: slot.units,
            purpose: slot.purpose,
            note: if self.dice.percent(8) { self.dice.pick(NOTES)? } else { "" },
            people: slot.people,
            privacy: slot.privacy,
        };
        let trusted = slot.organisation.is_some_and(|organisation| organisation.trusted_at.contains(&self.site.slug));
        let waits = match rules.approval {
            Approval::NotNeeded => false,
            Approval::UnlessTrusted => !trusted,
            Approval::Always => true,
        };
        let number = self.plan.wishes.len();
        self.plan.wishes.push(wish);
        self.plan.steps.push((asked, Act::Ask(number)));
        let mut fate = Fate { dice: &mut self.dice, steps: &mut self.plan.steps, number, asked, start };
        if waits { fate.while_waiting(rules) } else { fate.once_confirmed(asked) }
    }

    /// When somebody thinks of it: one to five weeks before, in the day; for dates far ahead in the weeks before now.
    fn asked(&mut self, rules: &Rules, start: Instant, date: NaiveDate) -> Option<Instant> {
        let lead = self.dice.between(7, 35);
        let minute = i32::try_from(self.dice.between(510, 1050)).ok()?;
        let planned = on(date.checked_sub_days(Days::new(u64::try_from(lead).ok()?))?, minute)?;
        let latest = self.now.plus_hours(-3);
        // A day is kept in hand at either end, because the horizon is counted in dates.
        let first = start.plus_days(1 - i64::from(rules.horizon_days));
        if planned < latest {
            return Some(planned).filter(|planned| first <= *planned);
        }
        let minutes_ago = self.dice.between(3 * 60, 25 * 1440);
        let asked = daytime(self.now.plus_minutes(-minutes_ago).max(first));
        let asked = if latest < asked { asked.plus_hours(-12) } else { asked };
        Some(asked).filter(|asked| *asked <= latest && first <= *asked)
    }
}

/// What becomes of a wish after it was asked.
struct Fate<'a> {
    dice: &'a mut Dice,
    steps: &'a mut Vec<(Instant, Act)>,
    number: usize,
    asked: Instant,
    start: Instant,
}

impl Fate<'_> {
    /// A request is mostly approved within two days.
    fn while_waiting(&mut self, rules: &Rules) -> Option<()> {
        let answered = daytime(self.asked.plus_minutes(self.dice.between(40, 40 * 60)));
        match self.dice.between(0, 99) {
            0..8 => self.steps.push((answered, Act::Decline(self.number, self.dice.pick(DECLINE_REASONS)?))),
            8..14 => self.steps.push((answered, Act::GiveUp(self.number, ""))),
            14..19 => {
                let until = hold_deadline(self.asked, rules.hold_minutes, self.start)?;
                self.steps.push((until.plus_minutes(4), Act::Expire));
            }
            _ => {
                self.steps.push((answered, Act::Approve(self.number)));
                return self.once_confirmed(answered);
            }
        }
        Some(())
    }

    /// Some bookings are given up, in good time or on the last day.
    fn once_confirmed(&mut self, since: Instant) -> Option<()> {
        let early = self.start.plus_minutes(-self.dice.between(3 * 1440, 9 * 1440));
        let late = self.start.plus_minutes(-self.dice.between(60, 20 * 60));
        let earliest = since.plus_hours(3);
        match self.dice.between(0, 99) {
            0..4 => {
                let reason = self.dice.pick(CANCEL_REASONS)?;
                self.steps.push((daytime(early.max(earliest)), Act::GiveUp(self.number, reason)));
            }
            4..7 => {
                let reason = self.dice.pick(CANCEL_REASONS)?;
                self.steps.push((late.max(earliest), Act::GiveUp(self.number, reason)));
            }
            7 => {
                let reason = self.dice.pick(MANAGER_REASONS)?;
                self.steps.push((daytime(early.max(earliest)), Act::CallOff(self.number, reason)));
            }
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::SITES;
    use super::*;
    use crate::domain::hours::local_time;

    /// The days on which the clocks change, an ordinary noon, and the middle of a night.
    const MOMENTS: [&str; 4] = ["2026-10-25 12:00", "2026-11-24 10:30", "2027-03-28 09:00", "2028-02-29 03:17"];

    fn moment(text: &str) -> Instant {
        let at = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        Instant::from_seconds(at.and_utc().timestamp())
    }

    #[test]
    fn nothing_is_done_after_now_and_nothing_asked_after_its_start() {
        for now in MOMENTS.map(moment) {
            for site in SITES {
                let plan = of_site(site, now).unwrap();
                assert!(plan.steps.is_sorted_by_key(|(at, _)| *at));
                for (at, act) in &plan.steps {
                    assert!(*at <= now, "{} {act:?}", site.slug);
                    if let Act::Ask(number) = act {
                        assert!(*at < plan.wishes[*number].session.start(), "{} {act:?}", site.slug);
                    }
                }
            }
        }
    }

    #[test]
    fn the_whole_estate_has_about_the_same_on_whatever_day_it_starts() {
        for now in MOMENTS.map(moment) {
            let wishes = |site: &&'static SiteSeed| of_site(site, now).unwrap().wishes.len();
            let counts: Vec<usize> = SITES.iter().map(wishes).collect();
            let all: usize = counts.iter().sum();
            println!("{all}: {counts:?}");
            assert!((2_500..=3_200).contains(&all), "{all}");
            assert!(counts.iter().all(|count| 10 <= *count), "{counts:?}");
        }
    }

    #[test]
    fn sessions_lie_within_the_hours_of_their_site() {
        for site in SITES {
            for wish in of_site(site, moment("2026-11-24 10:30")).unwrap().wishes {
                let (from, to) = (local_time(London, wish.session.start()), local_time(London, wish.session.end()));
                let open = site.hours.iter().any(|hours| {
                    let within = hours.from_minute <= from.minute && to.minute <= hours.to_minute;
                    hours.weekday == weekday(from.date) && within
                });
                assert!(open && from.date == to.date, "{} {:?}", site.slug, wish.session);
            }
        }
    }
}
