-- What no organisation holds is little: the sites' own bookings, and those that their staff made for persons.
CREATE INDEX booking_no_organisation ON booking (site_id, id) WHERE organisation_id IS NULL;
