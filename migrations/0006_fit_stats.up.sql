-- Statistics of fits, computed once for each distinct fit, and what kill lists need of them.
CREATE TABLE fit_stats (
    fit_hash text PRIMARY KEY,
    ship_type_id bigint NOT NULL,
    -- Rounded copies for kill lists; null when there is no such number.
    ehp bigint,
    dps bigint,
    -- The whole outcome: statistics, or the reason why there are none.
    stats jsonb NOT NULL,
    engine_build text NOT NULL,
    computed_at timestamptz NOT NULL
);

ALTER TABLE killmails_enriched
    -- Null for kills stored before fits were hashed.
    ADD COLUMN fit_hash text,
    -- The engine that gave ehp and dps, or found that there are none. Null: nobody has looked yet.
    ADD COLUMN fit_build text,
    ADD COLUMN ehp bigint,
    ADD COLUMN dps bigint;

-- The kills that wait for their statistics: a short list that empties itself.
CREATE INDEX killmails_enriched_fit_waiting_idx ON killmails_enriched (fit_hash) WHERE fit_build IS NULL;
CREATE INDEX killmails_enriched_fit_waiting_time_idx ON killmails_enriched (killmail_time DESC)
    WHERE fit_build IS NULL;
-- Kill lists by hit points, by damage, by value.
CREATE INDEX killmails_enriched_ehp_idx ON killmails_enriched (ehp DESC, killmail_id DESC) WHERE ehp IS NOT NULL;
CREATE INDEX killmails_enriched_dps_idx ON killmails_enriched (dps DESC, killmail_id DESC) WHERE dps IS NOT NULL;
CREATE INDEX killmails_enriched_value_idx ON killmails_enriched (total_value DESC, killmail_id DESC)
    WHERE total_value IS NOT NULL;
