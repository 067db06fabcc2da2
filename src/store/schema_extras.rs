//! The tables of extras that are lent with spaces, and of the list that the last one out ticks. Not a place for logic.

use super::schema::{facility, facility_care, facility_rules, facility_unit, occupancy, occurrence, site, unit};
use super::schema_faults::{concern, safeguarding_lead};
use super::schema_reception::key_loan;

diesel::table! {
    extra (id) {
        id -> BigInt,
        site_id -> BigInt,
        slug -> Text,
        name -> Text,
        for_all -> Bool,
    }
}

diesel::table! {
    extra_unit (unit_id) {
        unit_id -> BigInt,
        extra_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    closing_list (site_id) {
        site_id -> BigInt,
        lines -> Text,
    }
}

diesel::table! {
    closing (id) {
        id -> BigInt,
        site_id -> BigInt,
        closed_on -> Text,
        lines -> Text,
        ticked -> Text,
        done_at -> BigInt,
        done_name -> Text,
        done_by -> Nullable<BigInt>,
        by_staff -> Bool,
    }
}

diesel::joinable!(extra_unit -> extra (extra_id));
diesel::joinable!(extra_unit -> unit (unit_id));

diesel::allow_tables_to_appear_in_same_query!(extra, extra_unit);
diesel::allow_tables_to_appear_in_same_query!(extra, unit);
diesel::allow_tables_to_appear_in_same_query!(extra, facility_unit);
diesel::allow_tables_to_appear_in_same_query!(extra, facility);
diesel::allow_tables_to_appear_in_same_query!(extra, facility_rules);
diesel::allow_tables_to_appear_in_same_query!(extra, facility_care);
diesel::allow_tables_to_appear_in_same_query!(extra, site);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, unit);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, facility_unit);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, facility);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, facility_rules);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, facility_care);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, site);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, occupancy);
diesel::allow_tables_to_appear_in_same_query!(extra_unit, occurrence);
diesel::allow_tables_to_appear_in_same_query!(closing, site, closing_list);
diesel::allow_tables_to_appear_in_same_query!(key_loan, site);
diesel::allow_tables_to_appear_in_same_query!(key_loan, closing);
diesel::allow_tables_to_appear_in_same_query!(key_loan, closing_list);
diesel::allow_tables_to_appear_in_same_query!(concern, site);
diesel::allow_tables_to_appear_in_same_query!(concern, closing);
diesel::allow_tables_to_appear_in_same_query!(concern, closing_list);
diesel::allow_tables_to_appear_in_same_query!(safeguarding_lead, site);
diesel::allow_tables_to_appear_in_same_query!(safeguarding_lead, closing);
diesel::allow_tables_to_appear_in_same_query!(safeguarding_lead, closing_list);
