//! The fit engine: `esf-dogma-engine` with its data, all skills V.
//!
//! An [`Engine`] is one build of the data, shared by `Arc` and replaceable while the server runs; each load leaks its
//! bytes (see [`crate::data`]).

use crate::{
    convert,
    data::{Data, EngineError},
    read,
};
use domain::{
    CategoryId, FitKey, FitOutcome, GroupId,
    fit_stats::ImpossibleFit,
    sde::{category, group},
};
use esf_dogma_engine::{Calculation, Fit, Options, State, calculate};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

/// See the module.
pub struct Engine {
    pub(crate) data: Data,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("build", &self.data.build).finish_non_exhaustive()
    }
}

impl Engine {
    /// The engine with the data inside the binary, loaded at the first call (about 0.1 s).
    ///
    /// # Panics
    /// Never in a tested build: the data is part of the binary and tests read it.
    pub fn bundled() -> Arc<Self> {
        static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
        let load = || Data::bundled().expect("the data inside the binary is readable: a test reads it");
        Arc::clone(ENGINE.get_or_init(|| Arc::new(Self { data: load() })))
    }

    /// An engine with other data, as `zstd sde.dat` makes it.
    ///
    /// # Errors
    /// When the file is not data that this engine reads.
    pub fn from_compressed(compressed: &[u8]) -> Result<Self, EngineError> {
        Ok(Self { data: Data::from_compressed(compressed)? })
    }

    /// An engine with other data. The bytes stay for the life of the process; see the module.
    ///
    /// # Errors
    /// When they are not data that this engine reads; they are then still leaked.
    pub fn new(bytes: Vec<u8>) -> Result<Self, EngineError> {
        Ok(Self { data: Data::new(bytes)? })
    }

    /// Crate, data and this code's version, as shown beside every result. What another build found is outdated.
    pub fn build(&self) -> &str {
        &self.data.build
    }

    /// The statistics of a fit. A panic inside the engine becomes an outcome, so that it harms nobody else.
    pub fn outcome(&self, key: &FitKey) -> FitOutcome {
        contain(key, || self.compute(key))
    }

    fn compute(&self, key: &FitKey) -> FitOutcome {
        let impossible = |reason| FitOutcome::Impossible { reason };
        let Ok(hull_id) = i32::try_from(key.hull.0) else { return impossible(ImpossibleFit::UnknownHull) };
        match self.data.sde.get_type(hull_id).map(|hull| CategoryId(hull.category_id().into())) {
            None => return impossible(ImpossibleFit::UnknownHull),
            Some(category::SHIP | category::STRUCTURE) => {}
            Some(_) => return impossible(ImpossibleFit::NotAHull),
        }
        let converted = convert::fit(key, hull_id);
        let mut fit = converted.fit;
        self.prepare(&mut fit);
        let hot = self.calculate(&fit, true);
        let cold = self.without_propulsion(&fit, &hot).map(|fit| self.calculate(&fit, false));
        match read::stats(&self.data, &fit, &hot, cold.as_ref(), key.has_abyssal, &converted.unknown) {
            Some(stats) => FitOutcome::Computed { stats: Box::new(stats) },
            None => impossible(ImpossibleFit::NoHitPoints),
        }
    }

    /// All skills V, and every module in the state that the game gives it on import.
    pub(crate) fn prepare(&self, fit: &mut Fit) {
        fit.character.skills.clone_from(&self.data.skills);
        esf_format::post_load(&self.data.info(), fit);
    }

    pub(crate) fn calculate(&self, fit: &Fit, validate: bool) -> Calculation {
        calculate(&self.data.info(), fit, &Options { sources: false, validate })
    }

    /// The same fit with its running propulsion modules switched off; `None` without one.
    fn without_propulsion(&self, fit: &Fit, hot: &Calculation) -> Option<Fit> {
        let mut cold = fit.clone();
        let mut has_any = false;
        for (item, result) in cold.items.iter_mut().zip(&hot.items) {
            let group = self.data.sde.get_type(item.type_id).map(|info| GroupId(info.group_id().into()));
            if group == Some(group::PROPULSION_MODULE) && result.state >= State::Active {
                item.state = State::Online;
                has_any = true;
            }
        }
        has_any.then_some(cold)
    }
}

/// Runs the engine; a panic is an outcome.
pub(crate) fn contain(key: &FitKey, compute: impl FnOnce() -> FitOutcome) -> FitOutcome {
    catch_unwind(AssertUnwindSafe(compute)).unwrap_or_else(|_| {
        tracing::error!(fit_hash = %key.hash(), hull = %key.hull, "the fit engine panicked");
        metrics::counter!(crate::meters::FIT_ENGINE_PANICS_TOTAL).increment(1);
        FitOutcome::Impossible { reason: ImpossibleFit::EngineFailed }
    })
}
