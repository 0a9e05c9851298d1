-- Killmails: as received, as enriched, and who took part. Partitioned by month of the kill's own time, so that the
-- three tables stay aligned, a re-enrichment never moves a row, and a month can be dropped whole.

-- One row for each kill of any month. A key of a partitioned table must contain its time; this one is what makes a
-- killmail_id unique, decides between two writers, and says which single partition holds a kill.
CREATE TABLE killmail_ids (
    killmail_id bigint PRIMARY KEY,
    killmail_time timestamptz NOT NULL
);

CREATE TABLE killmails_raw (
    killmail_id bigint NOT NULL,
    killmail_time timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    solar_system_id bigint NOT NULL,
    ship_type_id bigint NOT NULL,
    hash text,
    source text NOT NULL,
    -- The ESI body. Numbers keep every digit; key order and white space are not kept.
    payload jsonb NOT NULL,
    PRIMARY KEY (killmail_id, killmail_time)
) PARTITION BY RANGE (killmail_time);

-- Holds all that a row of a kill list shows or is filtered by, so that listing never opens a payload.
CREATE TABLE killmails_enriched (
    killmail_id bigint NOT NULL,
    killmail_time timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    enriched_at timestamptz NOT NULL,
    failed_at timestamptz,
    solar_system_id bigint NOT NULL,
    -- Null for a system newer than the static data.
    constellation_id bigint,
    region_id bigint,
    ship_type_id bigint NOT NULL,
    -- Null for a type newer than the static data.
    ship_group_id bigint,
    victim_character_id bigint,
    victim_corporation_id bigint,
    victim_alliance_id bigint,
    victim_faction_id bigint,
    final_blow_character_id bigint,
    final_blow_corporation_id bigint,
    final_blow_alliance_id bigint,
    final_blow_faction_id bigint,
    final_blow_ship_type_id bigint,
    final_blow_weapon_type_id bigint,
    attacker_count integer NOT NULL,
    player_attacker_count integer NOT NULL,
    unpriced_types integer NOT NULL,
    enrichment_version integer NOT NULL,
    -- Old mails may have none; then every final_blow column is null.
    has_final_blow boolean NOT NULL,
    is_solo boolean NOT NULL,
    is_npc boolean NOT NULL,
    is_awox boolean NOT NULL,
    security_band text,
    hash text,
    source text NOT NULL,
    hull_value numeric(20, 2),
    fitted_value numeric(20, 2),
    destroyed_value numeric(20, 2),
    dropped_value numeric(20, 2),
    total_value numeric(20, 2),
    reported_value numeric(20, 2),
    labels text[] NOT NULL,
    module_tags text[] NOT NULL,
    -- {type_id: {price, source, at}}
    unit_prices jsonb NOT NULL,
    PRIMARY KEY (killmail_id, killmail_time)
) PARTITION BY RANGE (killmail_time);

-- Kill lists: the newest of all; activity and totals of a time span.
CREATE INDEX killmails_enriched_time_idx ON killmails_enriched (killmail_time DESC, killmail_id DESC);
-- Kill lists of systems; of constellations and regions, which are asked for as their systems.
CREATE INDEX killmails_enriched_system_idx ON killmails_enriched (solar_system_id, killmail_time DESC);
-- Kill lists of lost ships; of ship groups, which are asked for as their types.
CREATE INDEX killmails_enriched_ship_idx ON killmails_enriched (ship_type_id, killmail_time DESC);
-- Kill lists with a minimum value of 10 billion or more: one kill in five hundred.
CREATE INDEX killmails_enriched_dear_idx ON killmails_enriched (killmail_time DESC, killmail_id DESC)
    WHERE total_value >= 10000000000;
-- Finding what has to be enriched again.
CREATE INDEX killmails_enriched_enriched_at_idx ON killmails_enriched (enriched_at);
-- Kill lists by tag.
CREATE INDEX killmails_enriched_module_tags_idx ON killmails_enriched USING gin (module_tags);

