DROP TABLE prices;
DROP TABLE dead_letters;
DROP TABLE feed_positions;
