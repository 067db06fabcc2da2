-- Calendars that read by themselves: one secret address each, of which only the hash is kept.
CREATE TABLE feed (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES person (id),
    organisation_id BIGINT REFERENCES organisation (id),
    site_id BIGINT REFERENCES site (id),
    facility_id BIGINT REFERENCES facility (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    -- What it is of: one of these, or none of them for all of the person's own.
    CHECK (organisation_id IS NULL OR (site_id IS NULL AND facility_id IS NULL)),
    CHECK (site_id IS NULL OR facility_id IS NULL)
);
CREATE INDEX feed_person ON feed (person_id);
