DROP TABLE static_snapshots;
