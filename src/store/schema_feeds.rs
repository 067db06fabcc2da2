//! The table of calendar feeds as diesel sees it. The others are in `schema`.

use super::schema::{facility, organisation, site};

diesel::table! {
    feed (id) {
        id -> BigInt,
        token_hash -> Text,
        person_id -> BigInt,
        organisation_id -> Nullable<BigInt>,
        site_id -> Nullable<BigInt>,
        facility_id -> Nullable<BigInt>,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(feed -> organisation (organisation_id));
diesel::allow_tables_to_appear_in_same_query!(feed, organisation);
diesel::allow_tables_to_appear_in_same_query!(feed, site);
diesel::allow_tables_to_appear_in_same_query!(feed, facility);
