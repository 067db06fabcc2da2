-- What starts soon is looked for by its start, whatever its place.
CREATE INDEX occurrence_state_start ON occurrence (state, starts_at);
