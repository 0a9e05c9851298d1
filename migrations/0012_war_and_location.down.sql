DROP INDEX killmails_enriched_crowd_idx;
ALTER TABLE killmails_enriched
    DROP COLUMN location_id,
    DROP COLUMN war_id;
