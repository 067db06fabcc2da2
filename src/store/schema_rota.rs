//! The tables of duties as diesel sees them: who is on when, how many are needed, when people can. The others are in `schema`.

use super::schema::{booking, facility, membership, occurrence, person};

diesel::table! {
    duty (id) {
        id -> BigInt,
        handle -> Text,
        booking_id -> BigInt,
        ordinal -> Integer,
        organisation_id -> BigInt,
        person_id -> BigInt,
        given_at -> BigInt,
        given_by -> Nullable<BigInt>,
        ended -> Text,
        ended_at -> Nullable<BigInt>,
        sequence -> Integer,
        facility_id -> BigInt,
        starts_at -> BigInt,
        ends_at -> BigInt,
        seen -> Integer,
        moved_at -> Nullable<BigInt>,
        old_starts_at -> Nullable<BigInt>,
        old_ends_at -> Nullable<BigInt>,
        tentative -> Bool,
    }
}

diesel::table! {
    duty_need (booking_id) {
        booking_id -> BigInt,
        needed -> Integer,
    }
}

diesel::table! {
    availability (person_id, weekday, part) {
        person_id -> BigInt,
        weekday -> Integer,
        part -> Text,
    }
}

diesel::table! {
    days_away (id) {
        id -> BigInt,
        person_id -> BigInt,
        first_date -> Text,
        last_date -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(duty, person);
diesel::allow_tables_to_appear_in_same_query!(duty, booking);
diesel::allow_tables_to_appear_in_same_query!(duty, occurrence);
diesel::allow_tables_to_appear_in_same_query!(duty, membership);
diesel::allow_tables_to_appear_in_same_query!(duty, facility);
diesel::allow_tables_to_appear_in_same_query!(duty, duty_need);
diesel::allow_tables_to_appear_in_same_query!(duty_need, booking);
diesel::allow_tables_to_appear_in_same_query!(duty_need, person);
