-- Faults that people report, with what was done about each; and what is told in confidence to those who lead on safeguarding.
CREATE TABLE fault (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    booking_id BIGINT REFERENCES booking (id),
    kind TEXT NOT NULL,
    usable TEXT NOT NULL CHECK (usable IN ('yes', 'partly', 'no')),
    words TEXT NOT NULL,
    file_id BIGINT REFERENCES file (id),
    -- Who reported it, both blanked some time after it is mended.
    reporter_id BIGINT REFERENCES person (id),
    reporter_email TEXT NOT NULL,
    reported_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'in_hand', 'mended')),
    mended_at BIGINT,
    taken_by BIGINT REFERENCES person (id),
    -- The first block that was made because of it.
    block_id BIGINT REFERENCES block (id),
    CHECK ((state = 'mended') = (mended_at IS NOT NULL))
);
CREATE INDEX fault_site ON fault (site_id, state, reported_at);
CREATE INDEX fault_facility ON fault (facility_id, reported_at);
CREATE INDEX fault_reporter ON fault (mended_at) WHERE reporter_email <> '' OR reporter_id IS NOT NULL;

-- The notices that were given because of a fault.
CREATE TABLE fault_notice (
    fault_id BIGINT NOT NULL REFERENCES fault (id),
    notice_id BIGINT NOT NULL REFERENCES notice (id),
    PRIMARY KEY (fault_id, notice_id)
);

-- What was done about a fault, one line an act.
CREATE TABLE fault_line (
    id INTEGER PRIMARY KEY,
    fault_id BIGINT NOT NULL REFERENCES fault (id),
    at BIGINT NOT NULL,
    by_id BIGINT REFERENCES person (id),
    act TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX fault_line_fault ON fault_line (fault_id);

-- Who of a site's staff leads on safeguarding.
CREATE TABLE safeguarding_lead (
    site_id BIGINT NOT NULL REFERENCES site (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    since BIGINT NOT NULL,
    PRIMARY KEY (site_id, person_id)
);

-- A concern about somebody at risk. It stands in no other table and in no history but its own.
CREATE TABLE concern (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    words TEXT NOT NULL,
    contact TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX concern_site ON concern (site_id, told_at);
CREATE INDEX concern_facility ON concern (facility_id, told_at);

-- Who read it and when, what they wrote, and when it was closed; nothing of it is ever removed.
CREATE TABLE concern_line (
    id INTEGER PRIMARY KEY,
    concern_id BIGINT NOT NULL REFERENCES concern (id),
    at BIGINT NOT NULL,
    by_id BIGINT NOT NULL REFERENCES person (id),
    act TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX concern_line_concern ON concern_line (concern_id);
