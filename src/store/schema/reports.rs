//! What reports group by beyond what is booked, and which tables and columns they put together. Not a place for logic.

use super::{booking, facility, facility_rules, facility_unit, occurrence, organisation, site, unit};
use crate::store::schema_doors::attendance;
use crate::store::schema_extras::extra_unit;

diesel::table! {
    site_funding (site_id) {
        site_id -> BigInt,
        funder -> Text,
    }
}

diesel::table! {
    facility_funding (facility_id) {
        facility_id -> BigInt,
        funder -> Text,
        in_use_from -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(site_funding, facility_funding);
diesel::allow_tables_to_appear_in_same_query!(site_funding, site);
diesel::allow_tables_to_appear_in_same_query!(site_funding, facility);
diesel::allow_tables_to_appear_in_same_query!(site_funding, facility_rules);
diesel::allow_tables_to_appear_in_same_query!(site_funding, facility_unit);
diesel::allow_tables_to_appear_in_same_query!(site_funding, unit);
diesel::allow_tables_to_appear_in_same_query!(site_funding, extra_unit);
diesel::allow_tables_to_appear_in_same_query!(facility_funding, site);
diesel::allow_tables_to_appear_in_same_query!(facility_funding, facility);
diesel::allow_tables_to_appear_in_same_query!(facility_funding, facility_rules);
diesel::allow_tables_to_appear_in_same_query!(facility_funding, facility_unit);
diesel::allow_tables_to_appear_in_same_query!(facility_funding, unit);
diesel::allow_tables_to_appear_in_same_query!(facility_funding, extra_unit);
diesel::allow_tables_to_appear_in_same_query!(attendance, occurrence);
diesel::allow_tables_to_appear_in_same_query!(attendance, booking);
diesel::allow_tables_to_appear_in_same_query!(attendance, organisation);

diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::facility_id, booking::organisation_id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::facility_id, booking::holder);
diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::units_wanted, booking::organisation_id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::units_wanted, booking::holder);
diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::price_pence, booking::organisation_id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::price_pence, booking::holder);
diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::value_pence, booking::organisation_id);
diesel::allow_columns_to_appear_in_same_group_by_clause!(occurrence::value_pence, booking::holder);
