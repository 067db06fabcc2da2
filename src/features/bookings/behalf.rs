//! Booking for others: what the site's staff choose and read in the booking form, beside what every booker does. Not the form itself.

use super::draft::NewBooking;
use super::service::{Draft, Form, Whose};
use crate::domain::holder::{Contact, Holder, HolderId, Reach};
use crate::domain::judge::Verdict;
use crate::domain::person;
use crate::domain::places::{Facility, Site};
use crate::domain::policy::Actor;
use crate::domain::refusal::Refusal;
use crate::web::forms::{Choice, Faults};

/// The value of `whom` for somebody without an account.
const PERSON: &str = "person";

/// What the form offers to those who may book for others.
#[derive(Debug)]
pub struct Staff {
    /// Organisations that are not their own.
    pub others: Vec<Choice>,
    /// Whether a person is chosen.
    pub person: bool,
    /// What stands beside the first choice.
    pub label: &'static str,
}

/// The choices of the site's staff; none for everybody else.
pub fn staff(actor: &Actor, form: &Form, typed: &NewBooking) -> Option<Staff> {
    let other = form.others.iter().filter(|one| !actor.may_book_for(one.id));
    let choice = |slug: &str, name: &str| Choice::new(slug, name, typed.organisation == slug);
    actor.is_staff(form.site.id).then(|| Staff {
        others: other.map(|one| choice(one.slug.as_str(), &one.name)).collect(),
        person: typed.whom == PERSON,
        label: if actor.manages(form.site.id) { "An organisation, or the site itself" } else { "An organisation" },
    })
}

/// For whom a form as it was sent is filled in.
pub fn whose(typed: &NewBooking) -> Whose {
    if typed.whom == PERSON { Whose::NoOrganisation } else { Whose::Named(typed.organisation.clone()) }
}

/// For whom it is, if this person may book for them here.
pub fn holder(typed: &NewBooking, actor: &Actor, form: &Form, faults: &mut Faults) -> Option<HolderId> {
    let site = &form.site;
    let staff = actor.is_staff(site.id);
    let found = if typed.whom == PERSON && staff {
        return contact(typed, faults).map(Holder::Person);
    } else if typed.whom == PERSON {
        None
    } else if typed.organisation == site.slug.as_str() && actor.manages(site.id) {
        Some(Holder::Site)
    } else {
        form.organisation.map(Holder::Organisation)
    };
    if found.is_none() {
        faults.add("organisation", "Choose whom you book for");
    }
    found
}

fn contact(typed: &NewBooking, faults: &mut Faults) -> Option<Contact> {
    let name = person::name(&typed.person_name).map_err(|fault| fault.words("the name of the person"));
    let reach = Reach::parse(&typed.person_contact);
    match (name, reach) {
        (Ok(name), Ok(reach)) => Some(Contact { name, reach }),
        (name, reach) => {
            name.err().into_iter().for_each(|words| faults.add("person_name", words));
            reach.err().into_iter().for_each(|words| faults.add("person_contact", words));
            None
        }
    }
}

/// Why rules are to be set aside, if anything is written there and this person may say so.
pub fn reason(
    typed: &NewBooking,
    actor: &Actor,
    (site, holder): (&Site, &HolderId),
    faults: &mut Faults,
) -> Option<String> {
    let reason = faults.paragraphs("set_aside", &typed.set_aside, 500);
    if !reason.is_empty() && !actor.may_set_aside(site.id, holder) {
        faults.add("set_aside", "The rules hold here. Only those who manage the site set them aside, and for others");
    }
    Some(reason).filter(|reason| !reason.is_empty())
}

/// Whether the page that lists the refusals offers to set them aside: to those who may, where nothing else is in the way.
pub fn may_set_aside(actor: &Actor, site: &Site, draft: &Draft, refusals: &[Refusal]) -> bool {
    let all = !refusals.is_empty() && refusals.iter().all(Refusal::may_be_set_aside);
    (all || draft.set_aside.is_some()) && actor.may_set_aside(site.id, &draft.holder)
}

