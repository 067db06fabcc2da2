-- People, organisations, sessions and links. Times are whole seconds since 1970, UTC.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    email_confirmed_at BIGINT,
    password_hash TEXT,
    is_administrator BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE TABLE organisation (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    about TEXT NOT NULL,
    register TEXT NOT NULL,
    charity_number TEXT NOT NULL,
    unregistered_reason TEXT NOT NULL,
    class TEXT NOT NULL,
    state TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    applied_by BIGINT REFERENCES person (id),
    decided_at BIGINT,
    decided_by BIGINT REFERENCES person (id),
    decline_reason TEXT NOT NULL
);
CREATE INDEX organisation_state ON organisation (state);

CREATE TABLE membership (
    id INTEGER PRIMARY KEY,
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (person_id, organisation_id)
);
CREATE INDEX membership_organisation ON membership (organisation_id);

-- A session or a mailed link is kept only as the SHA-256 of its token.
CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES person (id),
    scope TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE link (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    person_id BIGINT REFERENCES person (id),
    organisation_id BIGINT REFERENCES organisation (id),
    role TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX link_person ON link (person_id, purpose, created_at);
CREATE INDEX link_email ON link (email, created_at);

-- What was tried against an account, for limits that hold across copies of the program.
CREATE TABLE sign_in_failure (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_email ON sign_in_failure (email, at);
