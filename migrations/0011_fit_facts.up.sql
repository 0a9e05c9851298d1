-- More of what lists and filters ask of a fit. Hit points and damage of a fit with mutated modules are lower bounds:
-- lists say so beside the number. The kind of tank is one of the words of the statistics.
ALTER TABLE fit_stats
    ADD COLUMN is_lower_bound boolean NOT NULL DEFAULT false,
    ADD COLUMN tank text;
ALTER TABLE killmails_enriched
    ADD COLUMN fit_is_lower_bound boolean NOT NULL DEFAULT false,
    ADD COLUMN fit_tank text;

UPDATE fit_stats
SET is_lower_bound = (stats #>> '{stats,is_lower_bound}')::boolean, tank = stats #>> '{stats,tank}'
WHERE stats ? 'stats';
UPDATE killmails_enriched AS kill SET fit_is_lower_bound = fit.is_lower_bound, fit_tank = fit.tank
FROM fit_stats AS fit
WHERE fit.fit_hash = kill.fit_hash AND fit.tank IS NOT NULL AND kill.fit_build IS NOT NULL;
