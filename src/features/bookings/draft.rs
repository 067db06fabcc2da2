//! The booking form as it was sent, read into a draft or faults. Raw text stops here.

use chrono::NaiveDate;
use serde::Deserialize;

use super::service::{Dated, Draft, Form};
use super::{behalf, care, terms};
use crate::domain::availability::Wanted;
use crate::domain::hours::{NoSuchTime, local_date, wall_dates};
use crate::domain::ids::{Slug, UnitId};
use crate::domain::places::{Facility, UnitChoice};
use crate::domain::policy::Actor;
use crate::domain::rules::Privacy;
use crate::domain::span::{Instant, Span};
use crate::web::forms::Faults;
use crate::web::repeat::Repeating;

/// What a form asks for: the draft, the session that was chosen, and every date of a series with its session.
#[derive(Debug, Clone)]
pub struct Wanting {
    pub draft: Draft,
    pub session: Span,
    pub dates: Vec<(NaiveDate, Result<Span, NoSuchTime>)>,
}

/// The form as sent. Times are instants that the server has put into the lists.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewBooking {
    pub date: String,
    pub from: String,
    pub to: String,
    /// Where it is booked by the session, the one that was chosen, "from-to", in place of the two above.
    pub named: String,
    pub organisation: String,
    pub purpose: String,
    pub people: String,
    pub privacy: String,
    pub note: String,
    pub count: String,
    pub unit: Vec<String>,
    /// How it repeats: "", "daily", "weekly", "date" of the month, or "weekday" of the month.
    pub repeat: String,
    pub every: String,
    /// Weekdays of a weekly series, 0 for Monday.
    pub on: Vec<String>,
    /// "times" or "until".
    pub ends: String,
    pub times: String,
    pub until: String,
    /// "leave" to leave out bank holidays and the site's own dates.
    pub holidays: String,
    /// Dates of a series that are left out from the first, because a calendar file has it so.
    pub without: Vec<String>,
    /// What to do with dates of a series, "place=choice".
    pub pick: Vec<String>,
    pub nonce: String,
    /// "check" shows the answers, "yes" sends them, "change" goes back to the form,
    /// "wait" joins the waiting list, "aside" sets rules aside.
    pub step: String,
    /// A suggested time, "from-to", in place of the ones in the lists.
    pub choose: String,
    /// "person" where the site's staff book for somebody without an account; else `organisation` says for whom.
    pub whom: String,
    pub person_name: String,
    /// An address or a telephone number.
    pub person_contact: String,
    /// Why rules are to be set aside.
    pub set_aside: String,
    /// The texts of which it was warned already that they look as if they named a client.
    pub kept: String,
    /// The number of the terms' version that was ticked as accepted.
    pub terms: String,
    /// What the place asks for: codes of allergens with a note, labels, the date of the risk assessment.
    pub allergen: Vec<String>,
    pub allergen_note: String,
    pub label: Vec<String>,
    pub risk_date: String,
    /// How the room is to be set out, and "projector=2" for each extra.
    pub layout: String,
    pub extra: Vec<String>,
    /// What people who come need: codes, and words.
    pub access: Vec<String>,
    pub access_note: String,
}

impl NewBooking {
    /// The times of the form, or of a suggestion that was pressed.
    pub fn session(&self) -> Result<Span, (&'static str, String)> {
        let chosen = self.choose.split_once('-').or_else(|| self.named.split_once('-'));
        let (from, to) = chosen.unwrap_or((&self.from, &self.to));
        let instant = |text: &str| text.parse().ok().map(Instant::from_seconds).filter(|at| at.is_bookable());
        let Some(start) = instant(from) else {
            return Err(("from", "Choose when it starts".to_owned()));
        };
        let Some(end) = instant(to) else {
            return Err(("to", "Choose when it ends".to_owned()));
        };
        Span::new(start, end).ok_or_else(|| ("to", "The end must be after the start".to_owned()))
    }

