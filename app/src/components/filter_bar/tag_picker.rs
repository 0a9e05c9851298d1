//! The tags of the filter: a combobox with a list of which several can be chosen; all of them must be on a kill.
//!
//! Without JavaScript it is a text field that takes tags separated by commas. With it, the field finds tags and the
//! chosen ones stand as chips below the bar; Enter and a click choose or take back, Backspace takes back the last.

use super::Change;
use crate::components::{dom, tag_words::shown};
use domain::tags;
use leptos::{ev, prelude::*};

#[component]
pub(super) fn TagPicker(change: Change) -> impl IntoView {
    let filter = change.filter;
    let text = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let (is_open, set_open) = signal(false);
    let options = Memo::new(move |_| {
        if !is_open.get() {
            return Vec::new();
        }
        let typed = text.get().trim().to_lowercase();
        let chosen = filter.with(|filter| filter.tags.clone());
        let mut options: Vec<String> = tags::vocabulary().iter().map(|info| info.tag.to_string()).collect();
        options.retain(|tag| tag.to_lowercase().contains(&typed) || shown(tag).to_lowercase().contains(&typed));
        options.sort_by_key(|tag| {
            let name = tag.to_lowercase();
            (!chosen.contains(tag), !name.starts_with(&typed), name)
        });
        options
    });
    let choose = Callback::new(move |tag: String| {
        text.set(String::new());
        active.set(0);
        change.apply(|filter| match filter.tags.iter().position(|other| *other == tag) {
            Some(nth) => drop(filter.tags.remove(nth)),
            None => filter.tags.push(tag),
        });
    });
    let step = move |by: isize| {
        let last = options.with(Vec::len).saturating_sub(1);
        set_open.set(true);
        active.update(|active| *active = active.saturating_add_signed(by).min(last));
        dom::reveal(&format!("#filter-tag-{}", active.get_untracked()));
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            step(1);
        }
        "ArrowUp" => {
            event.prevent_default();
            step(-1);
        }
        "Enter" => {
            event.prevent_default();
            if let Some(tag) = options.with(|options| options.get(active.get_untracked()).cloned()) {
                choose.run(tag);
            }
        }
        "Backspace" if text.with(String::is_empty) => change.apply(|filter| drop(filter.tags.pop())),
        "Escape" => {
            text.set(String::new());
            set_open.set(false);
            dom::blur();
        }
        _ => {}
    };
    let count = move || filter.with(|filter| filter.tags.len());
    let row = move |(nth, tag): (usize, String)| {
        let is_chosen = filter.with(|filter| filter.tags.contains(&tag));
        let (picked, words) = (tag.clone(), shown(&tag));
        view! {
            <li
                class="hit tag-option"
                role="option"
                id=format!("filter-tag-{nth}")
                aria-selected=if is_chosen { "true" } else { "false" }
                data-active=move || (active.get() == nth).then_some("true")
                // Before the input loses the focus, which would close the list.
                on:mousedown=move |event| {
                    event.prevent_default();
                    choose.run(picked.clone());
                }
                on:mousemove=move |_| {
                    if active.get_untracked() != nth {
                        active.set(nth);
                    }
                }
            >
                <span class="tag-tick" aria-hidden="true">{is_chosen.then_some("✓")}</span>
                <span class="hit-name">{words}</span>
            </li>
        }
    };
    view! {
        <div class="filter-field filter-tags">
            <input
                id="filter-tags"
                type="text"
                name="tags"
                role="combobox"
                aria-label="Tags, all of which a kill must have"
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-controls="filter-tag-list"
                aria-autocomplete="list"
                aria-activedescendant=move || {
                    (!options.with(Vec::is_empty)).then(|| format!("filter-tag-{}", active.get()))
                }
                placeholder=move || match count() {
                    0 => "Tags".to_owned(),
                    1 => "1 tag".to_owned(),
                    many => format!("{many} tags"),
                }
                autocomplete="off"
                spellcheck="false"
                // For the form without JavaScript; with it, the property below empties the field.
                value=filter.with_untracked(|filter| filter.tags.join(", "))
                prop:value=move || text.get()
                on:input:target=move |event| {
                    set_open.set(true);
                    active.set(0);
                    text.set(event.target().value());
                }
                on:focus=move |_| set_open.set(true)
                on:click=move |_| set_open.set(true)
                on:blur=move |_| set_open.set(false)
                on:keydown=on_key
            />
            <div class="tag-hits" hidden=move || !is_open.get()>
                <p class="entity-message" role="status">
                    {move || {
                        (is_open.get() && options.with(Vec::is_empty)).then_some("No such tag on the kills shown.")
                    }}
                </p>
                <ul class="hits" role="listbox" id="filter-tag-list" aria-label="Tags" aria-multiselectable="true">
                    {move || options.get().into_iter().enumerate().map(row).collect_view()}
                </ul>
            </div>
        </div>
    }
}
