-- What lists are filtered by besides: the declared war a loss was part of, what stood nearest to it, how many players
-- took part.
ALTER TABLE killmails_enriched
    ADD COLUMN war_id bigint,
    -- A star, planet, moon, belt, stargate or station. Null where the position is unknown, where nothing has a name,
    -- and for kills stored before it was worked out, until they are enriched again.
    ADD COLUMN location_id bigint;

-- A war of 0 is none, as when a mail is decoded.
UPDATE killmails_enriched AS kill SET war_id = (raw.payload ->> 'war_id')::bigint
FROM killmails_raw AS raw
WHERE
    raw.killmail_id = kill.killmail_id AND raw.killmail_time = kill.killmail_time
    AND raw.payload ? 'war_id' AND (raw.payload ->> 'war_id')::bigint > 0;

-- Kill lists of a war; of a place smaller than a system.
CREATE INDEX killmails_enriched_war_idx ON killmails_enriched (war_id, killmail_time DESC) WHERE war_id IS NOT NULL;
CREATE INDEX killmails_enriched_location_idx ON killmails_enriched (location_id, killmail_time DESC)
    WHERE location_id IS NOT NULL;
-- Kill lists with a minimum of 50 players or more: one kill in fifty.
CREATE INDEX killmails_enriched_crowd_idx ON killmails_enriched (killmail_time DESC, killmail_id DESC)
    WHERE player_attacker_count >= 50;
