//! The active filter in words, each condition with a link that removes it.

use crate::{components::icon::Icon, format, routes};
use contract::FilterName;
use domain::{FilterField, Isk, KillFilter, SecurityBand, fit_stats::Tank, sort::Ranking};
use leptos::prelude::*;

/// An amount as people type it, without losing a hundredth: `1.5b`, `250m`, `1234567`.
pub(super) fn plain(isk: Isk) -> String {
    let short = isk.short();
    if Isk::parse_human(&short) == Ok(isk) {
        let (digits, unit) = short.split_at(short.len() - usize::from(short.ends_with(char::is_alphabetic)));
        if digits.contains('.') {
            return format!("{}{unit}", digits.trim_end_matches('0').trim_end_matches('.'));
        }
        return short;
    }
    isk.full().replace(',', "").trim_end_matches(".00").to_owned()
}

/// One active condition: what it says, and the filter without it.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub kind: &'static str,
    pub text: String,
    pub without: KillFilter,
}

/// The conditions of a filter in words. `names` has the names of its ids.
pub fn conditions(filter: &KillFilter, names: &[FilterName]) -> Vec<Condition> {
    FilterField::ALL.iter().flat_map(|field| said(*field, filter, names)).collect()
}

/// What one field says: a condition a value.
fn said(field: FilterField, filter: &KillFilter, names: &[FilterName]) -> Vec<Condition> {
    macro_rules! each {
        ($field:ident, $kind:literal, $text:expr) => {
            filter
                .$field
                .iter()
                .map(|value| {
                    let mut without = filter.clone();
                    without.$field.retain(|other| other != value);
                    Condition { kind: $kind, text: $text(value), without }
                })
                .collect()
        };
    }
    macro_rules! ids {
        ($field:ident, $kind:literal) => {
            each!($field, $kind, |id: &_| name_of(names, field, id))
        };
    }
    let once = |kind: &'static str, text: Option<String>| -> Vec<Condition> {
        let said = |text| {
            let mut without = filter.clone();
            without.clear(field);
            Condition { kind, text, without }
        };
        text.map(said).into_iter().collect()
    };
    let isk = |isk: Option<Isk>| isk.map(|isk| format!("{} ISK", plain(isk)));
    let count =
        |number: Option<i64>, unit| number.map(|number| format!("{} {unit}", format::count(number.unsigned_abs())));
    let players = |number: Option<i64>| {
        number.map(|number| format::counted(number.unsigned_abs(), "player attacker", "player attackers"))
    };
    let flag = |flag: Option<bool>| flag.map(|flag| if flag { "only" } else { "none" }.to_owned());
    match field {
        FilterField::SystemId => ids!(system_id, "System"),
        FilterField::ConstellationId => ids!(constellation_id, "Constellation"),
        FilterField::RegionId => ids!(region_id, "Region"),
        FilterField::Location => ids!(location, "Location"),
        FilterField::Band => each!(band, "Security", |band: &SecurityBand| band.label().to_owned()),
        FilterField::CharacterId => ids!(character_id, "Pilot"),
        FilterField::CorporationId => ids!(corporation_id, "Corporation"),
        FilterField::AllianceId => ids!(alliance_id, "Alliance"),
        FilterField::ShipTypeId => ids!(ship_type_id, "Ship"),
        FilterField::GroupId => ids!(group_id, "Group"),
        FilterField::Side => once("Side", filter.side.map(|side| side.as_str().to_owned())),
        FilterField::MinValue => once("At least", isk(filter.min_value)),
        FilterField::MaxValue => once("At most", isk(filter.max_value)),
        FilterField::MinAttackers => once("At least", players(filter.min_attackers)),
        FilterField::MaxAttackers => once("At most", players(filter.max_attackers)),
        FilterField::MinEhp => once("At least", count(filter.min_ehp, "EHP")),
        FilterField::MaxEhp => once("At most", count(filter.max_ehp, "EHP")),
        FilterField::MinDps => once("At least", count(filter.min_dps, "DPS")),
        FilterField::Tank => each!(tank, "Tank", |tank: &Tank| tank.label().to_owned()),
        FilterField::Tags => each!(tags, "Tag", |tag: &String| tag.clone()),
        FilterField::From => once("From", filter.from.map(format::date_time)),
        FilterField::To => once("Before", filter.to.map(format::date_time)),
        FilterField::WarId => ids!(war_id, "War"),
        FilterField::Solo => once("Solo", flag(filter.solo)),
        FilterField::Npc => once("NPC", flag(filter.npc)),
    }
}

