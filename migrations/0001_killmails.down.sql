DROP FUNCTION drop_killmail_partitions;
DROP FUNCTION create_killmail_partitions;
DROP VIEW killmail_partitions;
DROP TABLE killmail_participants;
DROP TYPE participant_role;
DROP TABLE killmails_enriched;
DROP TABLE killmails_raw;
DROP TABLE killmail_ids;
