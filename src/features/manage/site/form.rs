//! The form about a site as it was sent, read into words or faults. Raw text stops here.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;

use super::service::SiteWords;
use crate::domain::bank_holidays::Nation;
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::own_dates;
use crate::domain::places::Site;
use crate::domain::span::Instant;
use crate::web::forms::{Choice, Faults};

/// The zones to choose from; a site that has another keeps it in its list.
const ZONES: [(Tz, &str); 5] = [
    (Tz::Europe__London, "United Kingdom"),
    (Tz::Europe__Dublin, "Ireland"),
    (Tz::Europe__Isle_of_Man, "Isle of Man"),
    (Tz::Europe__Jersey, "Jersey"),
    (Tz::Europe__Guernsey, "Guernsey"),
];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteForm {
    pub name: String,
    pub street: String,
    pub town: String,
    pub postcode: String,
    pub phone: String,
    pub about: String,
    pub arrival: String,
    pub zone: String,
    pub nation: String,
    /// Latitude and longitude in degrees, apart by a comma.
    pub position: String,
    /// The site's own dates, one a line.
    pub own_dates: String,
    pub duty_contact: String,
    pub duty_phone: String,
    pub alarm_place: String,
    pub step_free: String,
    pub second_step: String,
    pub funder: String,
}

impl SiteForm {
    /// The form of a site as it stands.
    pub fn of(site: &Site, dates: &[(NaiveDate, String)], funder: &str) -> Self {
        Self {
            name: site.name.clone(),
            street: site.street.clone(),
            town: site.town.clone(),
            postcode: site.postcode.clone(),
            phone: site.phone.clone(),
            about: site.about.clone(),
            arrival: site.arrival.clone(),
            zone: site.zone.name().to_owned(),
            nation: site.nation.code().to_owned(),
            position: site.position.map_or_else(String::new, |(lat, lon)| format!("{lat}, {lon}")),
            own_dates: own_dates::written(dates),
            duty_contact: site.safety.contact.clone(),
            duty_phone: site.safety.phone.clone(),
            alarm_place: site.safety.alarm.clone(),
            step_free: if site.step_free { "yes".to_owned() } else { String::new() },
            second_step: String::new(),
            funder: funder.to_owned(),
        }
    }

    /// The same, saying whether its managers must use a second step.
    #[must_use]
    pub fn with_second_step(self, wanted: bool) -> Self {
        Self { second_step: if wanted { "yes".to_owned() } else { String::new() }, ..self }
    }

    pub fn wants_second_step(&self) -> bool {
        self.second_step == "yes"
    }

    pub fn is_step_free(&self) -> bool {
        self.step_free == "yes"
    }

    /// The zones to choose from, with the one that the site has now.
    pub fn zones(&self, now: Option<Tz>) -> Vec<Choice> {
        let usual = ZONES.iter().map(|(zone, words)| (*zone, (*words).to_owned()));
        let other = now.filter(|zone| ZONES.iter().all(|(usual, _)| usual != zone));
        let all = usual.chain(other.map(|zone| (zone, zone.name().to_owned())));
        all.map(|(zone, words)| Choice::new(zone.name(), words, zone.name() == self.zone)).collect()
    }

    pub fn nations(&self) -> Vec<Choice> {
        Nation::ALL.map(|one| Choice::new(one.code(), one.words(), one.code() == self.nation)).to_vec()
    }

    /// Reads the form; `has` is the zone that the site has.
    pub fn parse(&self, has: Option<Tz>, now: Instant) -> Result<SiteWords, Faults> {
        let mut faults = Faults::none();
        let name = faults.line("name", &self.name, "the name of the site", 80);
        let slug = Slug::from_name(&name);
        if slug.is_none() {
            faults.add("name", "Enter a name with letters from A to Z or digits, for the site’s address");
        }
        let street = faults.line("street", &self.street, "the street and number", 120);
        let town = faults.line("town", &self.town, "the town", 80);
        let postcode = faults.line("postcode", &self.postcode, "the postcode", 12);
        let phone = faults.optional_line("phone", &self.phone, 40);
        let about = faults.paragraphs("about", &self.about, 1_000);
        let arrival = faults.paragraphs("arrival", &self.arrival, 1_000);
        let offered = self.zones(has).iter().any(|choice| choice.value == self.zone);
        let zone: Option<Tz> = self.zone.parse().ok().filter(|_| offered);
        if zone.is_none() {
            faults.add("zone", "Choose the time zone");
        }
        let nation = Nation::parse(&self.nation);
        if nation.is_none() {
            faults.add("nation", "Choose the nation whose bank holidays the site keeps");
        }
        let position = read_position(&self.position, &mut faults);
        let today = local_date(zone.unwrap_or(chrono_tz::Europe::London), now);
        let own_dates = own_dates::read(&self.own_dates, today);
        let own_dates = faults.take("own_dates", own_dates.map_err(|lines| lines.join(". ")));
        let safety = faults.safety(&self.duty_contact, &self.duty_phone, &self.alarm_place);
        let funder = faults.optional_line("funder", &self.funder, 80);
        match (slug, zone, nation) {
            (Some(slug), Some(zone), Some(nation)) if faults.is_empty() => Ok(SiteWords {
                name,
                slug,
                street,
                town,
                postcode: postcode.to_uppercase(),
                phone,
                about,
                arrival,
                zone,
                nation,
                position,
                own_dates,
                safety,
                step_free: self.is_step_free(),
                second_step: self.wants_second_step(),
                funder,
            }),
            _ => Err(faults),
        }
    }
}

/// "51.5246, -0.1181", or nothing.
fn read_position(typed: &str, faults: &mut Faults) -> Option<(f64, f64)> {
    if typed.trim().is_empty() {
        return None;
    }
    let read =
        typed.split_once(',').and_then(|(lat, lon)| lat.trim().parse::<f64>().ok().zip(lon.trim().parse::<f64>().ok()));
    let read = read.filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0);
    let words = "Enter latitude and longitude in degrees with a comma between, like 51.5246, -0.1181";
    faults.take("position", read.map(Some).ok_or(words))
}