/// Asked for with the button, but without a reason.
pub fn lacks_reason(typed: &NewBooking, draft: &Draft, faults: &mut Faults) -> bool {
    let lacks = typed.step == "aside" && draft.set_aside.is_none();
    if lacks {
        faults.add("set_aside", "Say why these rules do not hold this time");
    }
    lacks
}

/// What a check page says about whom it is for.
#[derive(Debug)]
pub struct For {
    pub name: String,
    /// Who hears of it, and whose it is then; empty for one's own.
    pub then: String,
    pub privacy: &'static str,
    /// The rules that are set aside, each once.
    pub set_aside: Vec<String>,
    pub reason: String,
}

/// For whom a draft is, in words.
pub fn for_whom<'a>(
    actor: &Actor,
    form: &Form,
    draft: &Draft,
    verdicts: impl IntoIterator<Item = (&'a Verdict, &'a Facility)>,
) -> For {
    let other = |id| form.others.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let own = |id| actor.books_for().find(|one| one.organisation == id).map(|one| one.name.clone());
    let (name, then) = match &draft.holder {
        Holder::Site => (form.site.name.clone(), String::new()),
        Holder::Organisation(id) => match own(*id) {
            Some(name) => (name, String::new()),
            None => (
                other(*id).unwrap_or_default(),
                "We email its coordinators. It is the organisation’s own booking then: its bookers see, change and cancel it."
                    .to_owned(),
            ),
        },
        Holder::Person(contact) => (format!("{}, {}", contact.name, contact.reach), person_then(contact)),
    };
    let mut set_aside: Vec<String> = Vec::new();
    for (verdict, facility) in verdicts {
        let words = verdict.set_aside.iter().map(|one| one.rule_words(&facility.name, form.site.zone));
        for words in words {
            if !set_aside.contains(&words) {
                set_aside.push(words);
            }
        }
    }
    let reason = draft.set_aside.clone().unwrap_or_default();
    For { name, then, privacy: draft.privacy().words(), set_aside, reason }
}

fn person_then(contact: &Contact) -> String {
    match &contact.reach {
        Reach::Email(email) => format!("We email {email}. To change or cancel it they ring the site."),
        Reach::Telephone(number) => format!("They get no email. Ring them on {number} with the details."),
    }
}

/// The code of what is said once it is done.
pub fn done(actor: &Actor, draft: &Draft, confirmed: bool) -> &'static str {
    let (booked, requested) = match &draft.holder {
        Holder::Organisation(id) if !actor.may_book_for(*id) => ("booked-for", "requested-for"),
        Holder::Person(Contact { reach: Reach::Email(_), .. }) => ("booked-person", "requested-person"),
        Holder::Person(Contact { reach: Reach::Telephone(_), .. }) => ("booked-ring", "requested-ring"),
        Holder::Organisation(_) | Holder::Site => ("booked", "requested"),
    };
    if confirmed { booked } else { requested }
}

/// Fills in for whom an earlier booking was.
pub fn fill(typed: &mut NewBooking, actor: &Actor, form: &Form, holder: &HolderId) {
    match holder {
        Holder::Site => form.site.slug.as_str().clone_into(&mut typed.organisation),
        Holder::Person(contact) => {
            PERSON.clone_into(&mut typed.whom);
            typed.person_name.clone_from(&contact.name);
            contact.reach.as_str().clone_into(&mut typed.person_contact);
        }
        Holder::Organisation(id) => {
            let own = actor.books_for().find(|one| one.organisation == *id).map(|one| &one.slug);
            let slug = own.or_else(|| form.others.iter().find(|one| one.id == *id).map(|one| &one.slug));
            typed.organisation = slug.map(ToString::to_string).unwrap_or_default();
        }
    }
}
