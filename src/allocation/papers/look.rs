//! Looking at papers that run out: mail at 60, 30 and 7 days and when it is over, each once; and dates after that become conditional.

use chrono_tz::Tz;

use super::super::case::Circumstances;
use super::review;
use crate::domain::document::Document;
use crate::domain::history::EventKind;
use crate::domain::hours::local_date;
use crate::domain::organisation::Organisation;
use crate::domain::papers::{PaperStanding, Word, due_word, next_look};
use crate::domain::rendered::Rendered;
use crate::mail::accounts::Recipient;
use crate::store::events::{self, NewEvent};
use crate::store::{Conn, StoreError, engine, organisations, papers, share};

/// Papers belong to no site, so their days are those of the clock that all the sites go by.
pub(super) const ZONE: Tz = chrono_tz::Europe::London;

/// Looks at the papers that are due, at most so many, and says how many. Running it twice, or in two copies, does no harm.
///
/// # Errors
/// Surprises of the store; everything is rolled back then.
pub fn look_at_papers(conn: &mut Conn, circumstances: Circumstances<'_>, most: i64) -> Result<usize, StoreError> {
    let today = local_date(ZONE, circumstances.now);
    let due = papers::due(conn, today, most)?;
    for known in &due {
        let sites = papers::sites_of(conn, known.organisation)?;
        engine::lock_all(conn, &sites, Some(known.organisation))?;
        let found = papers::by_reference(conn, &known.reference)?;
        let Some(document) = found.filter(|one| one.standing == PaperStanding::Accepted) else {
            papers::set_look(conn, known.id, None)?;
            continue;
        };
        if let Some(organisation) = organisations::by_id(conn, document.organisation)? {
            look(conn, circumstances, &organisation, &document)?;
        }
    }
    Ok(due.len())
}

fn look(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    organisation: &Organisation,
    document: &Document,
) -> Result<(), StoreError> {
    let today = local_date(ZONE, circumstances.now);
    let Some(until) = document.until else {
        return papers::set_look(conn, document.id, None);
    };
    papers::set_look(conn, document.id, next_look(until, today))?;
    let Some(word) = due_word(until, today) else {
        return Ok(());
    };
    if word == Word::Over {
        let line = NewEvent { organisation: Some(organisation.id), ..NewEvent::new(EventKind::PaperRanOut, None) };
        events::insert(conn, &line, circumstances.now)?;
    }
    // Where a newer one of the kind has been added already, nobody has to be told.
    let renewed = papers::of_organisation(conn, organisation.id)?.into_iter().any(|other| {
        let counts = matches!(other.standing, PaperStanding::Accepted | PaperStanding::Awaiting);
        counts && other.kind == document.kind && other.until.is_none_or(|other| until < other)
    });
    if !renewed {
        tell(conn, circumstances, organisation, document, word)?;
    }
    review(conn, circumstances, organisation.id)?;
    Ok(())
}

fn tell(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    organisation: &Organisation,
    document: &Document,
    word: Word,
) -> Result<(), StoreError> {
    let code = match word {
        Word::Left(days) => days.to_string(),
        Word::Over => "over".to_owned(),
    };
    for (number, reader) in share::coordinators(conn, organisation.id)?.into_iter().enumerate() {
        let to = Recipient { name: &reader.name, email: &reader.email };
        let mail = circumstances.mailer.paper_runs_out(&to, organisation, document, word == Word::Over);
        let once = Some(format!("paper/{}/{code}/{number}", document.reference.stored()));
        circumstances.post(conn, Some(Rendered { once, ..mail }))?;
    }
    Ok(())
}
