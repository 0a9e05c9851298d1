//! The format of a snapshot: named CSV tables in a zstd-compressed tar. Reads and writes tables as text without
//! knowing their columns, so a table that this version does not understand is passed on byte for byte.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

/// A snapshot that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("static data archive is unreadable")]
    Archive(#[from] std::io::Error),
    #[error("static data table {0} is missing")]
    Missing(&'static str),
    #[error("static data table {table} is malformed")]
    Table { table: &'static str, source: csv::Error },
}

/// The entry that names the origin and build of a snapshot; the bundled one lacks it.
pub const BUILD_ENTRY: &str = "build.txt";
/// Unpacked, the tables take some 10 MB, and 50 MB with celestials. More is not a snapshot.
const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// Smaller than the default by a quarter, and still written in a second or two.
const COMPRESSION_LEVEL: i32 = 12;

/// The tables of a snapshot by file name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotTables {
    tables: BTreeMap<String, Vec<u8>>,
}

impl SnapshotTables {
    /// Unpacks an archive.
    ///
    /// # Errors
    /// When the archive is damaged or unreasonably large.
    pub fn read(archive: &[u8]) -> Result<Self, SnapshotError> {
        let unpacked = zstd::stream::read::Decoder::new(archive)?.take(MAX_UNPACKED_BYTES);
        let mut tar = tar::Archive::new(unpacked);
        let mut tables = BTreeMap::new();
        for entry in tar.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path()?;
            let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
            let mut table = Vec::new();
            entry.read_to_end(&mut table)?;
            tables.insert(name, table);
        }
        Ok(Self { tables })
    }

    /// Packs the tables. The same tables always give the same bytes.
    ///
    /// # Errors
    /// Only when the memory for it is not to be had.
    pub fn write(&self) -> io::Result<Vec<u8>> {
        let mut tar = tar::Builder::new(zstd::stream::write::Encoder::new(Vec::new(), COMPRESSION_LEVEL)?);
        for (name, table) in &self.tables {
            let mut header = tar::Header::new_gnu();
            header.set_size(table.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(0);
            tar.append_data(&mut header, name, table.as_slice())?;
        }
        tar.into_inner()?.finish()
    }

    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.tables.get(name).map(Vec::as_slice)
    }

    /// Adds a table or replaces it.
    pub fn insert(&mut self, name: impl Into<String>, table: Vec<u8>) {
        self.tables.insert(name.into(), table);
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::static_data::{bundled_archive, read_snapshot};

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let bundled = SnapshotTables::read(bundled_archive()).expect("bundled");
        let written = bundled.write().expect("packed");
        assert_eq!(SnapshotTables::read(&written).expect("unpacked"), bundled);
        // Rows as well as bytes, through the reader that the server uses.
        let before = format!("{:?}", read_snapshot(bundled_archive()).expect("rows"));
        assert!(before == format!("{:?}", read_snapshot(&written).expect("rows")), "the rows differ");
        assert!(before.contains("\"Rifter\""));
    }

    #[test]
    fn unknown_tables_and_the_build_are_kept() {
        let mut tables = SnapshotTables::default();
        tables.insert("types.csv", b"type_id\n587\n".to_vec());
        tables.insert("future.csv", b"a,b\n1,\"\xff\"\n".to_vec());
        tables.insert(BUILD_ENTRY, b"made up (build 7)\n".to_vec());
        let written = tables.write().expect("packed");
        assert_eq!(tables.write().expect("packed"), written, "the same tables give the same bytes");
        let read = SnapshotTables::read(&written).expect("unpacked");
        assert_eq!(read.get("future.csv"), Some(&b"a,b\n1,\"\xff\"\n"[..]));
        assert_eq!(read.names().count(), tables.names().count());
    }

    #[test]
    fn damage_is_an_error() {
        let bundled = bundled_archive();
        for archive in [&b""[..], b"PK\x03\x04", &bundled[..bundled.len() / 2]] {
            assert!(SnapshotTables::read(archive).is_err());
        }
    }
}
