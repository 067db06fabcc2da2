//! The tables of papers, their files and terms, as diesel sees them.

diesel::table! {
    file (id) {
        id -> BigInt,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        bytes -> Binary,
        added_at -> BigInt,
    }
}

diesel::table! {
    document (id) {
        id -> BigInt,
        reference -> Text,
        organisation_id -> BigInt,
        kind -> Text,
        pounds -> Nullable<Integer>,
        issuer -> Text,
        number -> Text,
        people -> Nullable<Integer>,
        valid_from -> Text,
        valid_until -> Nullable<Text>,
        file_id -> Nullable<BigInt>,
        added_at -> BigInt,
        added_by -> Nullable<BigInt>,
        standing -> Text,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        reason_id -> Nullable<BigInt>,
        look_on -> Nullable<Text>,
    }
}

diesel::table! {
    terms (id) {
        id -> BigInt,
        site_id -> BigInt,
        facility_id -> Nullable<BigInt>,
        version -> Integer,
        body -> Text,
        made_at -> BigInt,
        made_by -> Nullable<BigInt>,
    }
}
