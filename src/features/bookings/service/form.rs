//! A facility with the facts of a date or of a whole series, loaded for the booking form. Not how it is filled in.

use chrono::NaiveDate;

use super::{Dates, Form, Look, Whose, papers};
use crate::domain::holder::OrganisationName;
use crate::domain::hours::{day, local_date};
use crate::domain::ids::{OrganisationId, Slug};
use crate::domain::leeway::Leeway;
use crate::domain::notice::Notice;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::enquiry::series::Surroundings;
use crate::enquiry::{self, Loaded, Question};
use crate::store::{Conn, Db, StoreError, facilities, notices, organisations};

/// Loads what the form needs; its dates are asked once the site is known. `None` where this person sees no such space, and where
/// there is no form because it is not booked by the hour.
pub async fn form(
    db: &Db,
    slugs: (Slug, Slug),
    (look, dates): (Look, impl FnOnce(&Site) -> Dates + Send + 'static),
    (actor, whose): (Actor, Whose),
    now: Instant,
) -> Result<Option<Form>, StoreError> {
    db.read(move |conn| {
        let opens = |site: &Site| {
            let (date, last) = dates(site);
            let date = date.unwrap_or_else(|| local_date(site.zone, now));
            (date, last.unwrap_or(date))
        };
        let Some(ground) = ground(conn, &slugs, look, (&actor, &whose), opens)? else {
            return Ok(None);
        };
        let Ground { site, facility, mut loaded, mut notices, date, organisation, others, around } = ground;
        let seen = facility.listed || actor.sees_unlisted(site.id);
        if !seen || !facility.kind.entry().by_the_hour {
            return Ok(None);
        }
        let own = organisation.is_some_and(|organisation| actor.may_book_for(organisation));
        if actor.manages(site.id) && !own {
            loaded.leeway = Leeway::Decides;
        }
        let day = day(site.zone, date).ok();
        notices.retain(|one| one.touches(facility.id, one.span) && day.is_some_and(|day| one.span.overlaps(day)));
        let coordinated = actor.memberships.iter().find(|one| Some(one.organisation) == organisation);
        let coordinated = coordinated.filter(|one| actor.coordinates(one.organisation));
        let organisation_slug = coordinated.map(|one| one.slug.clone());
        let terms = papers::terms_asked(conn, &site, &facility, organisation)?;
        Ok(Some(Form {
            site,
            facility,
            loaded,
            now,
            date,
            notices,
            organisation,
            others,
            terms,
            organisation_slug,
            around,
        }))
    })
    .await
}

/// A place with the facts that a form is to have.
struct Ground {
    site: Site,
    facility: Facility,
    loaded: Loaded,
    notices: Vec<Notice>,
    date: NaiveDate,
    organisation: Option<OrganisationId>,
    others: Vec<OrganisationName>,
    around: Option<Box<Surroundings>>,
}

fn ground(
    conn: &mut Conn,
    (site, facility): &(Slug, Slug),
    look: Look,
    (actor, whose): (&Actor, &Whose),
    opens: impl FnOnce(&Site) -> (NaiveDate, NaiveDate),
) -> Result<Option<Ground>, StoreError> {
    let for_whom = |conn: &mut Conn, site: &Site| {
        let others = if actor.is_staff(site.id) { organisations::approved_names(conn)? } else { Vec::new() };
        Ok::<_, StoreError>((organisation_of(actor, &others, whose), others))
    };
    if let Look::Series { people } = look {
        let mut asked = None;
        let found = enquiry::series::surroundings(conn, (site, facility), people, |conn, site| {
            let (organisation, others) = for_whom(conn, site)?;
            let (date, last) = opens(site);
            asked = Some((date, organisation, others));
            Ok((organisation, (date, last)))
        })?;
        return Ok(found.zip(asked).map(|(found, (date, organisation, others))| Ground {
            site: found.site.clone(),
            facility: found.facility.clone(),
            loaded: found.loaded.clone(),
            notices: found.notices.clone(),
            date,
            organisation,
            others,
            around: Some(Box::new(found)),
        }));
    }
    let Some((site, facility)) = facilities::by_slug(conn, site, facility)? else {
        return Ok(None);
    };
    let (organisation, others) = for_whom(conn, &site)?;
    let (date, _) = opens(&site);
    let (loaded, notices) = if look == Look::Nothing {
        (Loaded::nothing(&site), Vec::new())
    } else {
        let question = Question { site: &site, facility: &facility, organisation, from: date, to: date };
        let loaded = enquiry::load(conn, question)?;
        let day = day(site.zone, date).ok();
        (loaded, day.map_or(Ok(Vec::new()), |day| notices::within(conn, site.id, day))?)
    };
    Ok(Some(Ground { site, facility, loaded, notices, date, organisation, others, around: None }))
}

fn organisation_of(actor: &Actor, others: &[OrganisationName], whose: &Whose) -> Option<OrganisationId> {
    match whose {
        Whose::First => actor.books_for().next().map(|own| own.organisation),
        Whose::Named(slug) => {
            let own = actor.books_for().find(|own| own.slug.as_str() == slug).map(|own| own.organisation);
            own.or_else(|| others.iter().find(|one| one.slug.as_str() == slug).map(|one| one.id))
        }
        Whose::NoOrganisation => None,
    }
}
