-- Named sessions of a site, a line each in their order: minutes after local midnight, from and to, and the name
-- ("540 780 Morning"). They are read with the site and never asked for one by one, so they need no table of their own.
-- A space may be booked in those sessions only, and may be booked further ahead by commissioned services.
ALTER TABLE site ADD COLUMN named_sessions TEXT NOT NULL DEFAULT '';
ALTER TABLE facility_rules ADD COLUMN by_session BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE facility_rules ADD COLUMN horizon_commissioned_days INTEGER CHECK (horizon_commissioned_days > 0);
UPDATE facility_rules SET by_session = TRUE, horizon_commissioned_days = 640
WHERE facility_id IN (SELECT id FROM facility WHERE kind = 'consulting');
UPDATE facility_rules SET horizon_days = 457
WHERE horizon_days = 456 AND facility_id IN (SELECT id FROM facility WHERE kind = 'consulting');
