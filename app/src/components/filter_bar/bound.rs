//! Fields for least and greatest amounts: ISK in the bar, players among the attackers in a fold, hit points and damage of
//! the fit in another.

use super::{change::Change, chips::plain};
use crate::components::icon::Icon;
use domain::{FilterField, Isk, KillFilter, fit_stats::Tank};
use leptos::prelude::*;

/// One bound of the filter: a parameter of its URL.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    field: FilterField,
    label: &'static str,
    /// What to do about text that cannot be read.
    hint: &'static str,
    read: fn(&KillFilter) -> Option<Isk>,
}

/// A count in the form of an amount: both are written like `12.5k`.
fn count(number: Option<i64>) -> Option<Isk> {
    number.and_then(|number| number.checked_mul(100)).map(Isk::from_hundredths)
}

impl Bound {
    pub(super) const MIN_VALUE: Self = Self {
        field: FilterField::MinValue,
        label: "Min ISK",
        hint: "Write it like 1.5b or 250m.",
        read: |filter| filter.min_value,
    };
    pub(super) const MAX_VALUE: Self =
        Self { field: FilterField::MaxValue, label: "Max ISK", read: |filter| filter.max_value, ..Self::MIN_VALUE };
    const MIN_ATTACKERS: Self = Self {
        field: FilterField::MinAttackers,
        label: "Min players",
        hint: "Write it like 5 or 1.5k.",
        read: |filter| count(filter.min_attackers),
    };
    const MAX_ATTACKERS: Self = Self {
        field: FilterField::MaxAttackers,
        label: "Max players",
        read: |filter| count(filter.max_attackers),
        ..Self::MIN_ATTACKERS
    };
    const MIN_EHP: Self = Self {
        field: FilterField::MinEhp,
        label: "Min EHP",
        hint: "Write it like 25000 or 25k.",
        read: |filter| count(filter.min_ehp),
    };
    const MAX_EHP: Self =
        Self { field: FilterField::MaxEhp, label: "Max EHP", read: |filter| count(filter.max_ehp), ..Self::MIN_EHP };
    const MIN_DPS: Self = Self {
        field: FilterField::MinDps,
        label: "Min DPS",
        hint: "Write it like 800 or 1.2k.",
        read: |filter| count(filter.min_dps),
    };
    const OF_ATTACKERS: [Self; 2] = [Self::MIN_ATTACKERS, Self::MAX_ATTACKERS];
    const OF_FIT: [Self; 3] = [Self::MIN_EHP, Self::MAX_EHP, Self::MIN_DPS];
    #[cfg(test)]
    const ALL: [Self; 7] = [
        Self::MIN_VALUE,
        Self::MAX_VALUE,
        Self::MIN_ATTACKERS,
        Self::MAX_ATTACKERS,
        Self::MIN_EHP,
        Self::MAX_EHP,
        Self::MIN_DPS,
    ];

    fn text(&self, filter: &KillFilter) -> String {
        (self.read)(filter).map(plain).unwrap_or_default()
    }

    /// The filter with what was typed; `None` when that cannot be read.
    fn apply(&self, filter: &KillFilter, text: &str) -> Option<KillFilter> {
        let mut filter = filter.clone();
        filter.clear(self.field);
        filter.set(self.field, text.trim()).ok().map(|()| filter)
    }
}

/// Takes `1.5b`. What cannot be read is said below the field and not applied.
#[component]
pub(super) fn BoundField(bound: Bound, change: Change) -> impl IntoView {
    let filter = change.filter;
    let (problem, set_problem) = signal(false);
    let problem_id = format!("{}-problem", bound.field.name());
    view! {
        <label class="filter-field filter-amount">
            <span class="sr-only">{bound.label}</span>
            <input
                type="text"
                name=bound.field.name()
                placeholder=bound.label
                inputmode="text"
                autocomplete="off"
                value=filter.with_untracked(|filter| bound.text(filter))
                prop:value=move || filter.with(|filter| bound.text(filter))
                aria-invalid=move || problem.get().then_some("true")
                aria-describedby=problem_id.clone()
                on:change:target=move |event| {
                    let changed = filter.with_untracked(|filter| bound.apply(filter, &event.target().value()));
                    set_problem.set(changed.is_none());
                    if let Some(changed) = changed {
                        change.go.run(changed);
                    }
                }
            />
            <span class="filter-problem" id=problem_id role="status">{move || problem.get().then_some(bound.hint)}</span>
        </label>
    }
}

/// How many players it took, folded away as the bounds of the fit are.
#[component]
pub(super) fn AttackerBounds(change: Change) -> impl IntoView {
    let is_used = move |filter: &KillFilter| filter.min_attackers.is_some() || filter.max_attackers.is_some();
    view! {
        <details class="filter-fold" data-used=move || change.filter.with(is_used).then_some("true")>
            <summary>"Attackers " <Icon name="chevron"/></summary>
            <div class="filter-fold-fields" role="group" aria-label="Players among the attackers">
                {Bound::OF_ATTACKERS
                    .into_iter()
                    .map(|bound| view! { <BoundField bound=bound change=change/> })
                    .collect_view()}
            </div>
        </details>
    }
}

