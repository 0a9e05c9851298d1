-- Hit points and damage of a fit with mutated modules are lower bounds: lists say so beside the number.
ALTER TABLE fit_stats ADD COLUMN is_lower_bound boolean NOT NULL DEFAULT false;
ALTER TABLE killmails_enriched ADD COLUMN fit_is_lower_bound boolean NOT NULL DEFAULT false;

UPDATE fit_stats SET is_lower_bound = true WHERE (stats #>> '{stats,is_lower_bound}')::boolean;
UPDATE killmails_enriched AS kill SET fit_is_lower_bound = true
FROM fit_stats AS fit
WHERE fit.fit_hash = kill.fit_hash AND fit.is_lower_bound AND kill.fit_build IS NOT NULL;
