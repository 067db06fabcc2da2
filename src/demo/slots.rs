//! The weekly round of a facility in the demo world: who uses it on which weekday, when and for what. Not the dates, and not what became of them.

use super::cast::bookers;
use super::dice::{Dice, fingerprint};
use super::extras::OWN_USE;
use super::places::is_by_session;
use super::purposes::{suits_hour, suits_kind};
use super::world::{FacilitySeed, ORGANISATIONS, OrganisationSeed, SiteSeed};
use crate::domain::named::usual;
use crate::domain::rules::{Privacy, Rules};

const COUPLE_AND_COUNSELLOR: i32 = 3;

/// Something that takes place in most weeks.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// 0 is Monday.
    pub weekday: i32,
    /// Minutes after local midnight at which the session starts.
    pub start: i32,
    /// Length of the session in minutes.
    pub minutes: i32,
    pub units: usize,
    /// None for the site's own use.
    pub organisation: Option<&'static OrganisationSeed>,
    pub purpose: &'static str,
    pub people: i32,
    pub privacy: Privacy,
}

/// The weekly round of a facility.
pub fn weekly(site: &'static SiteSeed, facility: &'static FacilitySeed, rules: &Rules) -> Vec<Slot> {
    let mut week = Week {
        site,
        facility,
        rules,
        candidates: candidates(site, facility),
        dice: Dice::new(&format!("{}/{}", site.slug, facility.slug)),
        slots: own_use(site, facility, rules),
    };
    // Where several can be there at once, a second round fills the units beside the first.
    let rounds = if facility.choice == "any" { 2 } else { 1 };
    for _ in 0..rounds {
        for hours in site.hours {
            week.fill_day(hours.weekday, hours.from_minute, hours.to_minute);
        }
    }
    if week.slots.is_empty() {
        week.add_first_that_fits();
    }
    week.slots
}

/// The site's own regular use, which stands before anybody else's.
fn own_use(site: &SiteSeed, facility: &FacilitySeed, rules: &Rules) -> Vec<Slot> {
    let here = OWN_USE.iter().filter(|own| own.site == site.slug && own.facility == facility.slug);
    let slot = |own: &super::extras::OwnUse| Slot {
        weekday: own.weekday,
        start: own.start,
        minutes: own.minutes,
        units: facility.units.len(),
        organisation: None,
        purpose: own.purpose,
        people: own.people.min(rules.capacity),
        privacy: Privacy::Organisation,
    };
    here.map(slot).collect()
}

/// Who books here, those whom the site trusts several times over. Others come only where they are at home.
fn candidates(site: &SiteSeed, facility: &FacilitySeed) -> Vec<&'static OrganisationSeed> {
    let mut candidates: Vec<&'static OrganisationSeed> = Vec::new();
    let fits = |one: &&'static OrganisationSeed| {
        let somewhere = one.purposes.iter().any(|purpose| suits_kind(purpose, facility.kind));
        one.state != "applied" && one.kinds.contains(&facility.kind) && somewhere && !bookers(one).is_empty()
    };
    let fitting: Vec<&'static OrganisationSeed> = ORGANISATIONS.iter().filter(fits).collect();
    for one in fitting.iter().copied() {
        if one.trusted_at.contains(&site.slug) {
            candidates.extend([one; 6]);
        } else if fingerprint(&format!("{} at {}", one.slug, site.slug)).is_multiple_of(4) {
            candidates.push(one);
        }
    }
    if candidates.is_empty() { fitting } else { candidates }
}

/// An organisation and what it is there for.
type Who = (&'static OrganisationSeed, &'static str);

struct Week<'a> {
    site: &'static SiteSeed,
    facility: &'static FacilitySeed,
    rules: &'a Rules,
    candidates: Vec<&'static OrganisationSeed>,
    dice: Dice,
    slots: Vec<Slot>,
}

