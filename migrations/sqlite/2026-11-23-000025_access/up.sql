-- What people who come need to take part, as codes, and what else, in words. Never of whom.
ALTER TABLE particulars ADD COLUMN access TEXT NOT NULL DEFAULT '';
ALTER TABLE particulars ADD COLUMN access_note TEXT NOT NULL DEFAULT '';

-- What opens the door of a place, such as the number of its key safe, and so many hours before a session it is shown to its people. It is in no mail.
ALTER TABLE facility_care ADD COLUMN entry TEXT NOT NULL DEFAULT '';
ALTER TABLE facility_care ADD COLUMN entry_hours INTEGER NOT NULL DEFAULT 24 CHECK (entry_hours BETWEEN 1 AND 336);

-- Whether volunteers see all sessions of their organisation, or only those that they are on.
ALTER TABLE organisation ADD COLUMN volunteers_see_all BOOLEAN NOT NULL DEFAULT FALSE;

-- Whether the site had not confirmed the session yet when its volunteer was told.
ALTER TABLE duty ADD COLUMN tentative BOOLEAN NOT NULL DEFAULT FALSE;
