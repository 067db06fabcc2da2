-- What managers and administrators ask for: the bookings of a site that have not ended, and mail that could not be delivered.
CREATE INDEX occurrence_site_end ON occurrence (site_id, ends_at);
CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed';
