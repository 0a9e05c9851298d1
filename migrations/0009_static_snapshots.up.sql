-- Imported static data as a whole: what servers load into memory, and what a rollback goes back to. Of each kind the
-- current snapshot and the one before are kept.
CREATE TABLE static_snapshots (
    kind text NOT NULL CHECK (kind IN ('universe_types', 'dogma')),
    -- As in static_import and in provenance lines.
    build text NOT NULL,
    -- CCP's number: a higher one is newer.
    build_number bigint NOT NULL,
    imported_at timestamptz NOT NULL,
    is_current boolean NOT NULL,
    -- Chosen by the operator (rollback, forced downgrade): wins even over a newer build inside the binary.
    is_pinned boolean NOT NULL,
    -- Of the download, to ask CCP only for what is newer.
    source_etag text,
    sha256 text NOT NULL GENERATED ALWAYS AS (encode(sha256(archive), 'hex')) STORED,
    -- What differed from the snapshot before, when this one was imported.
    report jsonb,
    archive bytea NOT NULL,
    PRIMARY KEY (kind, build)
);

-- Compressed already.
ALTER TABLE static_snapshots ALTER COLUMN archive SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX static_snapshots_current_idx ON static_snapshots (kind) WHERE is_current;
