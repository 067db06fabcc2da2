-- Who may book what, and what it costs. Which classes of organisations a facility is for, and which services, by their codes apart by
-- spaces; empty for all. What an organisation offers, likewise.
ALTER TABLE organisation ADD COLUMN services TEXT NOT NULL DEFAULT '';
ALTER TABLE facility_rules ADD COLUMN classes TEXT NOT NULL DEFAULT '';
ALTER TABLE facility_rules ADD COLUMN services TEXT NOT NULL DEFAULT '';

-- The rates of a facility, a line each: from which date on, who pays, by what, and price and usual value in pence. They are read with the
-- facility and never asked for one by one; a line is added for another rate, so that earlier dates keep theirs.
ALTER TABLE facility ADD COLUMN rates TEXT NOT NULL DEFAULT '';

-- Whether what is cancelled late, and where nobody came, is charged all the same.
ALTER TABLE site ADD COLUMN charges_late BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE site ADD COLUMN charges_absent BOOLEAN NOT NULL DEFAULT TRUE;

-- What an occurrence costs, frozen when it was booked or last changed by its people: the rate that was in force, the price, and what the
-- space is usually worth. Nothing where there was no rate.
ALTER TABLE occurrence ADD COLUMN rate TEXT;
ALTER TABLE occurrence ADD COLUMN price_pence BIGINT CHECK (0 <= price_pence);
ALTER TABLE occurrence ADD COLUMN value_pence BIGINT CHECK (0 <= value_pence);
