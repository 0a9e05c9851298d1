//! A ship's page made by hand for tests.

use crate::pages::kill::fixtures::{at, fitted_frigate, type_ref};
use chrono::TimeDelta;
use contract::{
    FitModule, FitRack, Involved, InvolvedEntry, KillPage, StatsWindow, TagCount, TypeFacts, TypePage, TypeStats,
    UsualFit,
};
use domain::{Cursor, Isk, KillmailId, ShipRef, Slot, StaticData, distribution::Distribution};

fn module(name: &str, count: u32) -> FitModule {
    let sde = StaticData::bundled();
    let info = sde.type_by_name(name).expect(name);
    FitModule { module: ShipRef::new(info.id, &sde), meta_group_id: info.meta_group_id.map(|id| id.0), count }
}

fn entry(id: i64, name: Option<&str>, losses: u64, final_blows: Option<u64>) -> InvolvedEntry {
    InvolvedEntry { id, name: name.map(str::to_owned), losses, final_blows }
}

/// Nothing lost in the window.
pub fn quiet(name: &str, window: StatsWindow) -> TypePage {
    let sde = StaticData::bundled();
    let info = sde.type_by_name(name).expect(name);
    let to = at("2026-11-24T20:00:00Z");
    TypePage {
        facts: TypeFacts {
            ship: type_ref(name),
            category_id: info.category_id.0,
            meta_group_id: info.meta_group_id.map(|id| id.0),
            tech_level: info.tech_level,
        },
        stats: TypeStats {
            type_id: info.id,
            window_days: window.days(),
            from: to - TimeDelta::days(window.days().into()),
            to,
            n: 0,
            is_cut: false,
            oldest: None,
            isk_lost: Isk::ZERO,
            solo: 0,
            npc: 0,
            pilots: 0,
            values: None,
            ehp: None,
            ehp_lower_bounds: 0,
            fits: Vec::new(),
            fit_clusters: 0,
            losers: Involved::default(),
            killers: Involved::default(),
            tags: Vec::new(),
            computed_at: to,
        },
        recent: KillPage::default(),
    }
}

/// Forty Rifters in two usual fits and some rarer ones.
pub fn rifter() -> TypePage {
    let mut page = quiet("Rifter", StatsWindow::Month);
    let kill = fitted_frigate().summary;
    let cursor = Cursor { killmail_time: kill.killmail_time, killmail_id: kill.killmail_id };
    let stats = &mut page.stats;
    stats.n = 40;
    stats.oldest = Some(at("2026-10-28T06:00:00Z"));
    stats.isk_lost = Isk::from_isk(310_000_000);
    (stats.solo, stats.npc, stats.pilots) = (13, 2, 31);
    stats.values = Distribution::of((1..=39).map(|n| n * 25_000_000)).map(|spread| spread.map(Isk::from_hundredths));
    stats.ehp = Distribution::of((0..25).map(|n| 2_400 + n * 97));
    stats.ehp_lower_bounds = 3;
    stats.fit_clusters = 9;
    stats.fits = vec![
        UsualFit {
            losses: 22,
            share: 0.55,
            exact: 15,
            racks: vec![
                FitRack { slot: Slot::High, modules: vec![module("150mm Light AutoCannon II", 3)] },
                FitRack {
                    slot: Slot::Mid,
                    modules: vec![module("Warp Scrambler II", 1), module("Stasis Webifier II", 1)],
                },
                FitRack { slot: Slot::Low, modules: vec![module("Republic Fleet Gyrostabilizer", 2)] },
            ],
            example: KillmailId(128_000_001),
            eft: Some("[Rifter, Ragnar Voss - kill 128000001]\n\n150mm Light AutoCannon II, Hail S\n".to_owned()),
            median_value: Some(Isk::from_isk(8_400_000)),
            median_ehp: Some(3_950),
            ehp_lower_bounds: 2,
        },
        UsualFit {
            losses: 6,
            share: 0.15,
            exact: 6,
            racks: Vec::new(),
            example: KillmailId(128_000_002),
            eft: None,
            median_value: None,
            median_ehp: None,
            ehp_lower_bounds: 0,
        },
    ];
    stats.losers = Involved {
        pilots: vec![entry(90_000_001, Some("Ragnar Voss"), 3, None)],
        corporations: vec![entry(98_000_001, None, 5, None)],
        alliances: Vec::new(),
    };
    stats.killers = Involved {
        pilots: vec![entry(90_000_002, Some("Astrid Kane"), 9, Some(4))],
        corporations: vec![entry(98_000_003, Some("Tidal Fury"), 11, Some(6))],
        alliances: vec![entry(99_000_000, Some("Pale Horizon"), 11, Some(6))],
    };
    stats.tags = vec![
        TagCount { tag: "Projectile".to_owned(), losses: 31 },
        TagCount { tag: "Warp Scrambler".to_owned(), losses: 28 },
    ];
    page.recent = KillPage { next: Some(cursor), prev: Some(cursor), kills: vec![kill] };
    page
}
