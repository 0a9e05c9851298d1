-- When corporation and alliance of a pilot were confirmed last; null until they were.
ALTER TABLE characters ADD COLUMN affiliated_at timestamptz;
