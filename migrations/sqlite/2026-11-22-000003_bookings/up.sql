-- Bookings, their occurrences, and the occupancies that take units.
CREATE TABLE booking (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES site (id),
    holder TEXT NOT NULL,
    organisation_id BIGINT REFERENCES organisation (id),
    person_id BIGINT REFERENCES person (id),
    booked_by BIGINT REFERENCES person (id),
    rule TEXT,
    purpose TEXT NOT NULL,
    note TEXT NOT NULL,
    people INTEGER NOT NULL CHECK (0 < people),
    privacy TEXT NOT NULL,
    version INTEGER NOT NULL,
    sibling_of BIGINT REFERENCES booking (id),
    created_at BIGINT NOT NULL,
    CHECK ((holder = 'organisation') = (organisation_id IS NOT NULL))
);
CREATE INDEX booking_organisation ON booking (organisation_id, created_at);
CREATE INDEX booking_site ON booking (site_id, created_at);
CREATE INDEX booking_sibling ON booking (sibling_of) WHERE sibling_of IS NOT NULL;

-- Instants of a span are whole minutes from 2000 to 2200.
CREATE TABLE occurrence (
    id INTEGER PRIMARY KEY,
    booking_id BIGINT NOT NULL REFERENCES booking (id),
    ordinal INTEGER NOT NULL CHECK (0 < ordinal),
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    starts_at BIGINT NOT NULL CHECK (starts_at % 60 = 0 AND starts_at BETWEEN 946684800 AND 7258118400),
    ends_at BIGINT NOT NULL CHECK (ends_at % 60 = 0 AND ends_at BETWEEN 946684800 AND 7258118400),
    occupied_from BIGINT NOT NULL,
    occupied_to BIGINT NOT NULL,
    local_date TEXT NOT NULL,
    weekday INTEGER NOT NULL,
    from_minute INTEGER NOT NULL,
    to_minute INTEGER NOT NULL,
    units_wanted TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'conditional', 'confirmed', 'declined', 'withdrawn', 'expired', 'cancelled', 'displaced', 'skipped')),
    state_at BIGINT NOT NULL,
    state_by BIGINT REFERENCES person (id),
    state_until BIGINT,
    state_late BOOLEAN NOT NULL,
    state_reason BIGINT,
    sequence INTEGER NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK (occupied_from <= starts_at AND ends_at <= occupied_to),
    CHECK ((state IN ('requested', 'conditional')) = (state_until IS NOT NULL))
);
CREATE INDEX occurrence_booking ON occurrence (booking_id, ordinal);
CREATE INDEX occurrence_facility ON occurrence (facility_id, local_date);
CREATE INDEX occurrence_facility_start ON occurrence (facility_id, starts_at);
-- What waits is little and asked for on every page, so it has an index of its own.
CREATE INDEX occurrence_waiting ON occurrence (site_id, state_until) WHERE state_until IS NOT NULL;
CREATE INDEX occurrence_until ON occurrence (state_until) WHERE state_until IS NOT NULL;

CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    reason TEXT NOT NULL,
    is_closure BOOLEAN NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES person (id),
    lifted_at BIGINT,
    CHECK (starts_at < ends_at)
);
CREATE INDEX block_site ON block (site_id, starts_at);

-- The one invariant: two occupancies of one unit never overlap.
CREATE TABLE occupancy (
    id INTEGER PRIMARY KEY,
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    starts_at BIGINT NOT NULL CHECK (starts_at % 60 = 0 AND starts_at BETWEEN 946684800 AND 7258118400),
    ends_at BIGINT NOT NULL CHECK (ends_at % 60 = 0 AND ends_at BETWEEN 946684800 AND 7258118400),
    is_long BOOLEAN NOT NULL,
    occurrence_id BIGINT REFERENCES occurrence (id),
    block_id BIGINT REFERENCES block (id),
    CHECK (starts_at < ends_at),
    CHECK (is_long = (86400 < ends_at - starts_at)),
    CHECK ((occurrence_id IS NULL) <> (block_id IS NULL))
);
CREATE INDEX occupancy_guard ON occupancy (unit_id, ends_at, starts_at);
CREATE INDEX occupancy_span ON occupancy (unit_id, starts_at, ends_at);
CREATE INDEX occupancy_long ON occupancy (unit_id, ends_at) WHERE is_long;
CREATE INDEX occupancy_occurrence ON occupancy (occurrence_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX occupancy_block ON occupancy (block_id) WHERE block_id IS NOT NULL;

-- Because a unit's occupancies never overlap, the one that ends first after the new start is the only one that can clash.
CREATE TRIGGER occupancy_never_overlaps BEFORE INSERT ON occupancy
WHEN EXISTS (SELECT 1 FROM (SELECT starts_at FROM occupancy
             WHERE unit_id = NEW.unit_id AND NEW.starts_at < ends_at ORDER BY ends_at LIMIT 1)
             WHERE starts_at < NEW.ends_at)
BEGIN
    SELECT RAISE(ABORT, 'occupancy_overlaps');
END;
CREATE TRIGGER occupancy_never_updated BEFORE UPDATE ON occupancy
BEGIN
    SELECT RAISE(ABORT, 'occupancy_is_inserted_and_deleted_never_updated');
END;

-- Free text of people (reasons, messages) stands apart from the history so that it can be erased.
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    booking_id BIGINT REFERENCES booking (id),
    body TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    written_by BIGINT REFERENCES person (id)
);

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id BIGINT REFERENCES person (id),
    kind TEXT NOT NULL,
    site_id BIGINT REFERENCES site (id),
    facility_id BIGINT REFERENCES facility (id),
    booking_id BIGINT REFERENCES booking (id),
    occurrence_id BIGINT REFERENCES occurrence (id),
    organisation_id BIGINT REFERENCES organisation (id),
    person_id BIGINT REFERENCES person (id),
    message_id BIGINT REFERENCES message (id),
    number BIGINT
);
CREATE INDEX event_booking ON event (booking_id, id) WHERE booking_id IS NOT NULL;
CREATE INDEX event_site ON event (site_id, id) WHERE site_id IS NOT NULL;
CREATE INDEX event_organisation ON event (organisation_id, id) WHERE organisation_id IS NOT NULL;

-- A form's nonce and what its first sending led to, so that a second sending leads there too.
CREATE TABLE submission (
    nonce_hash TEXT NOT NULL PRIMARY KEY,
    person_id BIGINT REFERENCES person (id),
    result TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX submission_at ON submission (at);
