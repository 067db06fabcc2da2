-- Sites, facilities, units, opening hours and rules.
CREATE TABLE site (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    street TEXT NOT NULL,
    town TEXT NOT NULL,
    postcode TEXT NOT NULL,
    phone TEXT NOT NULL,
    about TEXT NOT NULL,
    arrival TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    step_free BOOLEAN NOT NULL,
    retired_from TEXT,
    change_number BIGINT NOT NULL
);

CREATE TABLE site_staff (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (person_id, site_id)
);
CREATE INDEX site_staff_site ON site_staff (site_id);

CREATE TABLE site_trust (
    site_id BIGINT NOT NULL REFERENCES site (id),
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, site_id)
);

CREATE TABLE facility (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    room TEXT NOT NULL,
    floor TEXT NOT NULL,
    about TEXT NOT NULL,
    arrival TEXT NOT NULL,
    needs TEXT NOT NULL,
    unit_choice TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    position INTEGER NOT NULL,
    retired_from TEXT,
    UNIQUE (site_id, slug)
);
CREATE INDEX facility_kind ON facility (kind);

CREATE TABLE unit (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    name TEXT NOT NULL,
    retired_from TEXT,
    UNIQUE (site_id, name)
);

CREATE TABLE facility_unit (
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (facility_id, unit_id)
);
CREATE INDEX facility_unit_unit ON facility_unit (unit_id);

-- Hours of a site (facility_id null) or narrower ones of a facility. Weekday 0 is Monday;
-- minutes after local midnight, up to 2880 so that a night may run into the next day.
CREATE TABLE weekly_hours (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT REFERENCES facility (id),
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    from_minute INTEGER NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
    to_minute INTEGER NOT NULL CHECK (to_minute BETWEEN 1 AND 2880),
    CHECK (from_minute < to_minute)
);
CREATE INDEX weekly_hours_site ON weekly_hours (site_id);

CREATE TABLE facility_rules (
    facility_id BIGINT NOT NULL PRIMARY KEY REFERENCES facility (id),
    step_minutes INTEGER NOT NULL CHECK (0 < step_minutes),
    start_minutes TEXT NOT NULL,
    shortest_minutes INTEGER NOT NULL CHECK (0 < shortest_minutes),
    longest_minutes INTEGER NOT NULL,
    set_up_minutes INTEGER NOT NULL CHECK (0 <= set_up_minutes),
    turnaround_minutes INTEGER NOT NULL CHECK (0 <= turnaround_minutes),
    own_may_touch BOOLEAN NOT NULL,
    notice_minutes INTEGER NOT NULL CHECK (0 <= notice_minutes),
    horizon_days INTEGER NOT NULL CHECK (0 < horizon_days),
    capacity INTEGER NOT NULL CHECK (0 < capacity),
    approval TEXT NOT NULL,
    holds_place BOOLEAN NOT NULL,
    hold_minutes INTEGER NOT NULL CHECK (0 < hold_minutes),
    late_cancel_minutes INTEGER NOT NULL CHECK (0 <= late_cancel_minutes),
    week_bookings INTEGER CHECK (0 < week_bookings),
    week_minutes INTEGER CHECK (0 < week_minutes),
    privacy TEXT NOT NULL,
    CHECK (shortest_minutes <= longest_minutes)
);
