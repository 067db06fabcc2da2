//! Faults of the demo world: one just reported, one that is told of, one that closes a space, one mended; and something told in confidence.

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::{self, BlockDraft, Circumstances, FaultDeed, Report};
use crate::chance::Chance;
use crate::domain::concern::ConcernText;
use crate::domain::fault::{FaultKind, Usable};
use crate::domain::ids::{OccurrenceId, Reference, Slug};
use crate::domain::person::Email;
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::domain::upload::{SafeFile, made_safe};
use crate::enquiry::closing;
use crate::mail::Mailer;
use crate::store::{Conn, StoreError, concerns, facilities, sessions};

const SITE: &str = "hunter-street";
const MANAGER: &str = "manager@example.org";
/// Leads on safeguarding at that site.
const LEAD: &str = "reception@example.org";

/// What is reported of a space, so many hours ago.
struct Seed {
    site: &'static str,
    facility: &'static str,
    kind: FaultKind,
    usable: Usable,
    words: &'static str,
    hours: i64,
    by: Option<&'static str>,
}

const OPEN: Seed = Seed {
    site: SITE,
    facility: "cedar",
    kind: FaultKind::Power,
    usable: Usable::Partly,
    words: "The ceiling light by the window flickers. The lamp on the table works.",
    hours: 3,
    by: None,
};
const TOLD: Seed = Seed {
    site: SITE,
    facility: "waiting-area",
    kind: FaultKind::Heating,
    usable: Usable::Yes,
    words: "The radiator is cold. It was cold last week, too.",
    hours: 28,
    by: Some("booker@example.org"),
};
const CLOSED: Seed = Seed {
    site: "axminster",
    facility: "yarrow",
    kind: FaultKind::Water,
    usable: Usable::No,
    words: "Water drips from the ceiling onto the carpet.",
    hours: 2,
    by: Some("volunteer@example.org"),
};
const MENDED: Seed = Seed {
    site: SITE,
    facility: "cedar",
    kind: FaultKind::Door,
    usable: Usable::Yes,
    words: "The handle was loose.",
    hours: 24 * 9,
    by: None,
};

/// Reports and does something about each.
pub fn report(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    let actor = seeded(sessions::actor(conn, cast.person(MANAGER)?, now)?, "actor")?;
    if let Some(reference) = tell(conn, cast, MENDED, (mailer, now), None)? {
        let at = circumstances(mailer, now.plus_days(-8));
        act(conn, at, &actor, &reference, &FaultDeed::Mend { open: false })?;
    }
    tell(conn, cast, OPEN, (mailer, now), Some(photo()?))?;
    if let Some(reference) = tell(conn, cast, TOLD, (mailer, now), None)? {
        let take = FaultDeed::Take(seeded(Email::parse(MANAGER).ok(), "email")?);
        act(conn, circumstances(mailer, now.plus_hours(-25)), &actor, &reference, &take)?;
        let note = FaultDeed::Note("The engineer comes on Thursday morning.".to_owned());
        act(conn, circumstances(mailer, now.plus_hours(-24)), &actor, &reference, &note)?;
        let words = "The heating is weak. Bring something warm".to_owned();
        act(conn, circumstances(mailer, now.plus_hours(-20)), &actor, &reference, &FaultDeed::Tell { words, days: 3 })?;
    }
    if let Some(reference) = tell(conn, cast, CLOSED, (mailer, now), None)? {
        let actor = seeded(sessions::actor(conn, cast.person("axminster@example.org")?, now)?, "actor")?;
        close(conn, circumstances(mailer, now), &actor, &reference)?;
    }
    confide(conn, cast, now)
}

fn circumstances(mailer: &Mailer, now: Instant) -> Circumstances<'_> {
    Circumstances { now, chance: Chance, mailer }
}

fn tell(
    conn: &mut Conn,
    cast: &Cast,
    seed: Seed,
    (mailer, now): (&Mailer, Instant),
    photo: Option<SafeFile>,
) -> Result<Option<Reference>, StoreError> {
    let Some((site, facility)) = facilities::by_slug(conn, &slug(seed.site)?, &slug(seed.facility)?)? else {
        return Ok(None);
    };
    let report = Report {
        kind: seed.kind,
        usable: seed.usable,
        words: seed.words.to_owned(),
        photo,
        booking: None,
        reporter: seed.by.map(|by| cast.person(by)).transpose()?,
        email: seed.by.and_then(|by| Email::parse(by).ok()),
    };
    allocation::report_fault(conn, circumstances(mailer, now.plus_hours(-seed.hours)), (&site, &facility), &report)
}

fn act(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    reference: &Reference,
    deed: &FaultDeed,
) -> Result<(), StoreError> {
    allocation::act_on_fault(conn, circumstances, actor, (&slug(SITE)?, reference), deed).map(|_| ())
}

/// Closes the space for the next day and a half, whatever is in the way; those lose their place and are told.
fn close(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    actor: &Actor,
    reference: &Reference,
) -> Result<(), StoreError> {
    let now = circumstances.now;
    let minute = Instant::from_seconds(now.seconds().div_euclid(60) * 60);
    let (site, space) = (slug(CLOSED.site)?, vec![slug(CLOSED.facility)?]);
    let span = seeded(Span::new(minute, minute.plus_hours(36)), "span")?;
    let units = allocation::units_of(conn, &site, &space)?;
    let met = closing::look(conn, &units, &[span], now)?;
    let seen: Vec<OccurrenceId> = met.iter().flat_map(|one| &one.hit).map(|hit| hit.occurrence).collect();
    let draft = BlockDraft {
        site,
        facilities: space,
        spans: vec![span],
        reason: CLOSED.kind.public().to_owned(),
        seen,
        instead: Vec::new(),
    };
    allocation::block_for_fault(conn, circumstances, actor, &draft, (reference, &[])).map(|_| ())
}

/// Names the lead, and leaves something for them to read.
fn confide(conn: &mut Conn, cast: &Cast, now: Instant) -> Result<(), StoreError> {
    let Some((site, facility)) = facilities::by_slug(conn, &slug(SITE)?, &slug(OPEN.facility)?)? else {
        return Ok(());
    };
    let at = now.plus_hours(-20);
    concerns::set_lead(conn, site.id, cast.person(LEAD)?, true, at)?;
    let told = ConcernText {
        words: "Somebody who waited outside on Monday seemed frightened of the person who came to fetch them. It was \
                about four in the afternoon. I may have misread it."
            .to_owned(),
        contact: "020 7946 0177, after 2pm".to_owned(),
    };
    concerns::insert(conn, &Chance.reference(), (site.id, facility.id), &told, at).map(|_| ())
}

fn slug(text: &str) -> Result<Slug, StoreError> {
    seeded(Slug::parse(text), "slug")
}

/// A small picture: a grey square with a light stripe.
fn photo() -> Result<SafeFile, StoreError> {
    seeded(made_safe("ceiling-light.png", PNG.to_vec()).ok(), "photo")
}

/// Sixty-four pixels square, in grey.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0, 143, 2, 46,
    2, 0, 0, 0, 47, 73, 68, 65, 84, 120, 218, 237, 204, 49, 13, 0, 0, 8, 4, 177, 215, 137, 255, 160, 131, 133, 25, 1,
    164, 55, 95, 154, 58, 234, 237, 122, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 224, 59, 48, 67, 70, 184, 91, 39, 22,
    201, 169, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];
