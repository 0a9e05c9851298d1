-- Names of pilots, corporations and alliances, and how they are found by name.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE characters (
    character_id bigint PRIMARY KEY,
    -- Null until known.
    corporation_id bigint,
    alliance_id bigint,
    updated_at timestamptz NOT NULL,
    name text NOT NULL
);

CREATE TABLE corporations (
    corporation_id bigint PRIMARY KEY,
    alliance_id bigint,
    updated_at timestamptz NOT NULL,
    name text NOT NULL,
    ticker text
);

CREATE TABLE alliances (
    alliance_id bigint PRIMARY KEY,
    updated_at timestamptz NOT NULL,
    name text NOT NULL,
    ticker text
);

-- Of each pair the first finds exact names and beginnings in order, the second parts and misspellings.
CREATE INDEX characters_name_idx ON characters (lower(name) text_pattern_ops);
CREATE INDEX characters_name_trgm_idx ON characters USING gin (lower(name) gin_trgm_ops);
CREATE INDEX corporations_name_idx ON corporations (lower(name) text_pattern_ops);
CREATE INDEX corporations_name_trgm_idx ON corporations USING gin (lower(name) gin_trgm_ops);
CREATE INDEX corporations_ticker_idx ON corporations (lower(ticker));
CREATE INDEX alliances_name_idx ON alliances (lower(name) text_pattern_ops);
CREATE INDEX alliances_name_trgm_idx ON alliances USING gin (lower(name) gin_trgm_ops);
CREATE INDEX alliances_ticker_idx ON alliances (lower(ticker));
