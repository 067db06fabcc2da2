-- Allotments: plots are units with a size, tenancies are bookings measured in days, and the waiting list is a strict one.
CREATE TABLE allotment (
    facility_id BIGINT NOT NULL PRIMARY KEY REFERENCES facility (id),
    -- Month and day on which the season turns, "04-01".
    season_start TEXT NOT NULL,
    holder_notice_days INTEGER NOT NULL CHECK (0 <= holder_notice_days),
    site_notice_days INTEGER NOT NULL CHECK (0 <= site_notice_days),
    renew_days INTEGER NOT NULL CHECK (0 < renew_days),
    offer_days INTEGER NOT NULL CHECK (0 < offer_days),
    ask_days INTEGER NOT NULL CHECK (0 < ask_days),
    answer_days INTEGER NOT NULL CHECK (0 < answer_days),
    refusal_keeps BOOLEAN NOT NULL
);
CREATE TABLE plot (
    unit_id BIGINT NOT NULL PRIMARY KEY REFERENCES unit (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    number TEXT NOT NULL,
    -- In hundredths of a rod.
    size INTEGER NOT NULL CHECK (0 < size),
    plan_row INTEGER,
    plan_column INTEGER,
    notes TEXT NOT NULL,
    -- Why it is not to let; empty where it is.
    resting TEXT NOT NULL,
    UNIQUE (facility_id, number)
);
-- Beside the booking that holds its seasons. The key says whose it is, whether by account or by contact.
CREATE TABLE tenancy (
    id INTEGER PRIMARY KEY,
    booking_id BIGINT NOT NULL UNIQUE REFERENCES booking (id),
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    holder_key TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    -- The end of the last season that it has.
    covered_to BIGINT NOT NULL,
    rolling BOOLEAN NOT NULL,
    notice_at BIGINT,
    notice_by TEXT CHECK (notice_by IN ('holder', 'site', 'agreed')),
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    CHECK (starts_at < covered_to),
    CHECK ((notice_at IS NULL) = (ends_at IS NULL) AND (notice_at IS NULL) = (notice_by IS NULL))
);
CREATE INDEX tenancy_facility ON tenancy (facility_id, covered_to);
CREATE INDEX tenancy_unit ON tenancy (unit_id, starts_at);
CREATE INDEX tenancy_holder ON tenancy (holder_key);
CREATE TABLE plot_entry (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES site (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    holder TEXT NOT NULL CHECK (holder IN ('organisation', 'person')),
    organisation_id BIGINT REFERENCES organisation (id),
    contact_name TEXT NOT NULL,
    contact TEXT NOT NULL,
    holder_key TEXT NOT NULL,
    wish TEXT NOT NULL CHECK (wish IN ('any', 'half', 'full')),
    note TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'left', 'lapsed')),
    ended_at BIGINT,
    -- Since when it is counted until the next "still interested?", and until when an answer is waited for.
    confirmed_at BIGINT NOT NULL,
    answer_by BIGINT,
    CHECK ((state IN ('waiting', 'offered')) = (ended_at IS NULL)),
    CHECK ((holder = 'organisation') = (organisation_id IS NOT NULL))
);
CREATE INDEX plot_entry_line ON plot_entry (facility_id, joined_at);
CREATE INDEX plot_entry_holder ON plot_entry (holder_key);
CREATE TABLE plot_offer (
    id INTEGER PRIMARY KEY,
    entry_id BIGINT NOT NULL REFERENCES plot_entry (id),
    facility_id BIGINT NOT NULL REFERENCES facility (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'declined', 'lapsed')),
    ended_at BIGINT,
    CHECK (starts_at < ends_at)
);
CREATE INDEX plot_offer_entry ON plot_offer (entry_id);
CREATE INDEX plot_offer_facility ON plot_offer (facility_id);
-- What a mailed link opens without an account; only its hash is kept.
CREATE TABLE plot_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    entry_id BIGINT REFERENCES plot_entry (id),
    tenancy_id BIGINT REFERENCES tenancy (id),
    ends_at BIGINT NOT NULL,
    CHECK ((entry_id IS NULL) <> (tenancy_id IS NULL))
);
CREATE INDEX plot_link_end ON plot_link (ends_at);
CREATE TABLE plot_key (
    id INTEGER PRIMARY KEY,
    tenancy_id BIGINT NOT NULL REFERENCES tenancy (id),
    number TEXT NOT NULL,
    given_on TEXT NOT NULL,
    deposit_pence INTEGER NOT NULL CHECK (0 <= deposit_pence),
    back_on TEXT,
    back_pence INTEGER CHECK (0 <= back_pence)
);
CREATE INDEX plot_key_tenancy ON plot_key (tenancy_id);
CREATE TABLE plot_inspection (
    id INTEGER PRIMARY KEY,
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    tenancy_id BIGINT REFERENCES tenancy (id),
    on_date TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('good', 'needs_work', 'not_cultivated')),
    note TEXT NOT NULL,
    noted_by BIGINT REFERENCES person (id)
);
CREATE INDEX plot_inspection_unit ON plot_inspection (unit_id, on_date);

-- An occupancy may also be a plot's, kept for the first in line until a deadline. A CHECK cannot be altered here, so the table is made anew.
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
    plot_offer_id BIGINT REFERENCES plot_offer (id),
    CHECK (starts_at < ends_at),
    CHECK (is_long = (86400 < ends_at - starts_at)),
    CHECK ((occurrence_id IS NOT NULL) + (block_id IS NOT NULL) + (proposal_id IS NOT NULL) + (offer_id IS NOT NULL) + (plot_offer_id IS NOT NULL) = 1),
    CHECK ((void_at IS NOT NULL) = (proposal_id IS NOT NULL OR offer_id IS NOT NULL OR plot_offer_id IS NOT NULL))
);
INSERT INTO occupancy_new (id, unit_id, starts_at, ends_at, is_long, occurrence_id, block_id, proposal_id, offer_id, void_at)
    SELECT id, unit_id, starts_at, ends_at, is_long, occurrence_id, block_id, proposal_id, offer_id, void_at FROM occupancy;
DROP TABLE occupancy;
ALTER TABLE occupancy_new RENAME TO occupancy;
CREATE INDEX occupancy_guard ON occupancy (unit_id, ends_at, starts_at);
CREATE INDEX occupancy_span ON occupancy (unit_id, starts_at, ends_at);
CREATE INDEX occupancy_long ON occupancy (unit_id, ends_at) WHERE is_long;
CREATE INDEX occupancy_occurrence ON occupancy (occurrence_id) WHERE occurrence_id IS NOT NULL;
CREATE INDEX occupancy_block ON occupancy (block_id) WHERE block_id IS NOT NULL;
CREATE INDEX occupancy_proposal ON occupancy (proposal_id) WHERE proposal_id IS NOT NULL;
CREATE INDEX occupancy_offer ON occupancy (offer_id) WHERE offer_id IS NOT NULL;
CREATE INDEX occupancy_plot_offer ON occupancy (plot_offer_id) WHERE plot_offer_id IS NOT NULL;

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
