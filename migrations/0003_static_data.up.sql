-- CCP's static data, replaced as a whole by each import.
CREATE TABLE static_import (
    -- One row at most.
    is_current boolean PRIMARY KEY DEFAULT true CHECK (is_current),
    build text NOT NULL,
    imported_at timestamptz NOT NULL
);

CREATE TABLE static_regions (
    region_id bigint PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE static_constellations (
    constellation_id bigint PRIMARY KEY,
    region_id bigint NOT NULL,
    name text NOT NULL
);

CREATE TABLE static_systems (
    solar_system_id bigint PRIMARY KEY,
    constellation_id bigint NOT NULL,
    region_id bigint NOT NULL,
    true_security double precision NOT NULL,
    -- Displayed security in tenths.
    security smallint NOT NULL,
    wormhole_class smallint,
    security_band text NOT NULL,
    name text NOT NULL
);

CREATE TABLE static_groups (
    group_id bigint PRIMARY KEY,
    category_id bigint NOT NULL,
    published boolean NOT NULL,
    name text NOT NULL
);

CREATE TABLE static_types (
    type_id bigint PRIMARY KEY,
    group_id bigint NOT NULL,
    category_id bigint NOT NULL,
    meta_group_id bigint,
    mass_kg double precision,
    volume_m3 double precision,
    capacity_m3 double precision,
    base_price numeric(20, 2),
    tech_level smallint,
    published boolean NOT NULL,
    is_abyssal boolean NOT NULL,
    slot text,
    hardpoint text,
    name text NOT NULL
);

-- What the search looks through beside players: systems, constellations, regions, published types and groups.
CREATE TABLE static_names (
    kind text NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    -- A word of context: a system's region, a type's group.
    detail text,
    PRIMARY KEY (kind, id)
);

CREATE INDEX static_names_name_idx ON static_names (lower(name) text_pattern_ops);
CREATE INDEX static_names_name_trgm_idx ON static_names USING gin (lower(name) gin_trgm_ops);

-- Everything that has a name. The ids of different kinds may be equal.
CREATE VIEW searchable_names AS
SELECT 'character'::text AS kind, character_id AS id, name, NULL::text AS ticker, NULL::text AS detail FROM characters
UNION ALL
SELECT 'corporation'::text, corporation_id, name, ticker, NULL::text FROM corporations
UNION ALL
SELECT 'alliance'::text, alliance_id, name, ticker, NULL::text FROM alliances
UNION ALL
SELECT kind, id, name, NULL::text, detail FROM static_names;
