//! Why an archive of CCP's cannot be taken over.

/// An archive that cannot become a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SdeError {
    #[error("the static data archive cannot be read")]
    Archive(#[from] eve_sde::Error),
    #[error("{0} has no records")]
    Empty(&'static str),
    #[error("{file}: {id} belongs to {owner}, which {owners} lacks")]
    Dangling { file: &'static str, id: u32, owner: u32, owners: &'static str },
    #[error("a table of the snapshot cannot be written")]
    Table(#[from] csv::Error),
}
