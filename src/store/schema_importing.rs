//! The table of files that wait to be imported as diesel sees it. The others are in `schema`.

diesel::table! {
    import_draft (token_hash) {
        token_hash -> Text,
        person_id -> BigInt,
        kind -> Text,
        bytes -> Binary,
        made_at -> BigInt,
    }
}
