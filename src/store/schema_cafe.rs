//! The tables of cafés, shops and baby banks as diesel sees them. The others are in `schema`.

use super::schema::{booking, facility, occurrence, organisation, person, site};

diesel::table! {
    public_hours (facility_id) {
        facility_id -> BigInt,
        on_holidays -> Bool,
    }
}

diesel::table! {
    drop_in (id) {
        id -> BigInt,
        facility_id -> BigInt,
        name -> Text,
        for_whom -> Text,
        weekdays -> Text,
        from_minute -> Integer,
        to_minute -> Integer,
        from_date -> Text,
        to_date -> Nullable<Text>,
    }
}

diesel::table! {
    drop_in_off (drop_in_id, date) {
        drop_in_id -> BigInt,
        date -> Text,
    }
}

diesel::table! {
    open_session (booking_id) {
        booking_id -> BigInt,
        for_whom -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    opening_duty (id) {
        id -> BigInt,
        facility_id -> BigInt,
        task -> Text,
        weekday -> Nullable<Integer>,
        date -> Nullable<Text>,
        organisation_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        name -> Text,
        reach -> Text,
    }
}

diesel::table! {
    slot_stream (id) {
        id -> BigInt,
        facility_id -> BigInt,
        stream -> Text,
        places -> Integer,
        days_ahead -> Integer,
        words -> Text,
        paused -> Bool,
        paused_until -> Nullable<Text>,
        pause_words -> Text,
    }
}

diesel::table! {
    slot_hours (id) {
        id -> BigInt,
        stream_id -> BigInt,
        weekday -> Integer,
        from_minute -> Integer,
        to_minute -> Integer,
    }
}

diesel::table! {
    slot_unit (unit_id) {
        unit_id -> BigInt,
        stream_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    referrer (facility_id, organisation_id) {
        facility_id -> BigInt,
        organisation_id -> BigInt,
    }
}

diesel::table! {
    slot_visit (booking_id) {
        booking_id -> BigInt,
        stream_id -> BigInt,
        bundle -> Text,
        size -> Text,
        name -> Text,
        email -> Text,
        brings -> Text,
        asked_at -> BigInt,
        confirm_hash -> Nullable<Text>,
        confirm_until -> Nullable<BigInt>,
        cancel_hash -> Nullable<Text>,
    }
}

diesel::joinable!(drop_in -> facility (facility_id));
diesel::joinable!(drop_in_off -> drop_in (drop_in_id));
diesel::joinable!(slot_hours -> slot_stream (stream_id));
diesel::joinable!(slot_unit -> slot_stream (stream_id));

diesel::allow_tables_to_appear_in_same_query!(drop_in, drop_in_off);
diesel::allow_tables_to_appear_in_same_query!(drop_in, facility);
diesel::allow_tables_to_appear_in_same_query!(drop_in, site);
diesel::allow_tables_to_appear_in_same_query!(drop_in_off, facility);
diesel::allow_tables_to_appear_in_same_query!(drop_in_off, site);
diesel::allow_tables_to_appear_in_same_query!(open_session, booking);
diesel::allow_tables_to_appear_in_same_query!(open_session, occurrence);
diesel::allow_tables_to_appear_in_same_query!(open_session, facility);
diesel::allow_tables_to_appear_in_same_query!(open_session, site);
diesel::allow_tables_to_appear_in_same_query!(open_session, organisation);
diesel::allow_tables_to_appear_in_same_query!(opening_duty, organisation);
diesel::allow_tables_to_appear_in_same_query!(opening_duty, person);
diesel::allow_tables_to_appear_in_same_query!(opening_duty, facility);
diesel::allow_tables_to_appear_in_same_query!(opening_duty, site);
diesel::allow_tables_to_appear_in_same_query!(slot_stream, slot_hours, slot_unit);
diesel::allow_tables_to_appear_in_same_query!(slot_visit, slot_stream);
diesel::allow_tables_to_appear_in_same_query!(slot_visit, booking);
diesel::allow_tables_to_appear_in_same_query!(slot_visit, occurrence);
diesel::allow_tables_to_appear_in_same_query!(slot_visit, organisation);
diesel::allow_tables_to_appear_in_same_query!(slot_stream, booking);
diesel::allow_tables_to_appear_in_same_query!(slot_stream, occurrence);
diesel::allow_tables_to_appear_in_same_query!(slot_stream, organisation);
