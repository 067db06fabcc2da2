-- The history by person, space and date; who among the staff opened a confidential booking; when an account was last used.
-- Lines are read by their time.
DROP INDEX event_site;
DROP INDEX event_organisation;
CREATE INDEX event_at ON event (at, id);
CREATE INDEX event_site ON event (site_id, at, id) WHERE site_id IS NOT NULL;
CREATE INDEX event_organisation ON event (organisation_id, at, id) WHERE organisation_id IS NOT NULL;
CREATE INDEX event_actor ON event (actor_id, at, id) WHERE actor_id IS NOT NULL;
CREATE INDEX event_person ON event (person_id, at, id) WHERE person_id IS NOT NULL;
CREATE INDEX event_facility ON event (facility_id, at, id) WHERE facility_id IS NOT NULL;
CREATE INDEX message_written ON message (written_at);
CREATE INDEX booking_created ON booking (created_at);
CREATE INDEX booking_booker ON booking (booked_by) WHERE booked_by IS NOT NULL;
CREATE INDEX outbox_over ON outbox (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE view_record (
    id INTEGER PRIMARY KEY,
    booking_id BIGINT NOT NULL REFERENCES booking (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX view_record_booking ON view_record (booking_id, at);
CREATE INDEX view_record_person ON view_record (person_id);
CREATE INDEX view_record_at ON view_record (at);

CREATE TABLE person_use (
    person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
    used_at BIGINT NOT NULL
);
-- Nobody is taken for unused who was here before it was noted.
INSERT INTO person_use (person_id, used_at) SELECT id, CAST(strftime('%s', 'now') AS INTEGER) FROM person;

-- The history is only ever added to. A line goes when its time is over, and then only what is older than a row of this table
-- says, which is written and taken away within the transaction that removes those lines.
CREATE TABLE event_removal (
    older_than BIGINT NOT NULL PRIMARY KEY
);
CREATE TRIGGER event_never_updated BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'event_is_added_never_changed');
END;
CREATE TRIGGER event_never_deleted BEFORE DELETE ON event
WHEN NOT EXISTS (SELECT 1 FROM event_removal WHERE OLD.at < older_than)
BEGIN
    SELECT RAISE(ABORT, 'event_is_added_never_changed');
END;
