//! Identifiers: row ids that never leave the program, and the references and slugs that do. Not how they are drawn at random.

use std::fmt;
use std::marker::PhantomData;

/// The id of a row of one table. It is never shown, parsed from a request or put into a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id<Of> {
    row: i64,
    of: PhantomData<Of>,
}

impl<Of> Id<Of> {
    pub const fn new(row: i64) -> Self {
        Self { row, of: PhantomData }
    }

    pub const fn row(&self) -> i64 {
        self.row
    }
}

/// Marks of what an id belongs to; they have no values.
pub mod of {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Site {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Facility {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Unit {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Organisation {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Person {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Booking {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Occurrence {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Block {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Message {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Mail {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Session {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Proposal {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Offer {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Waiting {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Notice {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Arrival {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum KeyLoan {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Feed {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Tenancy {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum PlotEntry {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum PlotOffer {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum PlotKey {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Document {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum File {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Terms {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum DropIn {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Stream {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum OpeningDuty {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Fault {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Concern {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Door {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Duty {}
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Extra {}
}

pub type SiteId = Id<of::Site>;
pub type FacilityId = Id<of::Facility>;
pub type UnitId = Id<of::Unit>;
pub type OrganisationId = Id<of::Organisation>;
pub type PersonId = Id<of::Person>;
pub type BookingId = Id<of::Booking>;
pub type OccurrenceId = Id<of::Occurrence>;
pub type BlockId = Id<of::Block>;
pub type MessageId = Id<of::Message>;
pub type MailId = Id<of::Mail>;
pub type SessionId = Id<of::Session>;
pub type ProposalId = Id<of::Proposal>;
pub type OfferId = Id<of::Offer>;
pub type WaitingId = Id<of::Waiting>;
pub type NoticeId = Id<of::Notice>;
pub type ArrivalId = Id<of::Arrival>;
pub type FeedId = Id<of::Feed>;
pub type KeyLoanId = Id<of::KeyLoan>;
pub type TenancyId = Id<of::Tenancy>;
pub type PlotEntryId = Id<of::PlotEntry>;
pub type PlotOfferId = Id<of::PlotOffer>;
pub type PlotKeyId = Id<of::PlotKey>;
pub type DocumentId = Id<of::Document>;
pub type FileId = Id<of::File>;
pub type TermsId = Id<of::Terms>;
pub type DropInId = Id<of::DropIn>;
pub type StreamId = Id<of::Stream>;
pub type OpeningDutyId = Id<of::OpeningDuty>;
pub type FaultId = Id<of::Fault>;
pub type ConcernId = Id<of::Concern>;
pub type DoorId = Id<of::Door>;
pub type DutyId = Id<of::Duty>;
pub type ExtraId = Id<of::Extra>;

/// The letters and digits of references: none that is mistaken for another, no vowel that makes a word.
pub const REFERENCE_ALPHABET: &[u8; 27] = b"BCDFGHJKMNPQRSTVWXZ23456789";
const LETTERS: usize = REFERENCE_ALPHABET.len();

/// A booking's reference, eight characters, shown as `7K2M-94QT`. Hyphen, spaces and case are ignored when it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(String);

impl Reference {
    /// Reads what a person typed or a link carries; `None` when it cannot be a reference.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain: String = typed.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase()).collect();
        let valid = plain.len() == 8 && plain.bytes().all(|b| REFERENCE_ALPHABET.contains(&b));
        valid.then_some(Self(plain))
    }

    /// Makes a reference from random bytes; bytes that would favour some letters are passed over, so more than eight are wanted.
    pub fn from_random(bytes: &[u8]) -> Option<Self> {
        let fair = LETTERS * (256 / LETTERS);
        let plain: String = bytes
            .iter()
            .filter(|b| usize::from(**b) < fair)
            .filter_map(|b| REFERENCE_ALPHABET.get(usize::from(*b) % LETTERS))
            .map(|b| char::from(*b))
            .take(8)
            .collect();
        (plain.len() == 8).then_some(Self(plain))
    }

    /// The eight characters as stored, without the hyphen.
    pub fn stored(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = self.0.split_at_checked(4).unwrap_or((&self.0, ""));
        write!(f, "{left}-{right}")
    }
}

/// The part of a path that names a site, facility or organisation: lower-case letters, digits and single hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

impl Slug {
    const LONGEST: usize = 60;

    pub fn parse(text: &str) -> Option<Self> {
        let shape = !text.is_empty()
            && text.len() <= Self::LONGEST
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        shape.then(|| Self(text.to_owned()))
    }

    /// A slug made of a name; letters outside ASCII are left out, and nothing left gives `None`.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in name.chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !c.is_alphanumeric() && c != '\'' && c != '’' && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(Self::LONGEST - 4);
        Self::parse(slug.trim_matches('-'))
    }

    /// The same slug with a number behind it, for when the plain one is taken.
    pub fn numbered(&self, number: u32) -> Self {
        Self(format!("{}-{number}", self.0))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_however_it_is_typed() {
        for typed in ["7K2M-94QT", "7k2m94qt", " 7k2m 94qt"] {
            assert_eq!(Reference::parse(typed).unwrap().to_string(), "7K2M-94QT");
        }
        for wrong in ["", "7K2M-94Q", "7K2M-94QTT", "7K2M-94QA", "7K2M-94Q\0", "ÄÄÄÄ"] {
            assert_eq!(Reference::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn random_bytes_make_a_reference_that_can_be_read_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        let made = Reference::from_random(&bytes).unwrap();
        assert_eq!(Reference::parse(&made.to_string()), Some(made));
        assert_eq!(Reference::from_random(&[255; 40]), None);
    }

    #[test]
    fn slugs_hold_no_surprise() {
        assert_eq!(Slug::from_name("St Anne’s Café, Hall 2").unwrap().as_str(), "st-annes-caf-hall-2");
        for wrong in ["", "-a", "a-", "a--b", "A", "a/b", "..", "a b"] {
            assert_eq!(Slug::parse(wrong), None, "{wrong:?}");
        }
    }
}
