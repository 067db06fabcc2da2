//! The tables of what facilities ask of those who use them, and of what is said and done because of it. Not a place for logic.

use super::{facility, organisation};

diesel::table! {
    facility_care (facility_id) {
        facility_id -> BigInt,
        allergens -> Bool,
        labels -> Text,
        pairs -> Text,
        checklist -> Text,
        lengths -> Text,
        induction -> Bool,
        risk_date -> Bool,
        turnaround_jobs -> Bool,
        layouts -> Text,
        entry -> Text,
        entry_hours -> Integer,
    }
}

diesel::table! {
    particulars (id) {
        id -> BigInt,
        booking_id -> Nullable<BigInt>,
        entry_id -> Nullable<BigInt>,
        allergens -> Text,
        allergen_note -> Text,
        labels -> Text,
        risk_assessed -> Nullable<Text>,
        extras -> Text,
        extras_without -> Text,
        layout -> Text,
        access -> Text,
        access_note -> Text,
    }
}

diesel::table! {
    induction (id) {
        id -> BigInt,
        facility_id -> BigInt,
        organisation_id -> Nullable<BigInt>,
        name -> Text,
        contact -> Text,
        given_on -> Text,
        valid_until -> Text,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    job (id) {
        id -> BigInt,
        occurrence_id -> BigInt,
        kind -> Text,
        lines -> Text,
        ticked -> Text,
        done_at -> BigInt,
        done_name -> Text,
        done_by -> Nullable<BigInt>,
        by_staff -> Bool,
    }
}

diesel::joinable!(facility_care -> facility (facility_id));
diesel::joinable!(induction -> facility (facility_id));
diesel::joinable!(induction -> organisation (organisation_id));
