//! What stands in the way of erasing somebody, as pages show it. Not what that is.

use crate::domain::hours::local_date;
use crate::domain::leaving::Obstacle;
use crate::domain::words::{counted, date_without_year};
use crate::urls;

/// So many bookings are named.
const MOST: usize = 12;

/// One thing to settle first, with where that is done.
#[derive(Debug)]
pub struct ObstacleView {
    pub words: String,
    pub link: Option<(String, &'static str)>,
    /// Bookings with their days.
    pub bookings: Vec<(String, String, String)>,
    /// How many more there are than stand here.
    pub more: usize,
    /// As a form carries it; empty where nothing can be handed over.
    pub of: String,
    pub others: Vec<(String, String)>,
}

/// The views of all obstacles; `own` where people look at their own.
pub fn obstacle_views(obstacles: &[Obstacle], own: bool) -> Vec<ObstacleView> {
    obstacles.iter().map(|one| view(one, own)).collect()
}

fn view(obstacle: &Obstacle, own: bool) -> ObstacleView {
    let (you_are, your) = if own { ("You are", "your") } else { ("They are", "their") };
    let plain = |words: String, link| ObstacleView {
        words,
        link,
        bookings: Vec::new(),
        more: 0,
        of: String::new(),
        others: Vec::new(),
    };
    match obstacle {
        Obstacle::LastCoordinator { slug, name } => plain(
            format!("{you_are} the only coordinator of {name}. Make somebody else a coordinator first."),
            Some((urls::organisation_people(slug), "Its people")),
        ),
        Obstacle::LastAdministrator => plain(
            format!(
                "{you_are} the only administrator here. Another has to be made first, by “alcove user create --administrator”."
            ),
            None,
        ),
        Obstacle::Held { reference, site } => plain(
            format!(
                "{site} has the booking {reference} to come in {your} name. Ask the site to cancel or end it first."
            ),
            None,
        ),
        Obstacle::InLine { reference, place } => plain(
            format!("There is a place in the line for {place} in {your} name ({reference}). It has to be left first."),
            Some((urls::PLOTS.to_owned(), "Plots")),
        ),
        Obstacle::Bookings(contacts) => {
            let count = i64::try_from(contacts.bookings.len()).unwrap_or_default();
            let many = counted(count, "booking", "bookings");
            let how = if contacts.others.is_empty() {
                "Nobody else can take them over, so cancel them first, or let somebody join who books."
            } else {
                "Hand them over, or cancel them."
            };
            ObstacleView {
                words: format!("{you_are} the contact for {many} to come of {}. {how}", contacts.name),
                link: None,
                bookings: contacts
                    .bookings
                    .iter()
                    .take(MOST)
                    .map(|(reference, at)| {
                        let day = date_without_year(local_date(chrono_tz::Europe::London, *at));
                        (reference.to_string(), urls::booking(reference), day)
                    })
                    .collect(),
                more: contacts.bookings.len().saturating_sub(MOST),
                of: contacts.of.code(),
                others: contacts.others.clone(),
            }
        }
    }
}
