ALTER TABLE characters DROP COLUMN affiliated_at;
