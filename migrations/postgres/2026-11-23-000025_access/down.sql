ALTER TABLE duty DROP COLUMN tentative;
ALTER TABLE organisation DROP COLUMN volunteers_see_all;
ALTER TABLE facility_care DROP COLUMN entry_hours;
ALTER TABLE facility_care DROP COLUMN entry;
ALTER TABLE particulars DROP COLUMN access_note;
ALTER TABLE particulars DROP COLUMN access;
