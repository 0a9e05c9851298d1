//! Searching while typing, shared by the palette and the filter bar: debounced, the last question wins, and a list
//! of hits for a combobox.

use crate::{
    components::{combobox::Combobox, icon::Icon},
    functions, routes,
};
use contract::{ApiError, SearchHit};
use domain::{EntityKind, KillmailId};
use leptos::prelude::*;
use std::time::Duration;

const DEBOUNCE: Duration = Duration::from_millis(150);
/// Shorter texts find everything.
const SHORTEST: usize = 2;

/// Text, hits and the keyboard's cursor in them.
#[derive(Clone, Copy)]
pub struct Search {
    pub text: RwSignal<String>,
    pub hits: RwSignal<Vec<SearchHit>>,
    pub combobox: Combobox,
    pub is_busy: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    asked: StoredValue<u32>,
}

impl Search {
    /// `option` begins the ids of the hits.
    pub fn new(option: &'static str) -> Self {
        let hits = RwSignal::<Vec<SearchHit>>::default();
        Self {
            text: RwSignal::default(),
            hits,
            combobox: Combobox::new(option, Signal::derive(move || hits.with(Vec::len))),
            is_busy: RwSignal::new(false),
            error: RwSignal::new(None),
            asked: StoredValue::new(0),
        }
    }

    /// Takes what was typed and asks once typing rests.
    pub fn typed(self, text: String) {
        let question = self.asked.get_value() + 1;
        self.asked.set_value(question);
        let is_long_enough = text.trim().chars().count() >= SHORTEST;
        let wanted = text.trim().to_owned();
        self.text.set(text);
        self.is_busy.set(is_long_enough);
        if !is_long_enough {
            self.hits.set(Vec::new());
            self.error.set(None);
            return;
        }
        let is_current = move || self.asked.try_get_value() == Some(question);
        set_timeout(
            move || {
                if !is_current() {
                    return;
                }
                leptos::task::spawn_local(async move {
                    let answer = functions::search(wanted).await;
                    if is_current() {
                        self.answered(answer);
                    }
                });
            },
            DEBOUNCE,
        );
    }

    fn answered(self, answer: Result<Vec<SearchHit>, ApiError>) {
        self.is_busy.set(false);
        self.combobox.reset();
        match answer {
            Ok(hits) => {
                self.error.set(None);
                self.hits.set(grouped(hits));
            }
            Err(error) => {
                self.hits.set(Vec::new());
                self.error.set(Some(error));
            }
        }
    }

    pub fn clear(self) {
        self.typed(String::new());
    }

    pub fn hit(self, index: usize) -> Option<SearchHit> {
        self.hits.with_untracked(|hits| hits.get(index).cloned())
    }
}

/// Hits of a kind together, kinds in the order of their best hit.
fn grouped(hits: Vec<SearchHit>) -> Vec<SearchHit> {
    let mut kinds: Vec<Option<EntityKind>> = Vec::new();
    for hit in &hits {
        if !kinds.contains(&hit.kind) {
            kinds.push(hit.kind);
        }
    }
    let mut hits = hits;
    hits.sort_by_key(|hit| kinds.iter().position(|kind| *kind == hit.kind));
    hits
}

/// Where a hit leads.
pub fn address(hit: &SearchHit) -> String {
    hit.kind.map_or_else(|| routes::kill(KillmailId(hit.id)), |kind| routes::entity(kind, hit.id))
}

pub fn kind_word(kind: Option<EntityKind>) -> &'static str {
    match kind {
        None => "Kill",
        Some(EntityKind::Character) => "Pilot",
        Some(EntityKind::Corporation) => "Corporation",
        Some(EntityKind::Alliance) => "Alliance",
        Some(EntityKind::Faction) => "Faction",
        Some(EntityKind::System) => "System",
        Some(EntityKind::Constellation) => "Constellation",
        Some(EntityKind::Region) => "Region",
        Some(EntityKind::Type) => "Ship or item",
        Some(EntityKind::Group) => "Group",
    }
}

pub fn kind_glyph(kind: Option<EntityKind>) -> &'static str {
    match kind {
        None => "kill",
        Some(EntityKind::Character) => "character",
        Some(EntityKind::Corporation) => "corporation",
        Some(EntityKind::Alliance | EntityKind::Faction) => "alliance",
        Some(EntityKind::System) => "system",
        Some(EntityKind::Constellation) => "constellation",
        Some(EntityKind::Region) => "region",
        Some(EntityKind::Type) => "type",
        Some(EntityKind::Group) => "group",
    }
}

/// The hits as a listbox.
#[component]
pub fn HitList(id: &'static str, search: Search, #[prop(into)] on_pick: Callback<SearchHit>) -> impl IntoView {
    let options = move || {
        let hits = search.hits.get();
        let mut previous = None;
        hits.into_iter()
            .enumerate()
            .map(|(index, hit)| {
                let head = (previous != Some(hit.kind)).then(|| {
                    view! { <li class="hits-head" role="presentation">{kind_word(hit.kind)}</li> }
                });
                previous = Some(hit.kind);
                let (kind, name, ticker, detail) = (hit.kind, hit.name.clone(), hit.ticker.clone(), hit.detail.clone());
                view! {
                    {head}
                    <li
                        class="hit"
                        role="option"
                        id=search.combobox.id_of(index)
                        aria-selected=move || if search.combobox.is_active(index) { "true" } else { "false" }
                        // Before the input loses the focus, which would close the list.
                        on:mousedown=move |event| {
                            event.prevent_default();
                            on_pick.run(hit.clone());
                        }
                        on:mousemove=move |_| search.combobox.point_at(index)
                    >
                        <Icon name=kind_glyph(kind)/>
                        <span class="hit-name">{name}</span>
                        {ticker.map(|ticker| view! { <span class="hit-ticker">"["{ticker}"]"</span> })}
                        <span class="hit-detail">{detail}</span>
                    </li>
                }
            })
            .collect_view()
    };
    view! { <ul class="hits" role="listbox" id=id aria-label="Hits">{options}</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_of_a_kind_stand_together_best_first() {
        let hit = |kind, id| SearchHit { kind, id, name: String::new(), ticker: None, detail: None };
        let system = Some(EntityKind::System);
        let pilot = Some(EntityKind::Character);
        let ids: Vec<i64> = grouped(vec![hit(system, 1), hit(pilot, 2), hit(system, 3), hit(None, 4)])
            .iter()
            .map(|hit| hit.id)
            .collect();
        assert_eq!(ids, [1, 3, 2, 4]);
        assert_eq!(address(&hit(None, 4)), "/kill/4");
    }
}
