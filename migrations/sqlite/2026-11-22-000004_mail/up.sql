-- Rendered mails waiting to leave, and what became of them.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    once_key TEXT UNIQUE,
    kind TEXT NOT NULL,
    site_id BIGINT REFERENCES site (id),
    booking_id BIGINT REFERENCES booking (id),
    person_id BIGINT REFERENCES person (id),
    recipient TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    calendar TEXT,
    calendar_method TEXT,
    message_id TEXT NOT NULL UNIQUE,
    thread_id TEXT,
    holds_token BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    not_after BIGINT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'delivered', 'failed', 'dropped')),
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    ended_at BIGINT,
    last_error TEXT NOT NULL
);
CREATE INDEX outbox_queue ON outbox (next_at) WHERE state = 'queued';
CREATE INDEX outbox_booking ON outbox (booking_id, recipient, id) WHERE booking_id IS NOT NULL;
CREATE INDEX outbox_site ON outbox (site_id, id);
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE body_text <> '';
CREATE INDEX outbox_recipient ON outbox (recipient, created_at);
