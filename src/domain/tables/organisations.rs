//! A line about an organisation. Not its people and papers.

use super::cells::joined;
use super::sheet::shown;
use super::{Cells, Column, may, must};
use crate::domain::ids::Slug;
use crate::domain::organisation::{Class, Organisation, Register, Standing, charity_number};
use crate::domain::services::{Service, ServiceSet};
use crate::domain::words::listed;

pub const COLUMNS: &[Column] = &[
    may("organisation", "How it stands in addresses; made of the name where it is empty", "wren-support"),
    must("name", "Its name", "Wren Support"),
    may("about", "What it does; may have several lines", "Bereavement support for families."),
    must("register", "Where it is registered: england_wales, scotland, northern_ireland or none", "england_wales"),
    may("charity_number", "Its number there; empty where it is not registered", "1134567"),
    may("unregistered_reason", "Why it is not registered", ""),
    must("class", "charity, community, statutory or commercial", "charity"),
    may("standing", "approved, applied, declined or suspended; approved where it is empty", "approved"),
    may("services", "What it offers, by word, with semicolons between", "counselling; support"),
    may("trusted_at", "The sites that trust it, as in addresses, with semicolons between", "hunter-street"),
];

/// What a line says of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationLine {
    pub slug: Slug,
    pub name: String,
    pub about: String,
    pub register: Register,
    pub charity_number: String,
    pub unregistered_reason: String,
    pub class: Class,
    pub standing: Standing,
    pub services: ServiceSet,
    /// Sorted.
    pub trusted_at: Vec<Slug>,
}

impl OrganisationLine {
    pub fn of(one: &Organisation, mut trusted_at: Vec<Slug>) -> Self {
        trusted_at.sort_unstable();
        Self {
            slug: one.slug.clone(),
            name: one.name.clone(),
            about: one.about.clone(),
            register: one.register,
            charity_number: one.charity_number.clone(),
            unregistered_reason: one.unregistered_reason.clone(),
            class: one.class,
            standing: one.standing,
            services: one.services,
            trusted_at,
        }
    }

    pub fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let name = cells.line("name", "the name of the organisation", 120);
        let slug = cells.slug("organisation", &name, &["apply"]);
        let register = cells.code("register", Register::parse, &Register::ALL.map(Register::code));
        let number = register.and_then(|register| {
            let typed = cells.raw("charity_number");
            cells.take("charity_number", charity_number(register, typed))
        });
        let class = cells.code("class", Class::parse, &Class::ALL.map(Class::code));
        let standing = if cells.is_empty("standing") {
            Some(Standing::Approved)
        } else {
            cells.code("standing", Standing::parse, &Standing::ALL.map(Standing::code))
        };
        let services = cells.list("services").join(" ");
        let all = listed(&Service::ALL.map(|one| one.code().to_owned()));
        let services = cells.take("services", ServiceSet::parse(&services).ok_or_else(|| format!("Choose from {all}")));
        Some(Self {
            about: cells.paragraphs("about", 2_000),
            unregistered_reason: cells.optional_line("unregistered_reason", 500),
            trusted_at: slugs(cells, "trusted_at")?,
            slug: slug?,
            name,
            register: register?,
            charity_number: number?,
            class: class?,
            standing: standing?,
            services: services?,
        })
    }

    pub fn cells(&self) -> Vec<String> {
        let services: Vec<String> = self.services.iter().map(|one| one.code().to_owned()).collect();
        let sites: Vec<String> = self.trusted_at.iter().map(ToString::to_string).collect();
        vec![
            self.slug.to_string(),
            self.name.clone(),
            self.about.clone(),
            self.register.code().to_owned(),
            self.charity_number.clone(),
            self.unregistered_reason.clone(),
            self.class.code().to_owned(),
            self.standing.code().to_owned(),
            joined(&services),
            joined(&sites),
        ]
    }
}

/// Words of addresses, each once and sorted.
fn slugs(cells: &mut Cells<'_>, column: &'static str) -> Option<Vec<Slug>> {
    let read = |text: &str| {
        Slug::parse(text).ok_or_else(|| format!("“{}” is no word of an address, like hunter-street", shown(text)))
    };
    let read = cells.list(column).into_iter().map(read).collect::<Result<Vec<_>, _>>();
    let mut slugs = cells.take(column, read)?;
    slugs.sort_unstable();
    slugs.dedup();
    Some(slugs)
}