/// What the lost fit could do, folded away: few readers ask for it, and a fold needs no JavaScript.
#[component]
pub(super) fn FitBounds(change: Change) -> impl IntoView {
    let is_used = move |filter: &KillFilter| filter.asks_for_fit();
    view! {
        <details class="filter-fold" data-used=move || change.filter.with(is_used).then_some("true")>
            <summary>"Fit " <Icon name="chevron"/></summary>
            <div class="filter-fold-fields" role="group" aria-label="Fit of the lost ship">
                {Bound::OF_FIT.into_iter().map(|bound| view! { <BoundField bound=bound change=change/> }).collect_view()}
                {tank_choice(change)}
            </div>
        </details>
    }
}

/// Kinds of tank to choose from: the word in the address, and what the reader is told.
const TANKS: [(&str, &str); 7] = [
    ("shield", "Shield tank"),
    ("shield_buffer", "Shield buffer"),
    ("shield_active", "Shield active"),
    ("armor", "Armor tank"),
    ("armor_buffer", "Armor buffer"),
    ("armor_active", "Armor active"),
    ("hull", "Hull tank"),
];

/// The choice that a filter is, as a word of its address; several that are no choice stay in the address only.
pub(super) fn tank_word(filter: &KillFilter) -> &'static str {
    let is_chosen = |word: &str| Tank::named(word) == Some(filter.tank.as_slice());
    TANKS.iter().map(|(word, _)| *word).find(|word| is_chosen(word)).unwrap_or("")
}

/// Not a list of boxes: few readers want more than one kind, and an address can hold several.
fn tank_choice(change: Change) -> impl IntoView {
    let filter = change.filter;
    let options = TANKS
        .into_iter()
        .map(|(word, label)| {
            let is_chosen = filter.with_untracked(|filter| tank_word(filter) == word);
            view! { <option value=word selected=is_chosen>{label}</option> }
        })
        .collect_view();
    view! {
        <label class="filter-field">
            <span class="sr-only">"Tank"</span>
            <select
                name="tank"
                prop:value=move || filter.with(tank_word)
                on:change:target=move |event| {
                    let kinds = Tank::named(&event.target().value()).unwrap_or_default();
                    change.apply(|filter| filter.tank = kinds.to_vec());
                }
            >
                <option value="">"Any tank"</option>
                {options}
            </select>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_shown_and_taken_back() {
        for (bound, typed, query, shown) in [
            (Bound::MIN_VALUE, "1.5b", "min_value=1500000000", "1.5b"),
            (Bound::MAX_VALUE, " 250m ", "max_value=250000000", "250m"),
            (Bound::MIN_ATTACKERS, "1000", "min_attackers=1000", "1k"),
            (Bound::MAX_ATTACKERS, "5", "max_attackers=5", "5"),
            (Bound::MIN_EHP, "25k", "min_ehp=25000", "25k"),
            (Bound::MAX_EHP, "1,200,000", "max_ehp=1200000", "1.2m"),
            (Bound::MIN_DPS, "812", "min_dps=812", "812"),
        ] {
            let filter = bound.apply(&KillFilter::default(), typed).unwrap();
            assert_eq!(filter.to_query(), query);
            assert_eq!(bound.text(&filter), shown);
            assert!(bound.apply(&filter, "plenty").is_none(), "{query}");
            assert!(bound.apply(&filter, "").unwrap().is_empty(), "{query}");
        }
    }

    #[test]
    fn every_bound_has_a_field_of_its_own() {
        let fields: std::collections::HashSet<_> = Bound::ALL.iter().map(|bound| bound.field).collect();
        assert_eq!(fields.len(), Bound::ALL.len());
        let query = "min_value=1&max_value=2&min_attackers=1&max_attackers=2&min_ehp=1&max_ehp=2&min_dps=3";
        let mut filter = KillFilter::from_query(query, &[]).unwrap();
        Bound::ALL.iter().for_each(|bound| filter.clear(bound.field));
        assert!(filter.is_empty());
    }

    #[test]
    fn every_kind_of_tank_can_be_chosen_and_is_shown_as_chosen() {
        for (word, _) in TANKS {
            let filter = KillFilter::from_query(&format!("tank={word}"), &[]).unwrap();
            assert!(filter.asks_for_fit() && tank_word(&filter) == word, "{word}");
            assert_eq!(KillFilter::from_query(&filter.to_query(), &[]), Ok(filter));
        }
        assert_eq!(tank_word(&KillFilter::default()), "");
        assert_eq!(tank_word(&KillFilter::from_query("tank=hull,shield_buffer", &[]).unwrap()), "");
        assert!(KillFilter::from_query("tank=speed", &[]).is_err());
    }
}
