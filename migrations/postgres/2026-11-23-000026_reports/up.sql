-- What reports group by beyond what is booked: who funds a site or one of its spaces, and since when a space is in use. A space without a
-- row, or without a funder, goes by its site; one without a date was always there.
CREATE TABLE site_funding (
    site_id BIGINT NOT NULL PRIMARY KEY REFERENCES site (id),
    funder TEXT NOT NULL
);
CREATE TABLE facility_funding (
    facility_id BIGINT NOT NULL PRIMARY KEY REFERENCES facility (id),
    funder TEXT NOT NULL,
    in_use_from TEXT
);
