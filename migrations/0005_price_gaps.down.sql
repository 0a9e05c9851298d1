DROP TABLE price_gaps;
