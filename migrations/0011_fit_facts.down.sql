ALTER TABLE killmails_enriched
    DROP COLUMN fit_tank,
    DROP COLUMN fit_is_lower_bound;
ALTER TABLE fit_stats
    DROP COLUMN tank,
    DROP COLUMN is_lower_bound;
