//! The tables of privacy as diesel sees them: who looked at what, when an account was used, what of the history may go. Not a place for logic.

use super::schema::{booking, person};

diesel::table! {
    view_record (id) {
        id -> BigInt,
        booking_id -> BigInt,
        person_id -> BigInt,
        role -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    person_use (person_id) {
        person_id -> BigInt,
        used_at -> BigInt,
    }
}

diesel::table! {
    event_removal (older_than) {
        older_than -> BigInt,
    }
}

diesel::joinable!(view_record -> person (person_id));
diesel::allow_tables_to_appear_in_same_query!(view_record, person);
diesel::allow_tables_to_appear_in_same_query!(view_record, booking);
diesel::allow_tables_to_appear_in_same_query!(person_use, person);
