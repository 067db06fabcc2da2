-- Series: where a booking was split from, who shares it, dates that a site leaves out, changes that wait, waiting lists, notices.
ALTER TABLE site ADD COLUMN nation TEXT NOT NULL DEFAULT 'england-and-wales';
-- Classes of organisations that come first on waiting lists, in order, apart by commas.
ALTER TABLE site ADD COLUMN priority_classes TEXT NOT NULL DEFAULT '';

-- The site's own dates on which a series is usually left out.
CREATE TABLE site_date (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    date TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (site_id, date)
);

-- The date on the site's wall from which the rule is counted.
ALTER TABLE booking ADD COLUMN rule_from TEXT;
ALTER TABLE booking ADD COLUMN split_from BIGINT REFERENCES booking (id);
ALTER TABLE booking ADD COLUMN second_organisation_id BIGINT REFERENCES organisation (id);
-- A person without an account for whom the site's staff booked.
ALTER TABLE booking ADD COLUMN contact_name TEXT NOT NULL DEFAULT '';
ALTER TABLE booking ADD COLUMN contact TEXT NOT NULL DEFAULT '';
-- When the booker of a series was last asked whether it is still needed, and last said yes.
ALTER TABLE booking ADD COLUMN needed_asked_at BIGINT;
ALTER TABLE booking ADD COLUMN needed_answered_at BIGINT;
CREATE INDEX booking_split ON booking (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX booking_second ON booking (second_organisation_id) WHERE second_organisation_id IS NOT NULL;

-- Ended early or cut short at this instant; the booked span stays as it was.
ALTER TABLE occurrence ADD COLUMN ended_at BIGINT;

-- Blocks and notices that were made together by one repeating rule carry the id of the first.
ALTER TABLE block ADD COLUMN group_id BIGINT REFERENCES block (id);
CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT REFERENCES facility (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    words TEXT NOT NULL,
    group_id BIGINT REFERENCES notice (id),
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES person (id),
    lifted_at BIGINT,
    CHECK (starts_at < ends_at)
);
CREATE INDEX notice_site ON notice (site_id, starts_at);

-- A change to a confirmed date that waits for a decision; the confirmed place stays until then.
CREATE TABLE proposal (
    id INTEGER PRIMARY KEY,
    occurrence_id BIGINT NOT NULL REFERENCES occurrence (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    occupied_from BIGINT NOT NULL,
    occupied_to BIGINT NOT NULL,
    units_wanted TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by BIGINT REFERENCES person (id),
    until BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'declined', 'withdrawn', 'lapsed')),
    decided_at BIGINT,
    decided_by BIGINT REFERENCES person (id),
    reason BIGINT REFERENCES message (id),
    CHECK (starts_at < ends_at)
);
CREATE INDEX proposal_occurrence ON proposal (occurrence_id);
CREATE INDEX proposal_waiting ON proposal (until) WHERE state = 'waiting';

-- Who wants what is taken, and what was offered to them.
CREATE TABLE waiting_entry (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    booking_id BIGINT REFERENCES booking (id),
    ordinal INTEGER,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    units_wanted TEXT NOT NULL,
    purpose TEXT NOT NULL,
    note TEXT NOT NULL,
    people INTEGER NOT NULL,
    privacy TEXT NOT NULL,
    class TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'left', 'lapsed')),
    ended_at BIGINT,
    CHECK (starts_at < ends_at)
);
CREATE INDEX waiting_entry_facility ON waiting_entry (facility_id, starts_at) WHERE ended_at IS NULL;
CREATE INDEX waiting_entry_organisation ON waiting_entry (organisation_id, starts_at);
CREATE INDEX waiting_entry_booking ON waiting_entry (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX waiting_entry_start ON waiting_entry (starts_at) WHERE ended_at IS NULL;
CREATE TABLE offer (
    id INTEGER PRIMARY KEY,
    entry_id BIGINT NOT NULL REFERENCES waiting_entry (id),
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'declined', 'lapsed')),
    ended_at BIGINT
);
CREATE INDEX offer_entry ON offer (entry_id);
CREATE INDEX offer_open ON offer (until) WHERE ended_at IS NULL;

-- An occupancy may also be a proposal's or an offer's, void at its deadline. A CHECK cannot be altered here, so the table is made anew.
CREATE TABLE occupancy_new (
    id INTEGER PRIMARY KEY,
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    starts_at BIGINT NOT NULL CHECK (starts_at % 60 = 0 AND starts_at BETWEEN 946684800 AND 7258118400),
    ends_at BIGINT NOT NULL CHECK (ends_at % 60 = 0 AND ends_at BETWEEN 946684800 AND 7258118400),
    is_long BOOLEAN NOT NULL,
    occurrence_id BIGINT REFERENCES occurrence (id),
    block_id BIGINT REFERENCES block (id),
    proposal_id BIGINT REFERENCES proposal (id),
    offer_id BIGINT REFERENCES offer (id),
    void_at BIGINT,
    CHECK (starts_at < ends_at),
    CHECK (is_long = (86400 < ends_at - starts_at)),
    CHECK ((occurrence_id IS NOT NULL) + (block_id IS NOT NULL) + (proposal_id IS NOT NULL) + (offer_id IS NOT NULL) = 1),
    CHECK ((void_at IS NOT NULL) = (proposal_id IS NOT NULL OR offer_id IS NOT NULL))
);
INSERT INTO occupancy_new (id, unit_id, starts_at, ends_at, is_long, occurrence_id, block_id)
    SELECT id, unit_id, starts_at, ends_at, is_long, occurrence_id, block_id FROM occupancy;
DROP TABLE occupancy;
ALTER TABLE occupancy_new RENAME TO occupancy;
CREATE INDEX occupancy_guard ON occupancy (unit_id, ends_at, starts_at);
CREATE INDEX occupancy_span ON occupancy (unit_id, starts_at, ends_at);
CREATE INDEX occupancy_long ON occupancy (unit_id, ends_at) WHERE is_long;
CREATE INDEX occupancy_occurrence ON occupancy (occurrence_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX occupancy_block ON occupancy (block_id) WHERE block_id IS NOT NULL;
CREATE INDEX occupancy_proposal ON occupancy (proposal_id) WHERE proposal_id IS NOT NULL;
CREATE INDEX occupancy_offer ON occupancy (offer_id) WHERE offer_id IS NOT NULL;

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
