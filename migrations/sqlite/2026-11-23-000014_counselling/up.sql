-- Rooms for private sessions: whom to ring and where the panic alarm is, three lines of text of a site or of one of its spaces
-- (contact, telephone, place of the alarm; they are read with it and never asked for one by one); whether people are told that
-- theirs would be the only occupied room in the building; and the least minutes between arrivals of different holders.
ALTER TABLE site ADD COLUMN safety TEXT NOT NULL DEFAULT '';
ALTER TABLE facility ADD COLUMN safety TEXT NOT NULL DEFAULT '';
ALTER TABLE facility_rules ADD COLUMN warns_alone BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE facility_rules ADD COLUMN arrival_gap_minutes INTEGER NOT NULL DEFAULT 0 CHECK (arrival_gap_minutes >= 0);
UPDATE facility_rules SET warns_alone = TRUE
WHERE facility_id IN (SELECT id FROM facility WHERE kind = 'counselling');
