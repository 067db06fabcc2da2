//! The tables of allotments as diesel sees them, the same for both engines. Not a place for logic.

use super::{booking, organisation};

diesel::table! {
    allotment (facility_id) {
        facility_id -> BigInt,
        season_start -> Text,
        holder_notice_days -> Integer,
        site_notice_days -> Integer,
        renew_days -> Integer,
        offer_days -> Integer,
        ask_days -> Integer,
        answer_days -> Integer,
        refusal_keeps -> Bool,
    }
}

diesel::table! {
    plot (unit_id) {
        unit_id -> BigInt,
        facility_id -> BigInt,
        number -> Text,
        size -> Integer,
        plan_row -> Nullable<Integer>,
        plan_column -> Nullable<Integer>,
        notes -> Text,
        resting -> Text,
    }
}

diesel::table! {
    tenancy (id) {
        id -> BigInt,
        booking_id -> BigInt,
        site_id -> BigInt,
        facility_id -> BigInt,
        unit_id -> BigInt,
        holder_key -> Text,
        starts_at -> BigInt,
        covered_to -> BigInt,
        rolling -> Bool,
        notice_at -> Nullable<BigInt>,
        notice_by -> Nullable<Text>,
        ends_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    plot_entry (id) {
        id -> BigInt,
        reference -> Text,
        site_id -> BigInt,
        facility_id -> BigInt,
        holder -> Text,
        organisation_id -> Nullable<BigInt>,
        contact_name -> Text,
        contact -> Text,
        holder_key -> Text,
        wish -> Text,
        note -> Text,
        joined_at -> BigInt,
        state -> Text,
        ended_at -> Nullable<BigInt>,
        confirmed_at -> BigInt,
        answer_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    plot_offer (id) {
        id -> BigInt,
        entry_id -> BigInt,
        facility_id -> BigInt,
        unit_id -> BigInt,
        starts_at -> BigInt,
        ends_at -> BigInt,
        made_at -> BigInt,
        until -> BigInt,
        state -> Text,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    plot_link (token_hash) {
        token_hash -> Text,
        entry_id -> Nullable<BigInt>,
        tenancy_id -> Nullable<BigInt>,
        ends_at -> BigInt,
    }
}

diesel::table! {
    plot_key (id) {
        id -> BigInt,
        tenancy_id -> BigInt,
        number -> Text,
        given_on -> Text,
        deposit_pence -> Integer,
        back_on -> Nullable<Text>,
        back_pence -> Nullable<Integer>,
    }
}

diesel::table! {
    plot_inspection (id) {
        id -> BigInt,
        unit_id -> BigInt,
        tenancy_id -> Nullable<BigInt>,
        on_date -> Text,
        state -> Text,
        note -> Text,
        noted_by -> Nullable<BigInt>,
    }
}

diesel::joinable!(tenancy -> booking (booking_id));

diesel::allow_tables_to_appear_in_same_query!(tenancy, booking);
diesel::allow_tables_to_appear_in_same_query!(tenancy, organisation);
diesel::allow_tables_to_appear_in_same_query!(plot_entry, organisation);
diesel::allow_tables_to_appear_in_same_query!(plot, allotment);
diesel::allow_tables_to_appear_in_same_query!(plot_entry, plot_offer);
diesel::allow_tables_to_appear_in_same_query!(plot_offer, organisation);
