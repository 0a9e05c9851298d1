//! Tables of a snapshot as CSV: columns and rows, written in one way.

use super::SdeError;
use domain::static_data::SnapshotTables;
use eve_sde::{Archive, Record};
use serde::Serialize;
use std::{
    collections::HashMap,
    io::{Read, Seek},
};

/// A table that is being written. The columns are those of the bundled snapshot; a test compares them.
pub struct Table {
    writer: csv::Writer<Vec<u8>>,
    rows: usize,
}

impl Table {
    pub fn new(columns: &[&str]) -> Result<Self, SdeError> {
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        writer.write_record(columns)?;
        Ok(Self { writer, rows: 0 })
    }

    /// Adds a row: a tuple or struct with one value for each column.
    pub fn push(&mut self, row: impl Serialize) -> Result<(), SdeError> {
        self.rows += 1;
        Ok(self.writer.serialize(row)?)
    }

    /// Adds a row of a table that was read before.
    pub fn push_record(&mut self, row: &csv::StringRecord) -> Result<(), SdeError> {
        self.rows += 1;
        Ok(self.writer.write_record(row)?)
    }

    /// Puts the table into the snapshot in place of the one before.
    pub fn finish(self, name: &str, tables: &mut SnapshotTables) -> Result<(), SdeError> {
        let bytes = self.writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        tables.insert(name, bytes);
        Ok(())
    }

    /// As [`Table::finish`], for a table without which nothing works.
    pub fn finish_filled<T: Record>(self, name: &str, tables: &mut SnapshotTables) -> Result<(), SdeError> {
        if self.rows == 0 {
            return Err(SdeError::Empty(T::FILE));
        }
        self.finish(name, tables)
    }
}

/// Rows of a table of the snapshot before by the number in their first column; none when it has no such table.
pub fn previous_rows(tables: &SnapshotTables, name: &str) -> Result<HashMap<i64, csv::StringRecord>, SdeError> {
    let Some(text) = tables.get(name) else { return Ok(HashMap::new()) };
    let mut rows = HashMap::new();
    for row in csv::Reader::from_reader(text).into_records() {
        let row = row?;
        if let Some(id) = row.get(0).and_then(|id| id.parse().ok()) {
            rows.insert(id, row);
        }
    }
    Ok(rows)
}

/// Copies a table record by record.
pub fn copy<T: Record, R: Read + Seek, Row: Serialize>(
    archive: &mut Archive<R>,
    (name, columns): (&str, &[&str]),
    tables: &mut SnapshotTables,
    row: impl Fn(T) -> Row,
) -> Result<(), SdeError> {
    let mut table = Table::new(columns)?;
    for record in archive.records::<T>()? {
        table.push(row(record?))?;
    }
    table.finish(name, tables)
}
