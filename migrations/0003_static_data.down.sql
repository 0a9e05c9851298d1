DROP VIEW searchable_names;
DROP TABLE static_names;
DROP TABLE static_types;
DROP TABLE static_groups;
DROP TABLE static_systems;
DROP TABLE static_constellations;
DROP TABLE static_regions;
DROP TABLE static_import;
