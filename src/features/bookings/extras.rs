//! Extras and layout in the forms of a booking: the questions, how they are read, and doing without. Not whether an extra is free.

use chrono::NaiveDate;

use super::service::{Case, Draft, PlannedDate};
use crate::domain::extras::{self, Asked, Extra};
use crate::domain::hours::local_date;
use crate::domain::ids::Slug;
use crate::domain::refusal::Refusal;
use crate::domain::words::{listed, long_date};
use crate::web::forms::{Choice, Faults};

/// How many of one extra are asked for.
#[derive(Debug)]
pub struct Question {
    pub name: String,
    /// "projector=2", none first.
    pub choices: Vec<Choice>,
}

/// The extras that can be asked for on a date, with what was typed.
pub fn questions(extras: &[Extra], typed: &[String], date: NaiveDate) -> Vec<Question> {
    let there = extras.iter().filter(|extra| 0 < extra.number(date));
    there
        .map(|extra| {
            let value = |number: usize| format!("{}={number}", extra.slug);
            let chosen = |number: usize| typed.contains(&value(number));
            let some =
                (1..=extra.number(date)).map(|number| Choice::new(value(number), number.to_string(), chosen(number)));
            let none = !(1..=extra.number(date)).any(chosen);
            Question {
                name: extra.name.clone(),
                choices: [Choice::new("", "None", none)].into_iter().chain(some).collect(),
            }
        })
        .collect()
}

/// Reads what is asked for; what the place has not is not kept.
pub fn read(extras: &[Extra], typed: &[String], faults: &mut Faults) -> Vec<Asked> {
    let asked = |extra: &Extra| {
        let number =
            typed.iter().filter_map(|one| one.split_once('=')).find(|(slug, _)| *slug == extra.slug.as_str())?.1;
        Some((extra.slug.clone(), extra.name.clone(), number))
    };
    let mut found = Vec::new();
    for (extra, name, number) in extras.iter().filter_map(asked) {
        match number.parse() {
            Ok(0) => {}
            Ok(number) if number <= extras::MOST_ITEMS => found.push(Asked { extra, name, number }),
            _ => faults.add("extra", format!("Choose how many from the list: {name}")),
        }
    }
    found
}

/// As it stands in a form.
pub fn typed(asked: &[Asked]) -> Vec<String> {
    asked.iter().map(|one| format!("{}={}", one.extra, one.number)).collect()
}

/// The extras that a place would be had without, in words and by their slugs; none where something else is in the way.
pub fn without(draft: &Draft, refusals: &[Refusal]) -> Option<(String, String)> {
    if refusals.is_empty() || !refusals.iter().all(Refusal::is_about_extras) {
        return None;
    }
    let named = |asked: &&Asked| {
        refusals.iter().any(|refusal| match refusal {
            Refusal::ExtraTaken { name, .. } | Refusal::TooFewExtras { name, .. } => *name == asked.name,
            _ => false,
        })
    };
    let gone: Vec<&Asked> = draft.particulars.extras.iter().filter(named).collect();
    let names: Vec<String> = gone.iter().map(|asked| asked.name.clone()).collect();
    let slugs: Vec<&str> = gone.iter().map(|asked| asked.extra.as_str()).collect();
    Some((listed(&names), slugs.join("+")))
}

/// "projector+table", as [`without`] gives it.
pub fn read_slugs(text: &str) -> Option<Vec<Slug>> {
    text.split('+').map(Slug::parse).collect()
}

/// What a booking says, with the dates that go without some of its extras.
pub fn said(case: &Case) -> Vec<(&'static str, String)> {
    let said = &case.booking.particulars;
    let mut rows = super::care::said(said);
    let name = |slug: &Slug| said.extras.iter().find(|one| one.extra == *slug).map(|one| one.name.clone());
    let dates: Vec<String> = said
        .without
        .iter()
        .filter_map(|(ordinal, slug)| {
            let one = case.booking.occurrences.iter().find(|one| one.ordinal == *ordinal)?;
            let stands = one.state.stage().is_active();
            let date = long_date(local_date(case.site.zone, one.session.start()));
            Some(format!("{} on {date}", name(slug)?)).filter(|_| stands)
        })
        .collect();
    if !dates.is_empty() {
        rows.push(("Without", dates.join("; ")));
    }
    rows
}

/// ", without the Projector", of a date that goes without something.
pub fn going_without(case: &Case, one: &PlannedDate) -> String {
    let known = case.facilities.iter().chain([&one.facility]).flat_map(|facility| &facility.extras);
    let name = |slug: &Slug| {
        known.clone().find(|extra| extra.slug == *slug).map_or_else(|| slug.to_string(), |one| one.name.clone())
    };
    let names: Vec<String> = one.without().iter().map(name).collect();
    if names.is_empty() { String::new() } else { format!(", without: {}", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::extras::Item;
    use crate::domain::ids::UnitId;

    fn extra(name: &str, number: i64) -> Extra {
        let item = |unit| Item { unit: UnitId::new(unit), retired_from: None };
        Extra { slug: Slug::from_name(name).unwrap(), name: name.to_owned(), items: (1..=number).map(item).collect() }
    }

    #[test]
    fn what_is_typed_is_read_and_shown_again() {
        let all = [extra("Projector", 1), extra("Folding table", 3)];
        let typed_in = |texts: &[&str]| texts.iter().map(|one| (*one).to_owned()).collect::<Vec<String>>();
        let sent = typed_in(&["", "folding-table=2", "flute=1"]);
        let mut faults = Faults::none();
        let asked = read(&all, &sent, &mut faults);
        assert!(faults.is_empty());
        assert_eq!(typed(&asked), ["folding-table=2"]);
        let shown = questions(&all, &sent, "2026-11-24".parse().unwrap());
        let chosen: Vec<&str> =
            shown.iter().flat_map(|one| &one.choices).filter(|one| one.chosen).map(|one| one.label.as_str()).collect();
        assert_eq!(chosen, ["None", "2"]);
        for wrong in ["projector=13", "projector=-1", "projector=x"] {
            let mut faults = Faults::none();
            assert!(read(&all, &typed_in(&[wrong]), &mut faults).is_empty());
            assert!(faults.of("extra").is_some(), "{wrong}");
        }
        assert!(read(&all, &typed_in(&["projector=0"]), &mut Faults::none()).is_empty());
    }
}
