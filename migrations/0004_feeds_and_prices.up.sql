-- How far each feed was read. Written in the transaction that stores what was read.
CREATE TABLE feed_positions (
    feed text PRIMARY KEY,
    position text NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What could not be decoded or stored, with the reason. The number of rows is bounded by the writer.
CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    killmail_id bigint,
    created_at timestamptz NOT NULL,
    resolved_at timestamptz,
    attempts integer NOT NULL,
    source text NOT NULL,
    position text,
    reason text NOT NULL,
    -- Cut at 256 KiB.
    payload text NOT NULL,
    -- The same event delivered again is the same letter.
    fingerprint text NOT NULL GENERATED ALWAYS AS (md5(payload)) STORED,
    UNIQUE (source, fingerprint)
);

-- The last known price of each type from each source.
CREATE TABLE prices (
    type_id bigint NOT NULL,
    price numeric(20, 2) NOT NULL,
    at timestamptz NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (type_id, source)
);
