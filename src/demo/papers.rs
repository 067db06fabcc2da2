//! Papers and terms of the demo world: accepted, waiting, sent back, running out and run out; and terms in two versions.

use chrono::{Days, NaiveDate};

use super::cast::Cast;
use super::places::seeded;
use super::world::ORGANISATIONS;
use crate::allocation::{self, Circumstances};
use crate::chance::Chance;
use crate::domain::hours::local_date;
use crate::domain::ids::{OrganisationId, PersonId, Slug};
use crate::domain::papers::{PaperKind, PaperStanding, next_look};
use crate::domain::span::Instant;
use crate::domain::upload::{SafeFile, made_safe};
use crate::mail::Mailer;
use crate::store::papers::{self, Decided, NewDocument};
use crate::store::{Conn, StoreError, events, sites, terms};

/// Good for so many days from now, as if it had been renewed some time ago.
const GOOD_DAYS: u64 = 420;

/// What stands out: by the organisation's slug.
const RUNS_OUT: (&str, PaperKind, u64) = ("lanternwick", PaperKind::Liability, 24);
const RAN_OUT: (&str, PaperKind) = ("saffronby", PaperKind::FoodHygiene);
const AWAITING: [(&str, PaperKind); 2] =
    [("fingerpost", PaperKind::FoodRegistration), ("lanternwick", PaperKind::Safeguarding)];
const RETURNED: (&str, PaperKind, &str) =
    ("ladlesworth", PaperKind::RiskAssessment, "It is about another building. Please confirm the one for our kitchen");

const FIRST_TERMS: &str = "Leave the room as you found it.\nThe last group locks the outer door.\nNo smoking anywhere on the site.\n\
                           Leave by 9pm.";
const SECOND_TERMS: &str = "Leave the room as you found it, chairs stacked by the wall.\nThe last group locks the outer door.\n\
                            No smoking or vaping anywhere on the site.\nLeave by 9pm.\nReport anything broken the same day.";
const WITH_TERMS: [&str; 2] = ["hunter-street", "axminster"];

/// One page that says what it stands for.
fn page(kind: PaperKind) -> Result<SafeFile, StoreError> {
    let text = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n\
         4 0 obj<</Length 60>>stream\nBT /F1 18 Tf 60 760 Td ({}) Tj ET\nendstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        kind.words()
    );
    seeded(made_safe(&format!("{}.pdf", kind.code()), text.into_bytes()).ok(), "file")
}

fn pounds(kind: PaperKind) -> Option<i32> {
    (kind == PaperKind::Liability).then_some(5_000_000)
}

struct Added {
    organisation: OrganisationId,
    kind: PaperKind,
    from: NaiveDate,
    until: Option<NaiveDate>,
    at: Instant,
}

fn add(conn: &mut Conn, added: &Added) -> Result<crate::domain::ids::DocumentId, StoreError> {
    let reference = Chance.reference();
    let new = NewDocument {
        reference: &reference,
        organisation: added.organisation,
        kind: added.kind,
        pounds: pounds(added.kind),
        issuer: "",
        number: "",
        people: None,
        from: added.from,
        until: added.until,
        by: None,
    };
    let file = if added.kind.needs_file() { Some(page(added.kind)?) } else { None };
    papers::insert(conn, &new, file.as_ref(), added.at)
}

fn accept(
    conn: &mut Conn,
    id: crate::domain::ids::DocumentId,
    by: PersonId,
    (look_on, at): (Option<NaiveDate>, Instant),
) -> Result<(), StoreError> {
    let to = Decided { to: PaperStanding::Accepted, by: Some(by), reason: None, look_on };
    papers::decide(conn, id, PaperStanding::Awaiting, to, at).map(|_| ())
}

/// Everybody who may book has insurance, and those who cook the papers for that, since before their first booking.
pub fn file(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    let today = local_date(chrono_tz::Europe::London, now);
    let first = today.checked_sub_days(Days::new(400)).unwrap_or(today);
    let last = today.checked_add_days(Days::new(GOOD_DAYS)).unwrap_or(today);
    let by = cast.person("admin@example.org")?;
    let at = now.plus_days(-399);
    let usual = [PaperKind::Liability, PaperKind::FoodHygiene, PaperKind::FoodRegistration];
    for seed in ORGANISATIONS.iter().filter(|seed| seed.state != "applied") {
        let organisation = cast.organisation(seed.slug)?;
        for kind in usual {
            let waits = AWAITING.contains(&(seed.slug, kind));
            let until = match (seed.slug, kind) {
                (RUNS_OUT_SLUG, PaperKind::Liability) => today.checked_add_days(Days::new(RUNS_OUT.2)),
                (RAN_OUT_SLUG, PaperKind::FoodHygiene) => today.checked_sub_days(Days::new(3)),
                _ => Some(last),
            };
            let at = if waits { now.plus_hours(-20) } else { at };
            let id = add(conn, &Added { organisation, kind, from: first, until, at })?;
            if !waits {
                let look_on = until.and_then(|until| next_look(until, first));
                accept(conn, id, by, (look_on, at))?;
            }
        }
    }
    let today_only =
        |organisation, kind| Added { organisation, kind, from: today, until: None, at: now.plus_hours(-30) };
    for (slug, kind) in AWAITING.into_iter().filter(|(_, kind)| !usual.contains(kind)) {
        add(conn, &today_only(cast.organisation(slug)?, kind))?;
    }
    let (slug, kind, reason) = RETURNED;
    let id = add(conn, &today_only(cast.organisation(slug)?, kind))?;
    let reason = events::write_message(conn, None, reason, Some(by), now.plus_hours(-10))?;
    let to = Decided { to: PaperStanding::Returned, by: Some(by), reason: Some(reason), look_on: None };
    papers::decide(conn, id, PaperStanding::Awaiting, to, now.plus_hours(-10))?;
    Ok(())
}

const RUNS_OUT_SLUG: &str = RUNS_OUT.0;
const RAN_OUT_SLUG: &str = RAN_OUT.0;

/// After the story: the papers that run out are looked at, which makes dates after that conditional; and the terms are written.
pub fn run_out(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    let circumstances = Circumstances { now, chance: Chance, mailer };
    allocation::look_at_papers(conn, circumstances, 1_000)?;
    for slug in WITH_TERMS {
        let slug = seeded(Slug::parse(slug), "slug")?;
        let site = seeded(sites::by_slug(conn, &slug)?, "slug")?;
        let by = Some(cast.person("admin@example.org")?);
        terms::publish(conn, (site.id, None), FIRST_TERMS, by, now.plus_days(-300))?;
        terms::publish(conn, (site.id, None), SECOND_TERMS, by, now.plus_days(-14))?;
    }
    Ok(())
}
