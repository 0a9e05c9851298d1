//! CCP's archives with a handful of types, for tests that import static data.

use eve_sde::{
    model::{Constellation, Group, Region, SolarSystem, Type},
    testing::ArchiveBuilder,
};
use std::{io::Write, path::Path};
use tempfile::NamedTempFile;

/// A type as CCP writes it: id, name, mass.
pub type ShipRow<'a> = (i64, &'a str, f64);

/// An archive with these types, all of them frigates, and one system.
pub fn archive(build: u32, types: &[ShipRow<'_>]) -> Vec<u8> {
    builder(build, types).into_bytes()
}

pub fn builder(build: u32, types: &[ShipRow<'_>]) -> ArchiveBuilder {
    let at = r#""position":{"x":0.0,"y":0.0,"z":0.0}"#;
    let rows: Vec<String> = types
        .iter()
        .map(|(id, name, mass)| {
            format!(
                r#"{{"_key":{id},"groupID":25,"name":{{"en":"{name}"}},"portionSize":1,"published":true,"basePrice":5000.0,"mass":{mass}}}"#
            )
        })
        .collect();
    ArchiveBuilder::new(build)
        .release_date("2026-11-20T11:00:00Z")
        .rows::<Region>(format!(r#"{{"_key":10000002,"name":{{"en":"The Forge"}},"nebulaID":1,{at}}}"#))
        .rows::<Constellation>(format!(r#"{{"_key":20000020,"name":{{"en":"Kimotoro"}},"regionID":10000002,{at}}}"#))
        .rows::<SolarSystem>(format!(
            r#"{{"_key":30000142,"name":{{"en":"Jita"}},"constellationID":20000020,"regionID":10000002,"securityStatus":0.9459,"radius":1e12,{at}}}"#
        ))
        .rows::<Group>(
            r#"{"_key":25,"anchorable":false,"anchored":false,"categoryID":6,"fittableNonSingleton":false,"name":{"en":"Frigate"},"published":true,"useBasePrice":false}"#,
        )
        .rows::<Type>(rows.join("\n"))
}

/// These bytes as a file that is deleted in the end.
pub fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    file
}

/// The fit engine's file without content.
pub fn dogma_file(build: i32, major_version: i32) -> Vec<u8> {
    use esf_data::eve;
    let mut builder = flatbuffers::FlatBufferBuilder::new();
    let arguments = eve::SdeArgs { build_number: build, major_version, ..eve::SdeArgs::default() };
    let root = eve::Sde::create(&mut builder, &arguments);
    eve::finish_sde_buffer(&mut builder, root);
    builder.finished_data().to_vec()
}

pub fn sde_file(path: &Path) -> server::static_import::SdeFile {
    server::static_import::SdeFile { path: path.to_owned(), etag: None }
}
