-- What a facility asks of those who use it, beyond times: allergens, what is kept apart, a checklist at the end, an induction, a risk
-- assessment, a turnaround that somebody ticks off. Labels, pairs and checklist are a line each, read with the facility and never asked
-- for one by one. A facility without a row asks for nothing.
CREATE TABLE facility_care (
    facility_id BIGINT PRIMARY KEY REFERENCES facility (id),
    allergens BOOLEAN NOT NULL DEFAULT FALSE,
    -- What can be kept apart: "Nuts".
    labels TEXT NOT NULL DEFAULT '',
    -- Which two may not be there at the same time, with a tab between.
    pairs TEXT NOT NULL DEFAULT '',
    checklist TEXT NOT NULL DEFAULT '',
    -- Session lengths in minutes, apart by commas; empty for every length that the other rules allow.
    lengths TEXT NOT NULL DEFAULT '',
    induction BOOLEAN NOT NULL DEFAULT FALSE,
    risk_date BOOLEAN NOT NULL DEFAULT FALSE,
    turnaround_jobs BOOLEAN NOT NULL DEFAULT FALSE
);

-- What a booking, or an entry of a waiting list, says because its place asks for it. Never the content of a risk assessment.
CREATE TABLE particulars (
    id INTEGER PRIMARY KEY,
    booking_id BIGINT UNIQUE REFERENCES booking (id),
    entry_id BIGINT UNIQUE REFERENCES waiting_entry (id),
    allergens TEXT NOT NULL,
    allergen_note TEXT NOT NULL,
    labels TEXT NOT NULL,
    risk_assessed TEXT,
    CHECK ((booking_id IS NULL) <> (entry_id IS NULL))
);

-- Who has been shown round, from when and until when, both dates in it. An organisation, or a person by address or telephone number.
CREATE TABLE induction (
    id INTEGER PRIMARY KEY,
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    organisation_id BIGINT REFERENCES organisation (id),
    name TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    given_on TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES person (id),
    removed_at BIGINT,
    CHECK ((organisation_id IS NULL) = (contact <> '')),
    CHECK (given_on <= valid_until)
);
CREATE INDEX induction_facility ON induction (facility_id, valid_until);
CREATE INDEX induction_organisation ON induction (organisation_id);

-- What is to be done at the end of a session, once somebody has ticked some of it. The end of the session itself is the job, so that none is
-- left behind by what is moved or cancelled; a row is written with the first tick. `ticked` are places in `lines`, which are kept as they were.
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    occurrence_id BIGINT NOT NULL REFERENCES occurrence (id),
    kind TEXT NOT NULL CHECK (kind IN ('turnaround', 'checklist')),
    lines TEXT NOT NULL DEFAULT '',
    ticked TEXT NOT NULL DEFAULT '',
    done_at BIGINT NOT NULL,
    done_name TEXT NOT NULL,
    done_by BIGINT REFERENCES person (id),
    by_staff BOOLEAN NOT NULL,
    UNIQUE (occurrence_id, kind)
);

-- What is there already gets what its kind starts with, but for what would turn people away: a manager asks for inductions when they know
-- who has had one.
INSERT INTO facility_care (facility_id, allergens, checklist)
SELECT id, TRUE, 'Benches and sinks wiped down and sanitised
Equipment washed and put away
Fridge shelves cleared
Bins emptied
Floor swept and mopped
Ovens, hobs and extractor off' FROM facility WHERE kind = 'kitchen';
INSERT INTO facility_care (facility_id, lengths, turnaround_jobs)
SELECT id, '30,45,60', TRUE FROM facility WHERE kind = 'sensory';
