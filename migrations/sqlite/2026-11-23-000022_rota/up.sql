-- Volunteers on dates of bookings, how many each date of a booking needs, and when people can.
CREATE TABLE duty (
    id INTEGER PRIMARY KEY,
    -- Names it in forms and calendars; it opens nothing by itself.
    handle TEXT NOT NULL UNIQUE,
    booking_id BIGINT NOT NULL REFERENCES booking (id),
    ordinal INTEGER NOT NULL CHECK (0 < ordinal),
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    given_at BIGINT NOT NULL,
    given_by BIGINT REFERENCES person (id),
    -- Why it is over; empty while it stands.
    ended TEXT NOT NULL CHECK (ended IN ('', 'handed_back', 'taken_off', 'session_off', 'left')),
    ended_at BIGINT,
    -- Rises with each change that the person's calendar must hear of.
    sequence INTEGER NOT NULL,
    -- Where and when it was, as the person was last told, and how often its date had changed by then.
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    seen INTEGER NOT NULL,
    -- When it last moved, and from where in time.
    moved_at BIGINT,
    old_starts_at BIGINT,
    old_ends_at BIGINT,
    CHECK (starts_at < ends_at),
    CHECK ((ended = '') = (ended_at IS NULL)),
    CHECK ((moved_at IS NULL) = (old_starts_at IS NULL) AND (moved_at IS NULL) = (old_ends_at IS NULL))
);
CREATE UNIQUE INDEX duty_once ON duty (booking_id, ordinal, person_id) WHERE ended = '';
CREATE INDEX duty_date ON duty (booking_id, ordinal);
CREATE INDEX duty_person ON duty (person_id, ends_at);
CREATE INDEX duty_coming ON duty (ends_at) WHERE ended IN ('', 'session_off');

-- A booking of which nothing is said here needs nobody.
CREATE TABLE duty_need (
    booking_id BIGINT PRIMARY KEY REFERENCES booking (id),
    needed INTEGER NOT NULL CHECK (needed BETWEEN 0 AND 20)
);

-- When a person can, by weekday (0 is Monday) and part of day; of whom nothing stands here, nothing is known.
CREATE TABLE availability (
    person_id BIGINT NOT NULL REFERENCES person (id),
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    part TEXT NOT NULL CHECK (part IN ('morning', 'afternoon', 'evening')),
    PRIMARY KEY (person_id, weekday, part)
);

-- Dates on which a person is away, both ends among them.
CREATE TABLE days_away (
    id INTEGER PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    first_date TEXT NOT NULL,
    last_date TEXT NOT NULL,
    CHECK (first_date <= last_date)
);
CREATE INDEX days_away_person ON days_away (person_id, last_date);
