//! What the engine computes with: one build of the static data, the ids of the attributes that are read, the skills.
//!
//! The engine reads its data in place, borrowed; the 10 MB of a load are therefore leaked on purpose: once per process,
//! and once more for every import of newer data, which happens a few times a year.

use crate::attributes::{AttributeIds, MissingAttribute};
use domain::{CategoryId, sde::category};
use esf_data::{InfoSde, Sde};
use std::collections::BTreeMap;

/// The data inside the binary; see `server/fitting/data/README.md`.
const BUNDLED: &[u8] = include_bytes!("../data/sde.dat.zst");
/// Far above the 10 MB of today; a file that claims more is not ours.
pub const MAX_DATA_BYTES: usize = 128 * 1024 * 1024;
/// FlatBuffers name their schema behind the first offset; this is the engine's.
const IDENTIFIER: &[u8] = b"ESF1";
/// The engine's crate, part of what makes two results comparable.
const ENGINE: &str = "esf-dogma-engine 14.1.0";
/// What this code makes of the engine's results, the other part. Raise it with every change of `convert`, `read`,
/// `warnings` or `domain::fit_stats` that changes a number or a word: stored statistics then count as outdated and are
/// computed again. A test notices most of such changes.
pub(crate) const STATS_VERSION: u32 = 1;

/// Data that the engine cannot work with.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the file cannot be decompressed: {0}")]
    Compression(#[from] std::io::Error),
    #[error("this is not the fit engine's file sde.dat")]
    OtherFile,
    #[error("not data of the fit engine: {0}")]
    Data(#[from] esf_data::Error),
    #[error(transparent)]
    Attribute(#[from] MissingAttribute),
}

/// See the module.
pub(crate) struct Data {
    pub(crate) sde: &'static Sde<'static>,
    pub(crate) attributes: AttributeIds,
    /// Every published skill, at V.
    pub(crate) skills: BTreeMap<i32, u8>,
    /// Crate, data and this code's version.
    pub(crate) build: String,
}

impl Data {
    pub(crate) fn bundled() -> Result<Self, EngineError> {
        Self::from_compressed(BUNDLED)
    }

    pub(crate) fn from_compressed(compressed: &[u8]) -> Result<Self, EngineError> {
        Self::new(zstd::bulk::decompress(compressed, MAX_DATA_BYTES)?)
    }

    /// The bytes stay for the life of the process; see the module.
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self, EngineError> {
        let bytes: &'static [u8] = Vec::leak(bytes);
        let sde: &'static Sde<'static> = Box::leak(Box::new(Sde::new(bytes)?));
        let attributes = AttributeIds::find(&InfoSde::new(sde))?;
        let skills = sde
            .types()
            .filter(|info| CategoryId(info.category_id().into()) == category::SKILL && info.published())
            .map(|info| (info.id(), 5))
            .collect();
        let build = format!("{ENGINE}, data build {}, statistics {STATS_VERSION}", sde.build_number());
        Ok(Self { sde, attributes, skills, build })
    }

    pub(crate) fn info(&self) -> InfoSde<'static> {
        InfoSde::new(self.sde)
    }
}

/// Opens a file as the engine does, without keeping it; returns the build of its static data.
///
/// # Errors
/// When it is not a file that this engine reads.
pub fn build_number(bytes: &[u8]) -> Result<u64, EngineError> {
    if bytes.get(4..8) != Some(IDENTIFIER) {
        return Err(EngineError::OtherFile);
    }
    Ok(u64::try_from(Sde::new(bytes)?.build_number()).unwrap_or(0))
}
