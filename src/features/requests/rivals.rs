//! Requests that ask for the same time side by side, where a request does not hold its place. Not the deciding between them.

use super::service::{Dossier, Line, holder};
use crate::domain::booking::Occurrence;
use crate::domain::ids::OrganisationId;
use crate::domain::occurrence::Stage;
use crate::domain::span::Instant;
use crate::domain::words::{date_and_clock, date_and_times};
use crate::urls;

/// One of several requests for the same time.
pub struct Rival {
    /// Where it is decided; none for the one that the page is about.
    pub href: Option<String>,
    pub holder: String,
    pub purpose: String,
    pub people: String,
    pub asked: String,
    /// The dates on which they meet.
    pub when: String,
    pub past: String,
}

/// How many dates an organisation has had confirmed at the site, and how many it has cancelled.
pub fn so_far(dossier: &Dossier, organisation: Option<OrganisationId>) -> (i64, i64) {
    let past = organisation.and_then(|organisation| dossier.past.get(&organisation));
    let of = |stage: Stage| past.and_then(|past| past.stages.get(&stage)).copied().unwrap_or_default();
    (of(Stage::Confirmed), of(Stage::Cancelled))
}

/// "2 not used, 1 cancelled late"; nothing where neither ever happened.
pub fn lapses(dossier: &Dossier, organisation: Option<OrganisationId>) -> Option<String> {
    let past = organisation.and_then(|organisation| dossier.past.get(&organisation))?;
    let said = |number: i64, words: &str| (0 < number).then(|| format!("{number} {words}"));
    let all: Vec<String> =
        [said(past.no_shows, "not used"), said(past.late, "cancelled late")].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// The requests that ask for the same time in places that a request does not hold, this one first, then as they were asked.
pub fn rivals(dossier: &Dossier) -> Vec<Rival> {
    let case = &dossier.case;
    let open: Vec<&Occurrence> = case
        .booking
        .occurrences
        .iter()
        .filter(|one| one.state.stage() == Stage::Requested)
        .filter(|one| case.facility_of(one).is_some_and(|facility| !facility.rules.holds_place))
        .collect();
    let meets = |line: &&Line| {
        line.stage == Stage::Requested
            && open.iter().any(|one| one.facility == line.facility && one.session.overlaps(line.session))
    };
    let mut lines: Vec<&Line> = dossier.around.iter().filter(meets).collect();
    lines.sort_by_key(|line| (line.asked_at, line.booking, line.session));
    let past = |organisation: Option<OrganisationId>| match so_far(dossier, organisation) {
        (0, 0) => "None yet".to_owned(),
        (confirmed, cancelled) => format!("{confirmed} confirmed, {cancelled} cancelled"),
    };
    let asked = |at: Instant| date_and_clock(case.site.zone, at);
    let people = |number: i32| number.to_string();
    let mut rivals: Vec<Rival> = Vec::new();
    for of_booking in lines.chunk_by(|a, b| a.booking == b.booking) {
        let Some(line) = of_booking.first() else {
            continue;
        };
        let when: Vec<String> = of_booking.iter().map(|line| date_and_times(line.zone, line.session)).collect();
        rivals.push(Rival {
            href: Some(urls::request(&line.reference)),
            holder: holder(line),
            purpose: line.purpose.clone(),
            people: people(line.people),
            asked: asked(line.asked_at),
            when: when.join("; "),
            past: past(line.organisation),
        });
    }
    if !rivals.is_empty() {
        let this = Rival {
            href: None,
            holder: case.booking.holder_name().to_owned(),
            purpose: case.booking.purpose.clone(),
            people: people(case.booking.people),
            asked: asked(case.booking.created_at),
            when: case.for_mail().when_all(),
            past: past(case.booking.organisation_id()),
        };
        rivals.insert(0, this);
    }
    rivals
}
