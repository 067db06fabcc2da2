//! Which kinds of facility and which hours the purposes of the demo's organisations suit, read off their own words. Not who books.

/// Words that tell where a session takes place, the first that fits decides; seeds name the kinds.
const PLACES: &[(&str, &[&str])] = &[
    ("Welcome table", &["waiting"]),
    ("drop-in", &["waiting", "group"]),
    ("open to all", &["cafe"]),
    ("Bundle", &["babybank"]),
    ("Physiotherapy", &["consulting"]),
    ("ounselling", &["counselling"]),
    ("therapy", &["counselling", "consulting"]),
    ("listening", &["counselling"]),
    ("Private support", &["counselling"]),
    ("One to one", &["counselling"]),
    ("clinic", &["consulting"]),
    ("advice", &["consulting"]),
    ("help", &["consulting"]),
    ("Feeding", &["consulting"]),
    ("Lunch", &["kitchen", "group"]),
    ("Spice", &["kitchen", "group"]),
    ("cook", &["kitchen"]),
    ("Cook", &["kitchen"]),
    ("Baking", &["kitchen"]),
    ("Quiet play", &["sensory", "group"]),
    ("Sensory", &["sensory"]),
    ("play", &["group", "outdoor", "sensory"]),
    ("little ones", &["group", "outdoor", "sensory"]),
    ("garden", &["outdoor"]),
    ("Garden", &["outdoor"]),
    ("Walk", &["outdoor"]),
    ("walk", &["outdoor"]),
    ("Yard", &["outdoor"]),
    ("Outdoor", &["outdoor"]),
    ("Work party", &["outdoor"]),
    ("Growing", &["outdoor", "group"]),
];

/// Whether a session of this name takes place in a facility of that kind.
pub fn suits_kind(purpose: &str, kind: &str) -> bool {
    let kinds = PLACES.iter().find(|(word, _)| purpose.contains(word)).map_or(["group"].as_slice(), |(_, kinds)| kinds);
    kinds.contains(&kind)
}

/// Whether its name goes with a start at this minute of the day on this weekday, 0 for Monday.
pub fn suits_hour(purpose: &str, weekday: i32, start: i32) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| purpose.contains(word));
    if says(&["Weekend"]) {
        return 5 <= weekday;
    }
    if says(&["Friday"]) {
        return weekday == 4 && 12 * 60 <= start;
    }
    if says(&["vening", "night"]) {
        return 17 * 60 <= start;
    }
    if says(&["morning", "Breakfast", "offee"]) {
        return start < 12 * 60;
    }
    if says(&["After-school"]) {
        return weekday < 5 && (15 * 60..18 * 60).contains(&start);
    }
    if says(&["afternoon"]) {
        return (13 * 60..17 * 60).contains(&start);
    }
    if says(&["Lunch"]) {
        return (10 * 60..=13 * 60).contains(&start);
    }
    start < 19 * 60
}

#[cfg(test)]
mod tests {
    use super::super::world::ORGANISATIONS;
    use super::*;

    #[test]
    fn words_lead_to_the_room_that_they_mean() {
        for (purpose, kind) in [
            ("Couples counselling", "counselling"),
            ("Counselling", "counselling"),
            ("Counsellors' meeting", "group"),
            ("Physiotherapy clinic", "consulting"),
            ("Cooking on a budget", "kitchen"),
            ("Repair café", "group"),
            ("Music in the garden", "outdoor"),
        ] {
            assert!(suits_kind(purpose, kind), "{purpose} in {kind}");
        }
        assert!(!suits_kind("Counsellors' meeting", "counselling"));
        assert!(suits_hour("Evening counselling", 2, 18 * 60) && !suits_hour("Evening counselling", 2, 10 * 60));
    }

    #[test]
    fn every_purpose_has_a_place_among_what_its_organisation_books() {
        for organisation in ORGANISATIONS {
            for purpose in organisation.purposes {
                let placed = organisation.kinds.iter().any(|kind| suits_kind(purpose, kind));
                assert!(placed, "{}: {purpose}", organisation.slug);
            }
        }
    }
}
