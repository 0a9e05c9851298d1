//! The tags of the filter: a combobox with a list of which several can be chosen; all of them must be on a kill.
//!
//! Without JavaScript it is a text field that takes tags separated by commas. With it, the field finds tags and the
//! chosen ones stand as chips below the bar; Enter and a click choose or take back, Backspace takes back the last.

use super::change::Change;
use crate::components::{
    combobox::{Asked, Combobox},
    dom,
    tag_words::shown,
};
use domain::tags;
use leptos::{ev, prelude::*};

#[component]
pub(super) fn TagPicker(change: Change) -> impl IntoView {
    let picker = Picker::new(change);
    view! {
        <div class="filter-field filter-tags">
            {field(picker)}
            <div class="tag-hits" hidden=move || !picker.is_open.get()>
                <p class="entity-message" role="status">
                    {move || {
                        (picker.is_open.get() && picker.options.with(Vec::is_empty))
                            .then_some("No such tag on the kills shown.")
                    }}
                </p>
                <ul class="hits" role="listbox" id="filter-tag-list" aria-label="Tags" aria-multiselectable="true">
                    {move || {
                        let options = picker.options.get().into_iter().enumerate();
                        options.map(|(index, tag)| option(picker, index, tag)).collect_view()
                    }}
                </ul>
            </div>
        </div>
    }
}

/// What is typed, and the tags that it offers.
#[derive(Clone, Copy)]
struct Picker {
    change: Change,
    text: RwSignal<String>,
    is_open: RwSignal<bool>,
    options: Memo<Vec<String>>,
    combobox: Combobox,
}

impl Picker {
    fn new(change: Change) -> Self {
        let text = RwSignal::new(String::new());
        let is_open = RwSignal::new(false);
        let options = Memo::new(move |_| {
            if is_open.get() { change.filter.with(|filter| offered(&text.get(), &filter.tags)) } else { Vec::new() }
        });
        let combobox = Combobox::new("filter-tag", Signal::derive(move || options.with(Vec::len)));
        Self { change, text, is_open, options, combobox }
    }

    fn typed(self, text: String) {
        self.is_open.set(true);
        self.combobox.reset();
        self.text.set(text);
    }

    /// Adds the tag to the filter, or takes it back.
    fn choose(self, tag: &str) {
        self.text.set(String::new());
        self.combobox.reset();
        self.change.apply(|filter| match filter.tags.iter().position(|other| other == tag) {
            Some(nth) => drop(filter.tags.remove(nth)),
            None => filter.tags.push(tag.to_owned()),
        });
    }

    fn on_key(self, event: &ev::KeyboardEvent) {
        match self.combobox.press(event) {
            Some(Asked::Move(index)) => {
                self.is_open.set(true);
                dom::reveal(&format!("#{}", self.combobox.id_of(index)));
            }
            Some(Asked::Choose(index)) => {
                event.prevent_default();
                let tag = index.and_then(|index| self.options.with_untracked(|tags| tags.get(index).cloned()));
                if let Some(tag) = tag {
                    self.choose(&tag);
                }
            }
            Some(Asked::Close) => {
                self.text.set(String::new());
                self.is_open.set(false);
                dom::blur();
            }
            None if event.key() == "Backspace" && self.text.with_untracked(String::is_empty) => {
                self.change.apply(|filter| drop(filter.tags.pop()));
            }
            None => {}
        }
    }
}

/// Tags whose name or words hold what was typed: the chosen ones first, then those that begin with it.
fn offered(typed: &str, chosen: &[String]) -> Vec<String> {
    let typed = typed.trim().to_lowercase();
    let mut tags: Vec<String> = tags::vocabulary().iter().map(|info| info.tag.to_string()).collect();
    tags.retain(|tag| tag.to_lowercase().contains(&typed) || shown(tag).to_lowercase().contains(&typed));
    tags.sort_by_key(|tag| {
        let name = tag.to_lowercase();
        (!chosen.contains(tag), !name.starts_with(&typed), name)
    });
    tags
}

fn field(picker: Picker) -> impl IntoView {
    let filter = picker.change.filter;
    let count = move || filter.with(|filter| filter.tags.len());
    view! {
        <input
            id="filter-tags"
            type="text"
            name="tags"
            role="combobox"
            aria-label="Tags, all of which a kill must have"
            aria-expanded=move || if picker.is_open.get() { "true" } else { "false" }
            aria-controls="filter-tag-list"
            aria-autocomplete="list"
            aria-activedescendant=move || picker.combobox.active_id()
            placeholder=move || match count() {
                0 => "Tags".to_owned(),
                1 => "1 tag".to_owned(),
                many => format!("{many} tags"),
            }
            autocomplete="off"
            spellcheck="false"
            // For the form without JavaScript; with it, the property below empties the field.
            value=filter.with_untracked(|filter| filter.tags.join(", "))
            prop:value=move || picker.text.get()
            on:input:target=move |event| picker.typed(event.target().value())
            on:focus=move |_| picker.is_open.set(true)
            on:click=move |_| picker.is_open.set(true)
            on:blur=move |_| picker.is_open.set(false)
            on:keydown=move |event| picker.on_key(&event)
        />
    }
}

fn option(picker: Picker, index: usize, tag: String) -> impl IntoView {
    let is_chosen = picker.change.filter.with(|filter| filter.tags.contains(&tag));
    let words = shown(&tag);
    view! {
        <li
            class="hit tag-option"
            role="option"
            id=picker.combobox.id_of(index)
            aria-selected=if is_chosen { "true" } else { "false" }
            data-active=move || picker.combobox.is_active(index).then_some("true")
            // Before the input loses the focus, which would close the list.
            on:mousedown=move |event| {
                event.prevent_default();
                picker.choose(&tag);
            }
            on:mousemove=move |_| picker.combobox.point_at(index)
        >
            <span class="tag-tick" aria-hidden="true">{is_chosen.then_some("✓")}</span>
            <span class="hit-name">{words}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_tags_come_first_then_those_that_begin_with_what_was_typed() {
        let chosen = ["Warp Scrambler".to_owned()];
        let all = offered("", &chosen);
        assert_eq!(all.len(), tags::vocabulary().len());
        assert_eq!(all[0], "Warp Scrambler");
        assert!(all[1..].is_sorted_by_key(|tag| tag.to_lowercase()));
        assert_eq!(offered(" STASIS ", &[]).first().map(String::as_str), Some("Stasis Webifier"));
        assert!(offered("no such thing", &chosen).is_empty());
    }
}
