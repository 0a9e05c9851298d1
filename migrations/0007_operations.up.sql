-- What keeps the data whole afterwards: letters tried again later and later, days read from archives, names to find.

-- What went wrong says what a retry has to do: 'event' could not be understood, 'body' was not to be had from ESI,
-- 'enrichment' failed although the kill is stored, 'storage' was refused by the database.
ALTER TABLE dead_letters ADD COLUMN kind text NOT NULL DEFAULT 'event';
-- Not tried before this time.
ALTER TABLE dead_letters ADD COLUMN retry_at timestamptz NOT NULL DEFAULT now();

CREATE INDEX dead_letters_retry_idx ON dead_letters (retry_at) WHERE resolved_at IS NULL;

-- Which days were read from which archive, and how far that went.
CREATE TABLE backfills (
    source text NOT NULL,
    day date NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'interrupted', 'failed', 'finished')),
    kills_seen bigint NOT NULL DEFAULT 0,
    kills_stored bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- Of the archive as it was read: days are rewritten when late kills arrive.
    etag text,
    -- Of a failed day, for operators.
    reason text,
    PRIMARY KEY (source, day)
);

-- Pilots, corporations and alliances of backfilled kills whose names nobody has asked for yet.
CREATE TABLE wanted_names (
    id bigint PRIMARY KEY
);

-- Kills whose enrichment failed: few, and looked for often.
CREATE INDEX killmails_enriched_failed_idx ON killmails_enriched (killmail_time DESC) WHERE failed_at IS NOT NULL;