fn name_of<I: Copy + Into<i64>>(names: &[FilterName], field: FilterField, id: &I) -> String {
    let id = (*id).into();
    let name = names.iter().find(|name| name.field == field.name() && name.id == id);
    name.map_or_else(|| id.to_string(), |name| name.name.clone())
}

/// The active conditions; each is a link that removes it.
#[component]
pub fn FilterChips(
    filter: KillFilter,
    names: Vec<FilterName>,
    /// What the list is ordered by, if not by time: it stays so.
    #[prop(optional)]
    ranking: Option<Ranking>,
) -> impl IntoView {
    let conditions = conditions(&filter, &names);
    let list = move |filter: &KillFilter| match ranking {
        None => routes::live(filter),
        Some(ranking) => routes::ranked(filter, ranking),
    };
    (!conditions.is_empty()).then(|| {
        view! {
            <ul class="filter-chips" aria-label="Active filters">
                {conditions
                    .into_iter()
                    .map(|condition| {
                        let label = format!("Remove filter {}: {}", condition.kind, condition.text);
                        view! {
                            <li>
                                <a class="chip" href=list(&condition.without) aria-label=label>
                                    <span class="chip-kind">{condition.kind}</span>
                                    <span>{condition.text}</span>
                                    <Icon name="close"/>
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
                <li><a class="chip-clear" href=list(&KillFilter::default())>"Clear all"</a></li>
            </ul>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_is_said_and_can_be_removed() {
        let query = "system_id=30000142&location=40009082&band=lowsec&ship_type_id=587,588&side=victim&min_value=1.5b&max_value=2b\
                     &min_attackers=1&max_attackers=1k&tank=armor&tags=Nosferatu,Cloak&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&war_id=712000&solo=true&npc=false";
        let filter = KillFilter::from_query(query, &[]).unwrap();
        let names = [FilterName { field: "ship_type_id".to_owned(), id: 587, name: "Rifter".to_owned() }];
        let conditions = conditions(&filter, &names);
        assert_eq!(conditions.len(), 19);
        assert!(conditions.iter().any(|c| c.kind == "Ship" && c.text == "Rifter"));
        assert!(conditions.iter().any(|c| c.kind == "At least" && c.text == "1.5b ISK"));
        assert!(conditions.iter().any(|c| c.kind == "At least" && c.text == "1 player attacker"));
        assert!(conditions.iter().any(|c| c.kind == "At most" && c.text == "1,000 player attackers"));
        assert!(conditions.iter().any(|c| c.kind == "Location" && c.text == "40009082"));
        assert!(conditions.iter().any(|c| c.kind == "War" && c.text == "712000"));
        assert!(conditions.iter().all(|c| c.without != filter));
        let emptied = (0..20).fold(filter, |filter, _| {
            super::conditions(&filter, &[]).first().map_or_else(KillFilter::default, |c| c.without.clone())
        });
        assert!(emptied.is_empty());
    }

    #[test]
    fn amounts_read_back_exactly() {
        for (text, shown) in [("1.5b", "1.5b"), ("250m", "250m"), ("1234567.89", "1234567.89"), ("900", "900")] {
            let isk = Isk::parse_human(text).unwrap();
            assert_eq!(plain(isk), shown);
            assert_eq!(Isk::parse_human(&plain(isk)), Ok(isk));
        }
    }
}
