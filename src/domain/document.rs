//! A paper of an organisation as it is kept: what it says, its file, and where it stands. Not what it is worth on a date: that is `papers`.

use chrono::NaiveDate;

use super::ids::{DocumentId, FileId, OrganisationId, Reference};
use super::papers::{PaperKind, PaperStanding, pounds};
use super::span::Instant;
use super::words::{counted, long_date};

/// One paper with everything that is shown of it.
#[derive(Debug, Clone)]
pub struct Document {
    pub id: DocumentId,
    /// What names it in links.
    pub reference: Reference,
    pub organisation: OrganisationId,
    pub kind: PaperKind,
    pub pounds: Option<i32>,
    pub issuer: String,
    pub number: String,
    /// How many people a statement of checks is about.
    pub people: Option<i32>,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub file: Option<FileFacts>,
    pub added_at: Instant,
    pub added_by: Option<String>,
    pub standing: PaperStanding,
    pub decided_at: Option<Instant>,
    /// Why it was sent back.
    pub reason: Option<String>,
}

/// What is known of a file without its bytes.
#[derive(Debug, Clone)]
pub struct FileFacts {
    pub id: FileId,
    pub name: String,
    pub size: i64,
}

impl Document {
    /// "£5,000,000, Example Mutual, policy 42": what it says, in one line.
    pub fn says(&self) -> String {
        let amount = self.pounds.map(pounds);
        let people = self.people.map(|people| format!("{} checked", counted(people.into(), "person", "people")));
        let number = Some(&self.number).filter(|number| !number.is_empty()).map(|number| format!("number {number}"));
        let issuer = Some(self.issuer.clone()).filter(|issuer| !issuer.is_empty());
        [amount, people, issuer, number].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// "From 1 April 2026 until 31 March 2027".
    pub fn good(&self) -> String {
        match self.until {
            Some(until) => format!("From {} until {}", long_date(self.from), long_date(until)),
            None => format!("Dated {}", long_date(self.from)),
        }
    }

    pub fn is_over(&self, today: NaiveDate) -> bool {
        self.until.is_some_and(|until| until < today)
    }
}

impl FileFacts {
    /// "220 kB".
    pub fn size_in_words(&self) -> String {
        if self.size < 1024 * 1024 {
            format!("{} kB", (self.size + 1023) / 1024)
        } else {
            format!("{:.1} MB", self.size as f64 / (1024.0 * 1024.0))
        }
    }
}
