//! The active filter in words, each condition with a link that removes it.

use crate::{components::icon::Icon, routes};
use contract::FilterName;
use domain::{Isk, KillFilter, sort::Ranking};
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
    let mut conditions = Vec::new();
    let mut say = |kind, text, without| conditions.push(Condition { kind, text, without });
    macro_rules! ids {
        ($($field:ident $kind:literal),*) => {$(
            for id in &filter.$field {
                let name = names.iter().find(|name| name.field == stringify!($field) && name.id == id.0);
                let mut without = filter.clone();
                without.$field.retain(|other| other != id);
                say($kind, name.map_or_else(|| id.to_string(), |name| name.name.clone()), without);
            }
        )*};
    }
    macro_rules! without {
        ($field:ident) => {
            KillFilter { $field: Default::default(), ..filter.clone() }
        };
    }
    ids!(system_id "System", constellation_id "Constellation", region_id "Region");
    for band in &filter.band {
        let mut without = filter.clone();
        without.band.retain(|other| other != band);
        say("Security", band.label().to_owned(), without);
    }
    ids!(character_id "Pilot", corporation_id "Corporation", alliance_id "Alliance", ship_type_id "Ship", group_id "Group");
    if let Some(side) = filter.side {
        say("Side", side.as_str().to_owned(), without!(side));
    }
    if let Some(isk) = filter.min_value {
        say("At least", format!("{} ISK", plain(isk)), without!(min_value));
    }
    for (bound, term, unit, rest) in [
        (filter.min_ehp, "At least", "EHP", without!(min_ehp)),
        (filter.max_ehp, "At most", "EHP", without!(max_ehp)),
        (filter.min_dps, "At least", "DPS", without!(min_dps)),
    ] {
        if let Some(bound) = bound {
            say(term, format!("{} {unit}", crate::format::count(bound.unsigned_abs())), rest);
        }
    }
    if let Some(isk) = filter.max_value {
        say("At most", format!("{} ISK", plain(isk)), without!(max_value));
    }
    for tank in &filter.tank {
        let mut without = filter.clone();
        without.tank.retain(|other| other != tank);
        say("Tank", tank.label().to_owned(), without);
    }
    for tag in &filter.tags {
        let mut without = filter.clone();
        without.tags.retain(|other| other != tag);
        say("Tag", tag.clone(), without);
    }
    if let Some(at) = filter.from {
        say("From", crate::format::date_time(at), without!(from));
    }
    if let Some(at) = filter.to {
        say("Before", crate::format::date_time(at), without!(to));
    }
    if let Some(solo) = filter.solo {
        say("Solo", if solo { "only" } else { "none" }.to_owned(), without!(solo));
    }
    if let Some(npc) = filter.npc {
        say("NPC", if npc { "only" } else { "none" }.to_owned(), without!(npc));
    }
    conditions
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
        let query = "system_id=30000142&band=lowsec&ship_type_id=587,588&side=victim&min_value=1.5b&max_value=2b\
                     &tank=armor&tags=Nosferatu,Cloak&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&solo=true&npc=false";
        let filter = KillFilter::from_query(query, &[]).unwrap();
        let names = [FilterName { field: "ship_type_id".to_owned(), id: 587, name: "Rifter".to_owned() }];
        let conditions = conditions(&filter, &names);
        assert_eq!(conditions.len(), 15);
        assert!(conditions.iter().any(|c| c.kind == "Ship" && c.text == "Rifter"));
        assert!(conditions.iter().any(|c| c.kind == "At least" && c.text == "1.5b ISK"));
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
