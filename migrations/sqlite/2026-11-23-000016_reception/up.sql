-- Who is in the building, whether they have a booking or not, and which keys are out on loan.
CREATE TABLE arrival (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    booking_id BIGINT REFERENCES booking (id),
    ordinal INTEGER,
    -- A name where there is no booking; blanked after a time.
    who TEXT NOT NULL,
    people INTEGER NOT NULL CHECK (people BETWEEN 1 AND 10000),
    alone BOOLEAN NOT NULL,
    arrived_at BIGINT NOT NULL,
    arrived_by BIGINT REFERENCES person (id),
    left_at BIGINT,
    left_by BIGINT REFERENCES person (id),
    UNIQUE (booking_id, ordinal),
    CHECK ((booking_id IS NULL) = (ordinal IS NULL)),
    CHECK (left_at IS NULL OR arrived_at <= left_at)
);
CREATE INDEX arrival_site ON arrival (site_id, arrived_at);
CREATE INDEX arrival_named ON arrival (arrived_at) WHERE who <> '';

-- Who borrowed is blanked some time after it came back.
CREATE TABLE key_loan (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    item TEXT NOT NULL,
    borrower TEXT NOT NULL,
    reach TEXT NOT NULL,
    lent_at BIGINT NOT NULL,
    lent_by BIGINT REFERENCES person (id),
    back_at BIGINT,
    back_by BIGINT REFERENCES person (id),
    CHECK (back_at IS NULL OR lent_at <= back_at)
);
CREATE INDEX key_loan_out ON key_loan (site_id, lent_at) WHERE back_at IS NULL;
CREATE INDEX key_loan_back ON key_loan (site_id, back_at) WHERE back_at IS NOT NULL;
CREATE INDEX key_loan_named ON key_loan (back_at) WHERE borrower <> '';
