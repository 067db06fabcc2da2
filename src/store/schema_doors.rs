//! The tables of attendance and of the screens beside doors as diesel sees them. The others are in `schema`.

use super::schema::{booking, facility, facility_care, job, occurrence, organisation, particulars, person, site};

diesel::table! {
    attendance (id) {
        id -> BigInt,
        booking_id -> BigInt,
        ordinal -> Integer,
        outcome -> Text,
        people -> Integer,
        new_people -> Integer,
        from_gp -> Integer,
        from_link_worker -> Integer,
        from_self -> Integer,
        from_other -> Integer,
        left_as_found -> Bool,
        note -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    no_show (id) {
        id -> BigInt,
        booking_id -> BigInt,
        ordinal -> Integer,
        by_site -> Bool,
        noted_at -> BigInt,
        noted_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    attendance_link (id) {
        id -> BigInt,
        token_hash -> Text,
        booking_id -> BigInt,
        ordinal -> Integer,
        created_at -> BigInt,
        ends_at -> BigInt,
    }
}

diesel::table! {
    door (id) {
        id -> BigInt,
        token_hash -> Text,
        facility_id -> BigInt,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        used_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(door -> facility (facility_id));
diesel::allow_tables_to_appear_in_same_query!(door, facility);
diesel::allow_tables_to_appear_in_same_query!(door, site);
diesel::allow_tables_to_appear_in_same_query!(no_show, booking);
diesel::allow_tables_to_appear_in_same_query!(no_show, occurrence);
diesel::allow_tables_to_appear_in_same_query!(no_show, facility);
diesel::allow_tables_to_appear_in_same_query!(no_show, organisation);
diesel::allow_tables_to_appear_in_same_query!(no_show, person);
diesel::allow_tables_to_appear_in_same_query!(no_show, site);
diesel::allow_tables_to_appear_in_same_query!(no_show, facility_care);
diesel::allow_tables_to_appear_in_same_query!(no_show, particulars);
diesel::allow_tables_to_appear_in_same_query!(no_show, job);
diesel::allow_columns_to_appear_in_same_group_by_clause!(booking::organisation_id, occurrence::state_late);
