-- Papers of organisations with their files, what facilities ask for, and terms in versions.
CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    added_at BIGINT NOT NULL
);

-- A paper; only one that is accepted counts. Dates are inclusive: it is good on valid_until.
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    kind TEXT NOT NULL,
    pounds INTEGER CHECK (0 < pounds),
    issuer TEXT NOT NULL,
    number TEXT NOT NULL,
    people INTEGER CHECK (0 < people),
    valid_from TEXT NOT NULL,
    valid_until TEXT,
    file_id BIGINT REFERENCES file (id),
    added_at BIGINT NOT NULL,
    added_by BIGINT REFERENCES person (id),
    standing TEXT NOT NULL CHECK (standing IN ('awaiting', 'accepted', 'returned', 'withdrawn')),
    decided_at BIGINT,
    decided_by BIGINT REFERENCES person (id),
    reason_id BIGINT REFERENCES message (id),
    -- The date from which the chore looks at it again; null where there is nothing more to say.
    look_on TEXT,
    CHECK (valid_until IS NULL OR valid_from <= valid_until)
);
CREATE INDEX document_organisation ON document (organisation_id, standing);
CREATE INDEX document_awaiting ON document (added_at) WHERE standing = 'awaiting';
CREATE INDEX document_file ON document (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX document_look ON document (look_on) WHERE look_on IS NOT NULL;

-- What must be on file, "liability=5000000 hygiene"; empty for nothing.
ALTER TABLE facility_rules ADD COLUMN papers TEXT NOT NULL DEFAULT '';
-- While conditional, the papers that it waits for; once confirmed, those that were set aside.
ALTER TABLE occurrence ADD COLUMN papers TEXT;

-- The terms of a site, or of one facility that has its own.
CREATE TABLE terms (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT REFERENCES facility (id),
    version INTEGER NOT NULL CHECK (0 < version),
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT REFERENCES person (id)
);
CREATE INDEX terms_site ON terms (site_id, facility_id);
-- The terms that hold for a facility now, its own or its site's, and those that a booking was made under.
ALTER TABLE facility ADD COLUMN terms_id BIGINT REFERENCES terms (id);
ALTER TABLE booking ADD COLUMN terms_id BIGINT REFERENCES terms (id);
CREATE INDEX booking_terms ON booking (terms_id, organisation_id) WHERE terms_id IS NOT NULL;
