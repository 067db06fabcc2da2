//! The tables of faults, and of what is told to those who lead on safeguarding, as diesel sees them. The others are in `schema`.

use super::schema::{booking, facility, file, notice, person, site_staff};

diesel::table! {
    fault (id) {
        id -> BigInt,
        reference -> Text,
        site_id -> BigInt,
        facility_id -> BigInt,
        booking_id -> Nullable<BigInt>,
        kind -> Text,
        usable -> Text,
        words -> Text,
        file_id -> Nullable<BigInt>,
        reporter_id -> Nullable<BigInt>,
        reporter_email -> Text,
        reported_at -> BigInt,
        state -> Text,
        mended_at -> Nullable<BigInt>,
        taken_by -> Nullable<BigInt>,
        block_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    fault_notice (fault_id, notice_id) {
        fault_id -> BigInt,
        notice_id -> BigInt,
    }
}

diesel::table! {
    fault_line (id) {
        id -> BigInt,
        fault_id -> BigInt,
        at -> BigInt,
        by_id -> Nullable<BigInt>,
        act -> Text,
        body -> Text,
    }
}

diesel::table! {
    safeguarding_lead (site_id, person_id) {
        site_id -> BigInt,
        person_id -> BigInt,
        since -> BigInt,
    }
}

diesel::table! {
    concern (id) {
        id -> BigInt,
        reference -> Text,
        site_id -> BigInt,
        facility_id -> BigInt,
        words -> Text,
        contact -> Text,
        told_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    concern_line (id) {
        id -> BigInt,
        concern_id -> BigInt,
        at -> BigInt,
        by_id -> BigInt,
        act -> Text,
        body -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(fault, facility);
diesel::allow_tables_to_appear_in_same_query!(fault, file);
diesel::allow_tables_to_appear_in_same_query!(fault, person);
diesel::allow_tables_to_appear_in_same_query!(fault, booking);
diesel::allow_tables_to_appear_in_same_query!(fault_notice, notice);
diesel::allow_tables_to_appear_in_same_query!(fault_line, person);
diesel::allow_tables_to_appear_in_same_query!(safeguarding_lead, person);
diesel::allow_tables_to_appear_in_same_query!(safeguarding_lead, site_staff);
diesel::allow_tables_to_appear_in_same_query!(concern, facility);
diesel::allow_tables_to_appear_in_same_query!(concern_line, person);
