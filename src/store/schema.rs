//! The tables as diesel sees them, the same for both engines; a test compares them with each engine. Not a place for logic.

mod care;
mod papers;
pub mod plots;
pub mod reports;
mod waiting;

pub use care::{facility_care, induction, job, particulars};
pub use papers::{document, file, terms};
pub use waiting::{offer, waiting_entry};

diesel::table! {
    setting (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    person (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
        email_confirmed_at -> Nullable<BigInt>,
        password_hash -> Nullable<Text>,
        is_administrator -> Bool,
        created_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        signed_in_at -> BigInt,
        lapse_stage -> Integer,
        lapse_told_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    organisation (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        about -> Text,
        register -> Text,
        charity_number -> Text,
        unregistered_reason -> Text,
        class -> Text,
        state -> Text,
        applied_at -> BigInt,
        applied_by -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        decline_reason -> Text,
        services -> Text,
        volunteers_see_all -> Bool,
    }
}

diesel::table! {
    membership (id) {
        id -> BigInt,
        organisation_id -> BigInt,
        person_id -> BigInt,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    session (id) {
        id -> BigInt,
        token_hash -> Text,
        person_id -> BigInt,
        scope -> Text,
        device -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        ends_at -> BigInt,
    }
}

diesel::table! {
    link (id) {
        id -> BigInt,
        token_hash -> Text,
        purpose -> Text,
        person_id -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        role -> Text,
        email -> Text,
        created_at -> BigInt,
        ends_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sign_in_failure (id) {
        id -> BigInt,
        email -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    site (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        street -> Text,
        town -> Text,
        postcode -> Text,
        phone -> Text,
        about -> Text,
        arrival -> Text,
        time_zone -> Text,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        step_free -> Bool,
        retired_from -> Nullable<Text>,
        change_number -> BigInt,
        nation -> Text,
        priority_classes -> Text,
        named_sessions -> Text,
        safety -> Text,
        charges_late -> Bool,
        charges_absent -> Bool,
        second_step -> Bool,
    }
}

diesel::table! {
    site_staff (id) {
        id -> BigInt,
        site_id -> BigInt,
        person_id -> BigInt,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    site_trust (organisation_id, site_id) {
        site_id -> BigInt,
        organisation_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    facility (id) {
        id -> BigInt,
        site_id -> BigInt,
        slug -> Text,
        name -> Text,
        kind -> Text,
        room -> Text,
        floor -> Text,
        about -> Text,
        arrival -> Text,
        needs -> Text,
        unit_choice -> Text,
        listed -> Bool,
        position -> Integer,
        retired_from -> Nullable<Text>,
        fallback_id -> Nullable<BigInt>,
        safety -> Text,
        terms_id -> Nullable<BigInt>,
        rates -> Text,
    }
}

diesel::table! {
    unit (id) {
        id -> BigInt,
        site_id -> BigInt,
        name -> Text,
        retired_from -> Nullable<Text>,
    }
}

diesel::table! {
    facility_unit (facility_id, unit_id) {
        facility_id -> BigInt,
        unit_id -> BigInt,
        position -> Integer,
    }
}

diesel::table! {
    weekly_hours (id) {
        id -> BigInt,
        site_id -> BigInt,
        facility_id -> Nullable<BigInt>,
        weekday -> Integer,
        from_minute -> Integer,
        to_minute -> Integer,
    }
}

diesel::table! {
    facility_rules (facility_id) {
        facility_id -> BigInt,
        step_minutes -> Integer,
        start_minutes -> Text,
        shortest_minutes -> Integer,
        longest_minutes -> Integer,
        set_up_minutes -> Integer,
        turnaround_minutes -> Integer,
        own_may_touch -> Bool,
        notice_minutes -> Integer,
        horizon_days -> Integer,
        capacity -> Integer,
        approval -> Text,
        holds_place -> Bool,
        hold_minutes -> Integer,
        late_cancel_minutes -> Integer,
        week_bookings -> Nullable<Integer>,
        week_minutes -> Nullable<Integer>,
        privacy -> Text,
        still_needed_weeks -> Integer,
        daylight -> Bool,
        season_from -> Nullable<Text>,
        season_to -> Nullable<Text>,
        by_session -> Bool,
        horizon_commissioned_days -> Nullable<Integer>,
        warns_alone -> Bool,
        arrival_gap_minutes -> Integer,
        papers -> Text,
        classes -> Text,
        services -> Text,
    }
}

diesel::table! {
    booking (id) {
        id -> BigInt,
        reference -> Text,
        site_id -> BigInt,
        holder -> Text,
        organisation_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        booked_by -> Nullable<BigInt>,
        rule -> Nullable<Text>,
        purpose -> Text,
        note -> Text,
        people -> Integer,
        privacy -> Text,
        version -> Integer,
        sibling_of -> Nullable<BigInt>,
        created_at -> BigInt,
        rule_from -> Nullable<Text>,
        split_from -> Nullable<BigInt>,
        second_organisation_id -> Nullable<BigInt>,
        contact_name -> Text,
        contact -> Text,
        needed_asked_at -> Nullable<BigInt>,
        needed_answered_at -> Nullable<BigInt>,
        needed_look_at -> Nullable<BigInt>,
        needed_since -> Nullable<BigInt>,
        end_told -> Nullable<BigInt>,
        terms_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    occurrence (id) {
        id -> BigInt,
        booking_id -> BigInt,
        ordinal -> Integer,
        site_id -> BigInt,
        facility_id -> BigInt,
        starts_at -> BigInt,
        ends_at -> BigInt,
        occupied_from -> BigInt,
        occupied_to -> BigInt,
        local_date -> Text,
        weekday -> Integer,
        from_minute -> Integer,
        to_minute -> Integer,
        units_wanted -> Text,
        state -> Text,
        state_at -> BigInt,
        state_by -> Nullable<BigInt>,
        state_until -> Nullable<BigInt>,
        state_late -> Bool,
        state_reason -> Nullable<BigInt>,
        sequence -> Integer,
        ended_at -> Nullable<BigInt>,
        papers -> Nullable<Text>,
        rate -> Nullable<Text>,
        price_pence -> Nullable<BigInt>,
        value_pence -> Nullable<BigInt>,
    }
}

diesel::table! {
    block (id) {
        id -> BigInt,
        site_id -> BigInt,
        reason -> Text,
        is_closure -> Bool,
        starts_at -> BigInt,
        ends_at -> BigInt,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        lifted_at -> Nullable<BigInt>,
        group_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    occupancy (id) {
        id -> BigInt,
        unit_id -> BigInt,
        starts_at -> BigInt,
        ends_at -> BigInt,
        is_long -> Bool,
        occurrence_id -> Nullable<BigInt>,
        block_id -> Nullable<BigInt>,
        proposal_id -> Nullable<BigInt>,
        offer_id -> Nullable<BigInt>,
        void_at -> Nullable<BigInt>,
        plot_offer_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    message (id) {
        id -> BigInt,
        booking_id -> Nullable<BigInt>,
        body -> Text,
        written_at -> BigInt,
        written_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    event (id) {
        id -> BigInt,
        at -> BigInt,
        actor_id -> Nullable<BigInt>,
        kind -> Text,
        site_id -> Nullable<BigInt>,
        facility_id -> Nullable<BigInt>,
        booking_id -> Nullable<BigInt>,
        occurrence_id -> Nullable<BigInt>,
        organisation_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        message_id -> Nullable<BigInt>,
        number -> Nullable<BigInt>,
    }
}

diesel::table! {
    submission (nonce_hash) {
        nonce_hash -> Text,
        person_id -> Nullable<BigInt>,
        result -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        once_key -> Nullable<Text>,
        kind -> Text,
        site_id -> Nullable<BigInt>,
        booking_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
        recipient -> Text,
        reply_to -> Text,
        subject -> Text,
        body_text -> Text,
        body_html -> Text,
        calendar -> Nullable<Text>,
        calendar_method -> Nullable<Text>,
        message_id -> Text,
        thread_id -> Nullable<Text>,
        holds_token -> Bool,
        created_at -> BigInt,
        not_after -> Nullable<BigInt>,
        state -> Text,
        attempts -> Integer,
        next_at -> BigInt,
        leased_until -> BigInt,
        ended_at -> Nullable<BigInt>,
        last_error -> Text,
    }
}

diesel::table! {
    site_date (id) {
        id -> BigInt,
        site_id -> BigInt,
        date -> Text,
        name -> Text,
    }
}

diesel::table! {
    notice (id) {
        id -> BigInt,
        site_id -> BigInt,
        facility_id -> Nullable<BigInt>,
        starts_at -> BigInt,
        ends_at -> BigInt,
        words -> Text,
        group_id -> Nullable<BigInt>,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        lifted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    proposal (id) {
        id -> BigInt,
        occurrence_id -> BigInt,
        facility_id -> BigInt,
        starts_at -> BigInt,
        ends_at -> BigInt,
        occupied_from -> BigInt,
        occupied_to -> BigInt,
        units_wanted -> Text,
        asked_at -> BigInt,
        asked_by -> Nullable<BigInt>,
        until -> BigInt,
        state -> Text,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        reason -> Nullable<BigInt>,
    }
}

diesel::joinable!(membership -> organisation (organisation_id));
diesel::joinable!(membership -> person (person_id));
diesel::joinable!(session -> person (person_id));
diesel::joinable!(link -> person (person_id));
diesel::joinable!(link -> organisation (organisation_id));
diesel::joinable!(site_staff -> site (site_id));
diesel::joinable!(site_staff -> person (person_id));
diesel::joinable!(site_trust -> site (site_id));
diesel::joinable!(site_trust -> organisation (organisation_id));
diesel::joinable!(facility -> site (site_id));
diesel::joinable!(unit -> site (site_id));
diesel::joinable!(facility_unit -> facility (facility_id));
diesel::joinable!(facility_unit -> unit (unit_id));
diesel::joinable!(weekly_hours -> site (site_id));
diesel::joinable!(weekly_hours -> facility (facility_id));
diesel::joinable!(facility_rules -> facility (facility_id));
diesel::joinable!(booking -> site (site_id));
diesel::joinable!(booking -> organisation (organisation_id));
diesel::joinable!(occurrence -> booking (booking_id));
diesel::joinable!(occurrence -> facility (facility_id));
diesel::joinable!(occurrence -> site (site_id));
diesel::joinable!(occurrence -> person (state_by));
diesel::joinable!(block -> site (site_id));
diesel::joinable!(block -> person (created_by));
diesel::joinable!(occupancy -> unit (unit_id));
diesel::joinable!(occupancy -> occurrence (occurrence_id));
diesel::joinable!(occupancy -> block (block_id));
diesel::joinable!(message -> booking (booking_id));
diesel::joinable!(message -> person (written_by));
diesel::joinable!(event -> site (site_id));
diesel::joinable!(event -> facility (facility_id));
diesel::joinable!(event -> booking (booking_id));
diesel::joinable!(event -> occurrence (occurrence_id));
diesel::joinable!(event -> organisation (organisation_id));
diesel::joinable!(event -> message (message_id));
diesel::joinable!(submission -> person (person_id));
diesel::joinable!(outbox -> site (site_id));
diesel::joinable!(outbox -> booking (booking_id));
diesel::joinable!(outbox -> person (person_id));

diesel::allow_tables_to_appear_in_same_query! {
    setting, person, organisation, membership, session, link, sign_in_failure, site, site_staff, site_trust,
    facility, unit, facility_unit, weekly_hours, facility_rules, booking, occurrence, block, occupancy,
    message, event, submission, outbox, site_date, notice, proposal, waiting_entry, offer,
    document, file, terms, facility_care, particulars, induction, job,
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(booking::organisation_id, occurrence::state);