    /// Reads the form.
    pub fn parse(&self, actor: &Actor, form: &Form) -> Result<Wanting, Faults> {
        let (site, facility) = (&form.site, &form.facility);
        let mut faults = Faults::none();
        let session = match self.session() {
            Ok(session) => Some(session),
            Err(_) if facility.by_session() => {
                faults.add("from", "Choose one of the sessions");
                None
            }
            Err((field, words)) => {
                faults.add(field, words);
                None
            }
        };
        let holder = behalf::holder(self, actor, form, &mut faults);
        let pattern =
            session.and_then(|session| self.repeating().pattern(local_date(site.zone, session.start()), &mut faults));
        let dates = match (session, &pattern) {
            (Some(session), Some(pattern)) => wall_dates(site.zone, session, &pattern.dates()),
            (Some(session), None) => vec![(local_date(site.zone, session.start()), Ok(session))],
            (None, _) => Vec::new(),
        };
        let purpose = faults.line("purpose", &self.purpose, "what the booking is for", 80);
        let people = faults.number("people", &self.people, "how many people you expect", (1, 10_000));
        let note = faults.paragraphs("note", &self.note, 500);
        let privacy = faults.take("privacy", Privacy::parse(&self.privacy).map(Some).ok_or("Choose who may see it"));
        let wanted = self.wanted(facility, &mut faults);
        let today = local_date(site.zone, form.now);
        let particulars = care::read(facility, self.care(), today, &mut faults);
        let set_aside = holder.as_ref().and_then(|holder| behalf::reason(self, actor, (site, holder), &mut faults));
        if facility.is_private() || privacy == Some(Privacy::Confidential) {
            faults.naming(&self.kept, &self.texts());
        }
        let terms = terms::accepted(self, form, &mut faults);
        match (session, holder, privacy) {
            (Some(session), Some(holder), Some(privacy)) if faults.is_empty() => {
                let draft = Draft {
                    site: site.slug.clone(),
                    facility: facility.slug.clone(),
                    holder,
                    booked_by: actor.person,
                    dates: vec![Dated::at(session)],
                    repeat: pattern,
                    wanted,
                    purpose,
                    note,
                    people,
                    privacy,
                    set_aside,
                    terms,
                    particulars,
                    nonce: self.nonce.clone(),
                };
                Ok(Wanting { draft, session, dates })
            }
            _ => Err(faults),
        }
    }

    /// What people have typed in words of their own, by field.
    pub fn texts(&self) -> [(&'static str, &str); 4] {
        [
            ("purpose", &self.purpose),
            ("note", &self.note),
            ("access_note", &self.access_note),
            ("set_aside", &self.set_aside),
        ]
    }

    /// What the form says because the place asks for it.
    pub fn care(&self) -> care::Typed<'_> {
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

    /// The same without some extras, to be checked.
    pub fn go_without(&mut self, gone: &[Slug]) {
        self.extra
            .retain(|one| one.split_once('=').is_none_or(|(slug, _)| gone.iter().all(|gone| gone.as_str() != slug)));
        "check".clone_into(&mut self.step);
    }

    /// What the form says about repeating.
    pub fn repeating(&self) -> Repeating<'_> {
        Repeating {
            repeat: &self.repeat,
            every: &self.every,
            on: &self.on,
            ends: &self.ends,
            times: &self.times,
            until: &self.until,
        }
    }

    /// Some by name, or so many of them. Units are named by their place in the facility's list.
    fn wanted(&self, facility: &Facility, faults: &mut Faults) -> Wanted {
        if facility.choice == UnitChoice::Whole || facility.units.len() < 2 {
            return Wanted::Whole;
        }
        let named: Vec<UnitId> = self
            .unit
            .iter()
            .filter_map(|place| facility.units.get(place.parse::<usize>().ok()?))
            .map(|unit| unit.id)
            .collect();
        if !named.is_empty() {
            return Wanted::These(named);
        }
        let most = i32::try_from(facility.units.len()).unwrap_or(1);
        let count = faults.number("count", &self.count, "how many you need", (1, most));
        Wanted::Any(usize::try_from(count).unwrap_or(1))
    }
}
