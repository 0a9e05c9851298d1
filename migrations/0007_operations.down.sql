DROP INDEX killmails_enriched_failed_idx;
DROP TABLE wanted_names;
DROP TABLE backfills;
DROP INDEX dead_letters_retry_idx;
ALTER TABLE dead_letters DROP COLUMN retry_at;
ALTER TABLE dead_letters DROP COLUMN kind;
