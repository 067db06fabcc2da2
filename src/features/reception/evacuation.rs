//! The list for an evacuation: everybody who is or may be in the building now, in large type, and on paper with a box to tick.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::day::{inside_words, reached};
use super::service::{self, Session, Sheet};
use crate::domain::arrivals::Presence;
use crate::domain::hours::local_time;
use crate::domain::ids::Slug;
use crate::domain::words::{clock, counted, long_date};
use crate::error::Error;
use crate::urls;
use crate::web::access::SignedIn;
use crate::web::chrome::Chrome;
use crate::web::page;
use crate::web::state::Shared;

#[derive(Template)]
#[template(path = "reception/evacuation.html")]
struct EvacuationPage {
    chrome: Chrome,
    site_name: String,
    site_href: String,
    reception: String,
    address: String,
    stands: String,
    inside: String,
    known: Vec<Party>,
    /// Sessions that run and of which nothing was noted.
    perhaps: Vec<Party>,
    others: Vec<Party>,
}

struct Party {
    place: String,
    who: String,
    people: String,
    when: String,
    alone: bool,
    contact: Option<(String, String, String)>,
}

pub async fn get(state: Shared, path: Path<String>, who: SignedIn, chrome: Chrome) -> Result<HttpResponse, Error> {
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let now = state.clock.now();
    let sheet = service::load_evacuation(&state.db, who.actor.clone(), slug, now).await?.ok_or(Error::NotFound)?;
    let site = &sheet.site;
    let of = |known: bool| {
        let some = sheet.sessions.iter().filter(move |one| (one.presence != Presence::Unknown) == known);
        some.map(|one| party(&sheet, one)).collect()
    };
    page::ok(&EvacuationPage {
        chrome,
        site_name: site.name.clone(),
        site_href: urls::site(&site.slug),
        reception: urls::reception(&site.slug, None),
        address: format!("{}, {} {}", site.street, site.town, site.postcode),
        stands: format!("{}, {}", long_date(sheet.date), clock(local_time(site.zone, now).minute)),
        inside: inside_words(sheet.inside()),
        known: of(true),
        perhaps: of(false),
        others: sheet
            .others
            .iter()
            .map(|one| Party {
                place: "No booking".to_owned(),
                who: one.who.clone(),
                people: counted(one.people.into(), "person", "people"),
                when: format!("Since {}", clock(local_time(site.zone, one.at).minute)),
                alone: one.alone,
                contact: None,
            })
            .collect(),
    })
}

fn party(sheet: &Sheet, one: &Session) -> Party {
    let (line, detail) = (&one.line, one.detail.as_ref());
    let at = |instant| clock(local_time(sheet.site.zone, instant).minute);
    let mut place = vec![line.facility_name.clone()];
    place
        .extend(detail.into_iter().flat_map(|detail| [&detail.room, &detail.floor]).filter(|p| !p.is_empty()).cloned());
    let people = one.arrival.as_ref().map_or(line.people, |arrival| arrival.people);
    Party {
        place: place.join(", "),
        who: match detail.and_then(|detail| detail.second.as_ref()) {
            Some(second) => format!("{} with {second}", line.holder.name()),
            None => line.holder.name().to_owned(),
        },
        people: counted(people.into(), "person", "people"),
        when: match &one.arrival {
            Some(arrival) => format!("Since {}, booked until {}", at(arrival.at), at(line.session.end())),
            None => format!("Booked {} to {}", at(line.session.start()), at(line.session.end())),
        },
        alone: one.arrival.as_ref().is_some_and(|arrival| arrival.alone),
        contact: detail.and_then(|detail| detail.contact.as_ref()).map(|(name, reach)| reached(name, reach)),
    }
}
