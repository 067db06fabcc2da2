-- When somebody signed in last, and how far the word has gone that rights nobody uses will lapse. Whoever is there already counts from today.
ALTER TABLE person ADD COLUMN signed_in_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN lapse_stage INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN lapse_told_at BIGINT;
UPDATE person SET signed_in_at = CAST(strftime('%s', 'now') AS INTEGER);
-- Whether the managers of a site must use a second step.
ALTER TABLE site ADD COLUMN second_step BOOLEAN NOT NULL DEFAULT FALSE;
-- The secret of an authenticator app (RFC 6238). It counts from its first right code on; last_step is the newest time step that was accepted.
CREATE TABLE second_factor (
    person_id BIGINT PRIMARY KEY REFERENCES person (id),
    secret TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL
);
-- Codes for a lost telephone, each for once and only as its SHA-256.
CREATE TABLE recovery_code (
    id INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    UNIQUE (person_id, code_hash)
);
-- What was tried and asked for, for limits that hold across copies of the program.
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX attempt_who ON attempt (what, who, at);
CREATE INDEX attempt_at ON attempt (at);
-- What somebody has signed in from: the browser and system that their list of sessions names, and nothing finer.
CREATE TABLE known_device (
    id INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    words TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    UNIQUE (person_id, words)
);
INSERT INTO known_device (person_id, words, first_at, last_at)
    SELECT person_id, device, MIN(created_at), MAX(seen_at) FROM session GROUP BY person_id, device;
-- Rights that nobody used for long: of a member, of staff or of an administrator (neither organisation nor site).
CREATE TABLE lapsed_right (
    id INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    organisation_id BIGINT REFERENCES organisation (id),
    site_id BIGINT REFERENCES site (id),
    role TEXT NOT NULL,
    lapsed_at BIGINT NOT NULL
);
CREATE INDEX lapsed_right_person ON lapsed_right (person_id);
CREATE INDEX lapsed_right_organisation ON lapsed_right (organisation_id);
CREATE INDEX lapsed_right_site ON lapsed_right (site_id);
CREATE INDEX booking_booked_by ON booking (booked_by) WHERE booked_by IS NOT NULL;
