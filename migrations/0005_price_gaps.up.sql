-- Types that a price source was asked for and does not know, so that it is not asked again and again.
CREATE TABLE price_gaps (
    type_id bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (type_id, source)
);
