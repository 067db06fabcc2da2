-- Spaces outdoors: open by daylight only, in a season of the year ("04-01", month and day, both ends in it), and where to go
-- instead when the weather is against it.
ALTER TABLE facility_rules ADD COLUMN daylight BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE facility_rules ADD COLUMN season_from TEXT;
ALTER TABLE facility_rules ADD COLUMN season_to TEXT;
ALTER TABLE facility ADD COLUMN fallback_id BIGINT REFERENCES facility (id);
