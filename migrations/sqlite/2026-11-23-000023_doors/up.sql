-- How sessions went, in counts and never in names: one row a date of a booking.
CREATE TABLE attendance (
    id INTEGER PRIMARY KEY,
    booking_id BIGINT NOT NULL REFERENCES booking (id),
    ordinal INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    people INTEGER NOT NULL CHECK (0 <= people),
    new_people INTEGER NOT NULL CHECK (0 <= new_people AND new_people <= people),
    from_gp INTEGER NOT NULL CHECK (0 <= from_gp),
    from_link_worker INTEGER NOT NULL CHECK (0 <= from_link_worker),
    from_self INTEGER NOT NULL CHECK (0 <= from_self),
    from_other INTEGER NOT NULL CHECK (0 <= from_other),
    left_as_found BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES person (id),
    UNIQUE (booking_id, ordinal)
);
-- Dates on which nobody used what was booked; noted by the site, or said by its own people.
CREATE TABLE no_show (
    id INTEGER PRIMARY KEY,
    booking_id BIGINT NOT NULL REFERENCES booking (id),
    ordinal INTEGER NOT NULL,
    by_site BOOLEAN NOT NULL,
    noted_at BIGINT NOT NULL,
    noted_by BIGINT REFERENCES person (id),
    UNIQUE (booking_id, ordinal)
);
-- Mailed links to the form of one date, of which only the hash is kept.
CREATE TABLE attendance_link (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    booking_id BIGINT NOT NULL REFERENCES booking (id),
    ordinal INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX attendance_link_ends ON attendance_link (ends_at);
-- Screens beside doors: one secret address each, of which only the hash is kept.
CREATE TABLE door (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES person (id),
    used_at BIGINT
);
CREATE INDEX door_facility ON door (facility_id);
