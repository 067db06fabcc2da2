-- A file that was looked at and waits to be imported, one a person. It goes when it is imported, with the next one, or after a day.
CREATE TABLE import_draft (
    token_hash TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL UNIQUE REFERENCES person (id),
    kind TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);
