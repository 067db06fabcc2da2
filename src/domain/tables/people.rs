//! A line about a person: name, address and rights. Never a password.

use super::cells::{joined, yes};
use super::sheet::shown;
use super::{Cells, Column, may, must};
use crate::domain::ids::Slug;
use crate::domain::person::Email;
use crate::domain::policy::{MemberRole, StaffRole};

pub const COLUMNS: &[Column] = &[
    must("email", "The address with which they sign in", "priya.nair@example.org"),
    must("name", "Their name", "Priya Nair"),
    may("administrator", "Whether they may do everything: yes or no", "no"),
    may(
        "organisations",
        "Where they are a coordinator, booker or volunteer, with semicolons between",
        "wren-support: booker; robin-trust: volunteer",
    ),
    may("sites", "Where they are a manager or receptionist, with semicolons between", "hunter-street: receptionist"),
];

/// What a line says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    pub email: Email,
    pub name: String,
    pub administrator: bool,
    /// Sorted by organisation.
    pub organisations: Vec<(Slug, MemberRole)>,
    /// Sorted by site.
    pub sites: Vec<(Slug, StaffRole)>,
}

impl PersonLine {
    pub fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let email = cells.raw("email");
        let email = cells.take("email", Email::parse(email));
        let members = MemberRole::ALL.map(MemberRole::code);
        let organisations = roles(cells, "organisations", MemberRole::parse, &members);
        let sites = roles(cells, "sites", StaffRole::parse, &StaffRole::ALL.map(StaffRole::code));
        Some(Self {
            name: cells.line("name", "their name", 80),
            administrator: cells.yes("administrator", false),
            email: email?,
            organisations: organisations?,
            sites: sites?,
        })
    }

    pub fn cells(&self) -> Vec<String> {
        let pair = |slug: &Slug, role: &str| format!("{slug}: {role}");
        let organisations: Vec<String> =
            self.organisations.iter().map(|(slug, role)| pair(slug, role.code())).collect();
        let sites: Vec<String> = self.sites.iter().map(|(slug, role)| pair(slug, role.code())).collect();
        vec![self.email.to_string(), self.name.clone(), yes(self.administrator), joined(&organisations), joined(&sites)]
    }
}

/// "wren-support: booker; robin-trust: volunteer", each place once and sorted.
fn roles<R>(
    cells: &mut Cells<'_>,
    column: &'static str,
    parse: fn(&str) -> Option<R>,
    all: &[&str],
) -> Option<Vec<(Slug, R)>> {
    let one = |text: &str| {
        let (slug, role) = text.split_once(':').unwrap_or((text, ""));
        let read = Slug::parse(slug.trim()).zip(parse(&role.trim().to_lowercase()));
        let example = all.first().copied().unwrap_or_default();
        read.ok_or_else(|| {
            format!(
                "Write it like “hunter-street: {example}”, with one of {}. “{}” is not so",
                all.join(", "),
                shown(text)
            )
        })
    };
    let read = cells.list(column).into_iter().map(one).collect::<Result<Vec<_>, _>>();
    let mut read = cells.take(column, read)?;
    read.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let twice = read.windows(2).any(|two| matches!(two, [one, other] if one.0 == other.0));
    if twice {
        cells.problem(column, "Name each place once");
        return None;
    }
    Some(read)
}
