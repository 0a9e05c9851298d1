//! SQL and `KillFilter::matches` mean the same: random filters over real and made-up kills.

use crate::support::{Random, at, insert, made_up_many, real_records};
use chrono::TimeDelta;
use domain::{
    AllianceId, CelestialId, CharacterId, ConstellationId, CorporationId, FilterField, GroupId, Isk, KillFilter,
    KillRecord, KillSummary, RegionId, SecurityBand, Side, SolarSystemId, StaticData, Timestamp, TypeId, WarId,
    filter::ParticipantFacts, fit_stats::Tank,
};
use store::{Page, testing::TestDatabase};

const FILTERS: usize = 400;

#[tokio::test]
async fn sql_agrees_with_the_definition() {
    let database = TestDatabase::create().await;
    let static_data = StaticData::bundled();
    let mut records = real_records("killmails_curated.jsonl.zst", 350);
    records.extend(made_up_many(1, 250, at(2020, 12, 20), TimeDelta::hours(31)));
    insert(&database.store, &records).await;
    let mut kills: Vec<(KillSummary, Vec<ParticipantFacts>)> = records
        .iter()
        .map(|record| {
            let summary = KillSummary::new(record, &|_| None, &static_data);
            (summary, ParticipantFacts::of(&record.killmail, &static_data))
        })
        .collect();
    kills.sort_by_key(|(kill, _)| std::cmp::Reverse((kill.killmail_time, kill.killmail_id)));

    let values = Values::of(&records, &static_data);
    let mut random = Random::seeded(20_031_116);
    let mut hits = 0;
    for _ in 0..FILTERS {
        let filter = values.filter(&mut random);
        let expected: Vec<&KillSummary> =
            kills.iter().filter(|(kill, facts)| filter.matches(kill, facts)).map(|(kill, _)| kill).collect();
        let page = database.store.list_kills(&filter, Page::first(1_000), &static_data).await.unwrap();
        let found: Vec<&KillSummary> = page.kills.iter().collect();
        assert_eq!(found, expected, "{}", filter.to_query());
        hits += usize::from(!expected.is_empty());
    }
    assert!(hits > FILTERS / 5, "only {hits} of {FILTERS} filters found anything: the test shows little");
}

/// What filters can ask for: everything that occurs in the records.
struct Values {
    systems: Vec<SolarSystemId>,
    constellations: Vec<ConstellationId>,
    regions: Vec<RegionId>,
    locations: Vec<CelestialId>,
    characters: Vec<CharacterId>,
    corporations: Vec<CorporationId>,
    alliances: Vec<AllianceId>,
    ships: Vec<TypeId>,
    groups: Vec<GroupId>,
    wars: Vec<WarId>,
    amounts: Vec<Isk>,
    times: Vec<Timestamp>,
    tags: Vec<String>,
}

impl Values {
    fn of(records: &[KillRecord], static_data: &StaticData) -> Self {
        let participants: Vec<_> = records.iter().flat_map(|record| record.killmail.participants()).collect();
        let systems: Vec<_> = records.iter().map(|record| record.killmail.solar_system_id).collect();
        let infos: Vec<_> = systems.iter().filter_map(|id| static_data.system(*id)).collect();
        let ships: Vec<_> = participants.iter().filter_map(|p| p.ship_type_id).collect();
        let mut tags: Vec<_> = records.iter().flat_map(|record| record.enrichment.module_tags.clone()).collect();
        tags.push("no such tag".to_owned());
        Self {
            constellations: infos.iter().map(|info| info.constellation_id).collect(),
            regions: infos.iter().map(|info| info.region_id).collect(),
            systems,
            locations: records.iter().filter_map(|record| record.enrichment.location_id).collect(),
            characters: participants.iter().filter_map(|p| p.character_id).collect(),
            corporations: participants.iter().filter_map(|p| p.corporation_id).collect(),
            alliances: participants.iter().filter_map(|p| p.alliance_id).collect(),
            groups: ships.iter().filter_map(|id| static_data.type_info(*id)).map(|info| info.group_id).collect(),
            ships,
            wars: records.iter().filter_map(|record| record.killmail.war_id).collect(),
            amounts: records.iter().filter_map(|record| record.enrichment.valuation.total_value).collect(),
            times: records.iter().map(|record| record.killmail.killmail_time).collect(),
            tags,
        }
    }

    /// A filter of one to three fields.
    fn filter(&self, random: &mut Random) -> KillFilter {
        let mut filter = KillFilter::default();
        for _ in 0..=random.below(3) {
            match *random.pick(FilterField::ALL) {
                FilterField::SystemId => filter.system_id = random.some(&self.systems, 3),
                FilterField::ConstellationId => filter.constellation_id = random.some(&self.constellations, 3),
                FilterField::RegionId => filter.region_id = random.some(&self.regions, 3),
                FilterField::Location => filter.location = random.some(&self.locations, 3),
                FilterField::Band => filter.band = random.some(&SecurityBand::ALL, 3),
                FilterField::CharacterId => filter.character_id = random.some(&self.characters, 20),
                FilterField::CorporationId => filter.corporation_id = random.some(&self.corporations, 5),
                FilterField::AllianceId => filter.alliance_id = random.some(&self.alliances, 5),
                FilterField::ShipTypeId => filter.ship_type_id = random.some(&self.ships, 5),
                FilterField::GroupId => filter.group_id = random.some(&self.groups, 3),
                FilterField::Side => filter.side = Some(*random.pick(&[Side::Victim, Side::Attacker])),
                FilterField::MinValue => filter.min_value = Some(*random.pick(&self.amounts)),
                FilterField::MaxValue => filter.max_value = Some(*random.pick(&self.amounts)),
                FilterField::Tags => filter.tags = random.some(&self.tags, 2),
                FilterField::From => {
                    filter.from = Some(*random.pick(&self.times) + TimeDelta::nanoseconds(random.below(3) as i64));
                }
                FilterField::To => {
                    filter.to = Some(*random.pick(&self.times) + TimeDelta::nanoseconds(random.below(3) as i64));
                }
                FilterField::MinAttackers => filter.min_attackers = Some(random.below(6) as i64),
                FilterField::MaxAttackers => filter.max_attackers = Some(random.below(6) as i64),
                FilterField::MinEhp => filter.min_ehp = Some(random.below(31_000) as i64),
                FilterField::MaxEhp => filter.max_ehp = Some(random.below(31_000) as i64),
                FilterField::MinDps => filter.min_dps = Some(random.below(90) as i64),
                FilterField::Tank => filter.tank = random.some(&Tank::ALL, 3),
                FilterField::WarId => filter.war_id = random.some(&self.wars, 3),
                FilterField::Solo => filter.solo = Some(random.below(2) == 0),
                FilterField::Npc => filter.npc = Some(random.below(2) == 0),
            }
        }
        filter
    }
}
