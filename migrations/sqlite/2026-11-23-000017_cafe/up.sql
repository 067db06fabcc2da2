-- Cafés and shops: whether they open on bank holidays, what anyone may drop in to, and who opens up and locks up.
CREATE TABLE public_hours (
    facility_id BIGINT NOT NULL PRIMARY KEY REFERENCES facility (id),
    on_holidays BOOLEAN NOT NULL
);

CREATE TABLE drop_in (
    id INTEGER PRIMARY KEY,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    name TEXT NOT NULL,
    for_whom TEXT NOT NULL,
    -- Weekdays apart by commas, 0 for Monday.
    weekdays TEXT NOT NULL,
    from_minute INTEGER NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
    to_minute INTEGER NOT NULL CHECK (to_minute BETWEEN 1 AND 1440),
    from_date TEXT NOT NULL,
    to_date TEXT,
    CHECK (from_minute < to_minute),
    CHECK (to_date IS NULL OR from_date <= to_date)
);
CREATE INDEX drop_in_facility ON drop_in (facility_id);

-- Single dates on which it does not take place.
CREATE TABLE drop_in_off (
    drop_in_id BIGINT NOT NULL REFERENCES drop_in (id),
    date TEXT NOT NULL,
    PRIMARY KEY (drop_in_id, date)
);

-- Bookings that anyone may come to, with words for whom they are.
CREATE TABLE open_session (
    booking_id BIGINT NOT NULL PRIMARY KEY REFERENCES booking (id),
    for_whom TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Every week on a weekday, or on one date, which then counts alone. Without anybody it says that nobody does it yet.
CREATE TABLE opening_duty (
    id INTEGER PRIMARY KEY,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    task TEXT NOT NULL CHECK (task IN ('opens', 'locks')),
    weekday INTEGER CHECK (weekday BETWEEN 0 AND 6),
    date TEXT,
    organisation_id BIGINT REFERENCES organisation (id),
    person_id BIGINT REFERENCES person (id),
    name TEXT NOT NULL,
    reach TEXT NOT NULL,
    CHECK ((weekday IS NULL) <> (date IS NULL))
);
CREATE UNIQUE INDEX opening_duty_weekday ON opening_duty (facility_id, task, weekday) WHERE weekday IS NOT NULL;
CREATE UNIQUE INDEX opening_duty_date ON opening_duty (facility_id, task, date) WHERE date IS NOT NULL;

-- Baby banks: two streams of slots that share no unit.
CREATE TABLE slot_stream (
    id INTEGER PRIMARY KEY,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    stream TEXT NOT NULL CHECK (stream IN ('collection', 'donation')),
    places INTEGER NOT NULL CHECK (places BETWEEN 1 AND 20),
    days_ahead INTEGER NOT NULL CHECK (days_ahead BETWEEN 1 AND 120),
    words TEXT NOT NULL,
    paused BOOLEAN NOT NULL,
    -- The first day on which it is no longer paused; none for good.
    paused_until TEXT,
    pause_words TEXT NOT NULL,
    UNIQUE (facility_id, stream)
);

CREATE TABLE slot_hours (
    id INTEGER PRIMARY KEY,
    stream_id BIGINT NOT NULL REFERENCES slot_stream (id),
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    from_minute INTEGER NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
    to_minute INTEGER NOT NULL CHECK (to_minute BETWEEN 1 AND 1440),
    CHECK (from_minute < to_minute)
);
CREATE INDEX slot_hours_stream ON slot_hours (stream_id);

CREATE TABLE slot_unit (
    unit_id BIGINT NOT NULL PRIMARY KEY REFERENCES unit (id),
    stream_id BIGINT NOT NULL REFERENCES slot_stream (id),
    position INTEGER NOT NULL
);
CREATE INDEX slot_unit_stream ON slot_unit (stream_id);

-- Who may book collections at a baby bank.
CREATE TABLE referrer (
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    PRIMARY KEY (facility_id, organisation_id)
);

-- What is known of a slot beside its booking. Name and address are a donor's, and blanked after a time.
CREATE TABLE slot_visit (
    booking_id BIGINT NOT NULL PRIMARY KEY REFERENCES booking (id),
    stream_id BIGINT NOT NULL REFERENCES slot_stream (id),
    bundle TEXT NOT NULL,
    size TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    brings TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    confirm_hash TEXT UNIQUE,
    confirm_until BIGINT,
    cancel_hash TEXT UNIQUE
);
CREATE INDEX slot_visit_email ON slot_visit (email, asked_at) WHERE email <> '';
