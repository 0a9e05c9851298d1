//! The fit engine: `esf-dogma-engine` with its data, all skills V.
//!
//! An [`Engine`] is one build of the data, shared by `Arc` and replaceable while the server runs. The engine reads its
//! data in place, borrowed; the 10 MB of a load are therefore leaked on purpose: once per process, and once more for
//! every import of newer data, which happens a few times a year.

use super::{attributes::AttributeIds, convert, read};
use domain::{FitKey, FitOutcome, fit_stats::ImpossibleFit};
use esf_data::{InfoSde, Sde};
use esf_dogma_engine::{Calculation, Fit, Options, State, calculate};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

/// The data inside the binary; see `server/data/README.md`.
const BUNDLED: &[u8] = include_bytes!("../../../data/sde.dat.zst");
/// Far above the 10 MB of today; a file that claims more is not ours.
const MAX_DATA_BYTES: usize = 128 * 1024 * 1024;
/// The engine's crate, part of what makes two results comparable.
const ENGINE: &str = "esf-dogma-engine 14.1.0";
/// What this code makes of the engine's results, the other part. Raise it with every change of `convert`, `read`,
/// `warnings` or `domain::fit_stats` that changes a number or a word: stored statistics then count as outdated and are
/// computed again. A test notices most of such changes.
pub(super) const STATS_VERSION: u32 = 1;

pub(super) const CATEGORY_SHIP: i32 = 6;
pub(super) const CATEGORY_STRUCTURE: i32 = 65;
pub(super) const CATEGORY_SKILL: i32 = 16;
/// Afterburners and microwarpdrives.
pub(super) const GROUP_PROPULSION: i32 = 46;

/// Data that the engine cannot work with.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the file cannot be decompressed: {0}")]
    Compression(#[from] std::io::Error),
    #[error("not data of the fit engine: {0}")]
    Data(#[from] esf_data::Error),
    #[error("the data lacks the attribute {0}")]
    Attribute(&'static str),
}

/// See the module.
pub struct Engine {
    sde: &'static Sde<'static>,
    pub(super) attributes: AttributeIds,
    skills: BTreeMap<i32, u8>,
    build: String,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("build", &self.build).finish_non_exhaustive()
    }
}

impl Engine {
    /// The engine with the data inside the binary, loaded at the first call (about 0.1 s).
    ///
    /// # Panics
    /// Never in a tested build: the data is part of the binary and tests read it.
    pub fn bundled() -> Arc<Self> {
        static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
        let load = || Self::from_compressed(BUNDLED).expect("the data inside the binary is readable: a test reads it");
        Arc::clone(ENGINE.get_or_init(|| Arc::new(load())))
    }

    /// An engine with other data, as `zstd sde.dat` makes it.
    ///
    /// # Errors
    /// When the file is not data that this engine reads.
    pub fn from_compressed(compressed: &[u8]) -> Result<Self, EngineError> {
        Self::new(zstd::bulk::decompress(compressed, MAX_DATA_BYTES)?)
    }

    /// An engine with other data. The bytes stay for the life of the process; see the module.
    ///
    /// # Errors
    /// When they are not data that this engine reads; they are then still leaked.
    pub fn new(data: Vec<u8>) -> Result<Self, EngineError> {
        let data: &'static [u8] = Vec::leak(data);
        let sde: &'static Sde<'static> = Box::leak(Box::new(Sde::new(data)?));
        let attributes = AttributeIds::find(&InfoSde::new(sde))?;
        let skills = sde
            .types()
            .filter(|info| info.category_id() == CATEGORY_SKILL && info.published())
            .map(|info| (info.id(), 5))
            .collect();
        let build = format!("{ENGINE}, data build {}, statistics {STATS_VERSION}", sde.build_number());
        Ok(Self { sde, attributes, skills, build })
    }

    /// Crate, data and this code's version, as shown beside every result. What another build found is outdated.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// The engine's own view of the data.
    pub fn info(&self) -> InfoSde<'static> {
        InfoSde::new(self.sde)
    }

    /// The data itself, for loaders that search it by name.
    pub fn sde(&self) -> &'static Sde<'static> {
        self.sde
    }

    /// The statistics of a fit. A panic inside the engine becomes an outcome, so that it harms nobody else.
    pub fn outcome(&self, key: &FitKey) -> FitOutcome {
        contain(key, || self.compute(key))
    }

    fn compute(&self, key: &FitKey) -> FitOutcome {
        let impossible = |reason| FitOutcome::Impossible { reason };
        let Ok(hull_id) = i32::try_from(key.hull.0) else { return impossible(ImpossibleFit::UnknownHull) };
        match self.sde.get_type(hull_id).map(|hull| hull.category_id()) {
            None => return impossible(ImpossibleFit::UnknownHull),
            Some(CATEGORY_SHIP | CATEGORY_STRUCTURE) => {}
            Some(_) => return impossible(ImpossibleFit::NotAHull),
        }
        let converted = convert::fit(key, hull_id);
        let mut fit = converted.fit;
        self.prepare(&mut fit);
        let hot = self.calculate(&fit, true);
        let cold = self.without_propulsion(&fit, &hot).map(|fit| self.calculate(&fit, false));
        match read::stats(self, &fit, &hot, cold.as_ref(), key.has_abyssal, &converted.unknown) {
            Some(stats) => FitOutcome::Computed { stats: Box::new(stats) },
            None => impossible(ImpossibleFit::NoHitPoints),
        }
    }

    /// All skills V, and every module in the state that the game gives it on import.
    pub fn prepare(&self, fit: &mut Fit) {
        fit.character.skills.clone_from(&self.skills);
        esf_format::post_load(&self.info(), fit);
    }

    pub fn calculate(&self, fit: &Fit, validate: bool) -> Calculation {
        calculate(&self.info(), fit, &Options { sources: false, validate })
    }

    /// The same fit with its running propulsion modules switched off; `None` without one.
    fn without_propulsion(&self, fit: &Fit, hot: &Calculation) -> Option<Fit> {
        let mut cold = fit.clone();
        let mut has_any = false;
        for (item, result) in cold.items.iter_mut().zip(&hot.items) {
            let group = self.sde.get_type(item.type_id).map(|info| info.group_id());
            if group == Some(GROUP_PROPULSION) && result.state >= State::Active {
                item.state = State::Online;
                has_any = true;
            }
        }
        has_any.then_some(cold)
    }
}

/// Runs the engine; a panic is an outcome.
pub(super) fn contain(key: &FitKey, compute: impl FnOnce() -> FitOutcome) -> FitOutcome {
    catch_unwind(AssertUnwindSafe(compute)).unwrap_or_else(|_| {
        tracing::error!(fit_hash = %key.hash(), hull = %key.hull, "the fit engine panicked");
        metrics::counter!("fit_engine_panics_total").increment(1);
        FitOutcome::Impossible { reason: ImpossibleFit::EngineFailed }
    })
}
