-- Whether a series is still needed: asked every so many weeks, 0 for never.
ALTER TABLE facility_rules ADD COLUMN still_needed_weeks INTEGER NOT NULL DEFAULT 8 CHECK (0 <= still_needed_weeks);

-- When the series is looked at next; null for what is over or follows no rule.
ALTER TABLE booking ADD COLUMN needed_look_at BIGINT;
-- Since when the question is open; null while there is none.
ALTER TABLE booking ADD COLUMN needed_since BIGINT;
-- The start of the last date of which the booker was told that the series ends with it.
ALTER TABLE booking ADD COLUMN end_told BIGINT;
UPDATE booking SET needed_look_at = created_at WHERE rule IS NOT NULL;
CREATE INDEX booking_needed_look ON booking (needed_look_at) WHERE needed_look_at IS NOT NULL;
CREATE INDEX booking_needed_since ON booking (needed_since) WHERE needed_since IS NOT NULL;
CREATE INDEX booking_needed_since_site ON booking (site_id, needed_since) WHERE needed_since IS NOT NULL;