CREATE TYPE participant_role AS ENUM ('victim', 'attacker');

CREATE TABLE killmail_participants (
    killmail_id bigint NOT NULL,
    killmail_time timestamptz NOT NULL,
    character_id bigint,
    corporation_id bigint,
    alliance_id bigint,
    faction_id bigint,
    ship_type_id bigint,
    ship_group_id bigint,
    weapon_type_id bigint,
    -- Taken by the victim, done by an attacker.
    damage bigint NOT NULL,
    role participant_role NOT NULL,
    -- 0 for the victim; attackers count from 0 in the mail's order.
    ordinal integer NOT NULL,
    final_blow boolean NOT NULL,
    PRIMARY KEY (killmail_id, killmail_time, role, ordinal)
) PARTITION BY RANGE (killmail_time);

-- Kill lists of pilots, corporations and alliances, on either side.
CREATE INDEX killmail_participants_character_idx ON killmail_participants (character_id, killmail_time DESC)
    WHERE character_id IS NOT NULL;
CREATE INDEX killmail_participants_corporation_idx ON killmail_participants (corporation_id, killmail_time DESC)
    WHERE corporation_id IS NOT NULL;
CREATE INDEX killmail_participants_alliance_idx ON killmail_participants (alliance_id, killmail_time DESC)
    WHERE alliance_id IS NOT NULL;

-- The partitions of a table with the month each holds.
CREATE VIEW killmail_partitions AS
SELECT
    parent.relname::text AS table_name,
    child.oid::regclass AS partition,
    to_date(right(child.relname, 8), '"y"YYYY"m"MM') AS month
FROM pg_inherits
JOIN pg_class AS parent ON parent.oid = pg_inherits.inhparent
JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE
    parent.oid IN ('killmails_raw'::regclass, 'killmails_enriched'::regclass, 'killmail_participants'::regclass)
    AND child.relname ~ '_y[0-9]{4}m[0-9]{2}$';

-- Creates what is missing of a month's three partitions. There is no default partition: it would have to be scanned,
-- and locked against everybody, whenever a month is added. ATTACH, unlike CREATE ... PARTITION OF, lets readers and
-- writers of the other months go on. Two callers at once take turns.
CREATE FUNCTION create_killmail_partitions(of_month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    child text;
    month_start date := date_trunc('month', of_month)::date;
    month_end date := (date_trunc('month', of_month) + interval '1 month')::date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('killmail_partitions'));
    FOREACH parent IN ARRAY ARRAY['killmails_raw', 'killmails_enriched', 'killmail_participants'] LOOP
        child := parent || to_char(month_start, '"_y"YYYY"m"MM');
        IF to_regclass(quote_ident(child)) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES)', child, parent);
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, child, month_start || ' 00:00:00+00', month_end || ' 00:00:00+00'
            );
        END IF;
    END LOOP;
END
$$;

-- Drops the partitions of every month before the given one, and the ids they held. Returns how many months went.
-- The parents are locked first and in the order in which writers use them, so that nothing is written meanwhile.
CREATE FUNCTION drop_killmail_partitions(before_month date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    old record;
    months integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('killmail_partitions'));
    SELECT count(DISTINCT month) INTO months
    FROM killmail_partitions WHERE month < date_trunc('month', before_month);
    IF months = 0 THEN
        RETURN 0;
    END IF;
    LOCK TABLE ONLY killmails_raw, ONLY killmails_enriched, ONLY killmail_participants IN ACCESS EXCLUSIVE MODE;
    FOR old IN
        SELECT table_name, partition FROM killmail_partitions WHERE month < date_trunc('month', before_month)
    LOOP
        IF old.table_name = 'killmails_raw' THEN
            EXECUTE format('DELETE FROM killmail_ids USING %s AS old WHERE killmail_ids.killmail_id = old.killmail_id', old.partition);
        END IF;
        EXECUTE format('DROP TABLE %s', old.partition);
    END LOOP;
    RETURN months;
END
$$;
