//! The tables of second steps, limits, devices and lapsed rights. Not a place for logic.

use super::schema::{membership, organisation, person, session, setting, site};

diesel::table! {
    second_factor (person_id) {
        person_id -> BigInt,
        secret -> Text,
        made_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_code (id) {
        id -> BigInt,
        person_id -> BigInt,
        code_hash -> Text,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    attempt (id) {
        id -> BigInt,
        what -> Text,
        who -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    known_device (id) {
        id -> BigInt,
        person_id -> BigInt,
        words -> Text,
        first_at -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    lapsed_right (id) {
        id -> BigInt,
        person_id -> BigInt,
        organisation_id -> Nullable<BigInt>,
        site_id -> Nullable<BigInt>,
        role -> Text,
        lapsed_at -> BigInt,
    }
}

diesel::joinable!(lapsed_right -> person (person_id));
diesel::allow_tables_to_appear_in_same_query!(second_factor, person);
diesel::allow_tables_to_appear_in_same_query!(second_factor, session);
diesel::allow_tables_to_appear_in_same_query!(second_factor, membership);
diesel::allow_tables_to_appear_in_same_query!(second_factor, organisation);
diesel::allow_tables_to_appear_in_same_query!(second_factor, setting);
diesel::allow_tables_to_appear_in_same_query!(lapsed_right, person);
diesel::allow_tables_to_appear_in_same_query!(lapsed_right, organisation);
diesel::allow_tables_to_appear_in_same_query!(lapsed_right, site);
