DROP TABLE alliances;
DROP TABLE corporations;
DROP TABLE characters;
-- pg_trgm stays: it may have been there before, and others may use it.
