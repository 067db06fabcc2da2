//! The tables of a reception as diesel sees them: who is in the building, keys on loan. The others are in `schema`.

diesel::table! {
    arrival (id) {
        id -> BigInt,
        site_id -> BigInt,
        booking_id -> Nullable<BigInt>,
        ordinal -> Nullable<Integer>,
        who -> Text,
        people -> Integer,
        alone -> Bool,
        arrived_at -> BigInt,
        arrived_by -> Nullable<BigInt>,
        left_at -> Nullable<BigInt>,
        left_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    key_loan (id) {
        id -> BigInt,
        site_id -> BigInt,
        item -> Text,
        borrower -> Text,
        reach -> Text,
        lent_at -> BigInt,
        lent_by -> Nullable<BigInt>,
        back_at -> Nullable<BigInt>,
        back_by -> Nullable<BigInt>,
    }
}
