//! The tables of the waiting list and of what is offered to it. Not a place for logic.

diesel::table! {
    waiting_entry (id) {
        id -> BigInt,
        reference -> Text,
        site_id -> BigInt,
        facility_id -> BigInt,
        organisation_id -> BigInt,
        person_id -> BigInt,
        booking_id -> Nullable<BigInt>,
        ordinal -> Nullable<Integer>,
        starts_at -> BigInt,
        ends_at -> BigInt,
        units_wanted -> Text,
        purpose -> Text,
        note -> Text,
        people -> Integer,
        privacy -> Text,
        class -> Text,
        joined_at -> BigInt,
        state -> Text,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    offer (id) {
        id -> BigInt,
        entry_id -> BigInt,
        made_at -> BigInt,
        until -> BigInt,
        state -> Text,
        ended_at -> Nullable<BigInt>,
    }
}