impl Week<'_> {
    /// Walks through the opening hours of a weekday, and now and then somebody has a regular session.
    fn fill_day(&mut self, weekday: i32, from: i32, to: i32) {
        if is_by_session(self.site, self.facility) {
            return self.fill_sessions(weekday, from, to);
        }
        let (from, to) = self.in_light(from, to);
        let mut cursor = from.max(9 * 60);
        while cursor < to {
            let busy = self.busy(weekday, cursor);
            if self.dice.percent(busy)
                && let Some(slot) = self.slot_at(weekday, cursor, to)
            {
                cursor += slot.minutes + self.rules.around();
                self.slots.push(slot);
            } else {
                cursor += 60;
            }
        }
    }

    /// Goes through the named sessions of a weekday, the longest first, and now and then somebody has one that is left.
    fn fill_sessions(&mut self, weekday: i32, from: i32, to: i32) {
        let mut sessions = usual();
        sessions.sort_by_key(|one| one.from_minute - one.to_minute);
        let mut had: Vec<(i32, i32)> = Vec::new();
        for one in sessions.iter().filter(|one| from <= one.from_minute && one.to_minute <= to) {
            let left = had.iter().all(|(start, end)| *end <= one.from_minute || one.to_minute <= *start);
            let often = if one.to_minute - one.from_minute <= 240 { 34 } else { 8 };
            let length = one.to_minute - one.from_minute;
            if left
                && self.dice.percent(often)
                && let Some(who) = self.who(weekday, one.from_minute)
                && let Some(slot) = self.slot_of(who, weekday, (one.from_minute, length))
            {
                had.push((one.from_minute, one.to_minute));
                self.slots.push(slot);
            }
        }
    }

    /// By daylight the round keeps to the hours that are light in winter too.
    fn in_light(&self, from: i32, to: i32) -> (i32, i32) {
        if self.rules.daylight { (from.max(9 * 60), to.min(15 * 60 + 30)) } else { (from, to) }
    }

    /// How many times in a hundred a session begins at a free full hour. Hunter Street's counselling rooms are in demand, and
    /// so is the kitchen at Axminster.
    fn busy(&self, weekday: i32, minute: i32) -> i64 {
        let at_hunter_street = self.site.slug == "hunter-street";
        let is_core = weekday < 5 && minute < 18 * 60;
        if self.site.slug == "axminster" && self.facility.kind == "kitchen" {
            return 22;
        }
        match (at_hunter_street, self.facility.kind, is_core) {
            (true, "counselling", true) => 66,
            (true, "counselling", false) => 10,
            (true, "group", true) => 19,
            (true, "waiting", _) => 3,
            (true, _, false) => 5,
            (_, "kitchen" | "sensory", true) => 8,
            (_, _, true) => 3,
            (_, _, false) => 2,
        }
    }

    fn slot_at(&mut self, weekday: i32, start: i32, closes: i32) -> Option<Slot> {
        let who = self.who(weekday, start)?;
        let minutes = self.minutes()?;
        // The busy hours end at six; an evening session is an evening session.
        let end = if start < 18 * 60 { closes.min(19 * 60) } else { closes };
        if end < start + minutes {
            return None;
        }
        self.slot_of(who, weekday, (start, minutes))
    }

    /// Who comes at this time, and for what.
    fn who(&mut self, weekday: i32, start: i32) -> Option<Who> {
        let organisation = self.dice.pick(&self.candidates)?;
        Some((organisation, self.purpose(organisation, weekday, start)?))
    }

    /// Their session of this length at this time.
    fn slot_of(&mut self, (organisation, purpose): Who, weekday: i32, (start, minutes): (i32, i32)) -> Option<Slot> {
        let units = self.units()?;
        let people = self.people(purpose, units);
        let open = self.rules.privacy == Privacy::Organisation && self.dice.percent(35);
        let privacy = if open { Privacy::Open } else { self.rules.privacy };
        Some(Slot { weekday, start, minutes, units, organisation: Some(organisation), purpose, people, privacy })
    }

    /// What an organisation is mostly there for, or one of its other sessions that suit the place and the hour.
    fn purpose(&mut self, organisation: &OrganisationSeed, weekday: i32, start: i32) -> Option<&'static str> {
        let too_small = |purpose: &str| purpose.contains("ouples") && self.rules.capacity < COUPLE_AND_COUNSELLOR;
        let suits = |purpose: &&&str| {
            suits_kind(purpose, self.facility.kind) && suits_hour(purpose, weekday, start) && !too_small(purpose)
        };
        let purposes: Vec<&'static str> = organisation.purposes.iter().filter(suits).copied().collect();
        if self.dice.percent(45) { purposes.first().copied() } else { self.dice.pick(&purposes) }
    }

    /// A length that the kind likes, without set-up and turnaround.
    fn minutes(&mut self) -> Option<i32> {
        let occupied: &[i32] = match self.facility.kind {
            "counselling" => &[60, 120, 120, 180, 180, 180, 240],
            "consulting" => &[120, 180, 180, 240],
            "kitchen" => &[120, 150, 180, 240],
            "sensory" => &[45, 60, 60, 75],
            "waiting" => &[120, 180],
            _ => &[60, 90, 90, 120, 150],
        };
        Some(self.dice.pick(occupied)? - self.rules.around())
    }

    fn units(&mut self) -> Option<usize> {
        let all = self.facility.units.len();
        let wanted: &[usize] = match self.facility.choice {
            "any" if self.facility.kind == "kitchen" => &[1, 1, 2, 2, 4],
            "any" => &[1, 1, 1, 2],
            _ => &[usize::MAX],
        };
        self.dice.pick(wanted).map(|wanted| wanted.min(all))
    }

    fn people(&mut self, purpose: &str, units: usize) -> i32 {
        let capacity = self.rules.capacity;
        let share =
            capacity * i32::try_from(units).unwrap_or(1) / i32::try_from(self.facility.units.len().max(1)).unwrap_or(1);
        let (fewest, most) = match self.facility.kind {
            "counselling" | "consulting" if purpose.contains("ouples") => {
                (COUPLE_AND_COUNSELLOR, COUPLE_AND_COUNSELLOR)
            }
            "counselling" | "consulting" => (2, 2),
            _ => (share / 2, share.max(2)),
        };
        let people = self.dice.between(fewest.into(), most.into());
        i32::try_from(people).unwrap_or(2).clamp(1, capacity)
    }

    /// No facility stands empty all week.
    fn add_first_that_fits(&mut self) {
        for hours in self.site.hours.iter().cycle().take(self.site.hours.len() * 4) {
            let (from, to) = self.in_light(hours.from_minute, hours.to_minute);
            if let Some(slot) = self.slot_at(hours.weekday, from.max(10 * 60), to) {
                self.slots.push(slot);
                return;
            }
        }
    }
}
