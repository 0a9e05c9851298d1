//! The keyboard of a combobox: a text field keeps the focus while arrows move a cursor through the list below it.
//!
//! The list, its options and what choosing does are the caller's; which option the cursor is at, and what a key asks
//! for, is the same everywhere.

use leptos::{ev, prelude::*};

/// What a key asks for that the combobox cannot do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The cursor moved to this option, which may be out of sight.
    Move(usize),
    /// Enter, with the cursor at this option; `None` when the list is empty.
    Choose(Option<usize>),
    Close,
}

/// Where the cursor is in a list of options with the ids `{option}-0` and on.
#[derive(Clone, Copy)]
pub struct Combobox {
    option: &'static str,
    active: RwSignal<usize>,
    count: Signal<usize>,
}

impl Combobox {
    pub fn new(option: &'static str, count: Signal<usize>) -> Self {
        Self { option, active: RwSignal::new(0), count }
    }

    /// For `aria-activedescendant`: the id of the option at the cursor.
    pub fn active_id(self) -> Option<String> {
        (self.count.get() > 0).then(|| self.id_of(self.active.get()))
    }

    pub fn id_of(self, index: usize) -> String {
        format!("{}-{index}", self.option)
    }

    pub fn is_active(self, index: usize) -> bool {
        self.active.get() == index
    }

    /// The cursor goes where the pointer is.
    pub fn point_at(self, index: usize) {
        if self.active.get_untracked() != index {
            self.active.set(index);
        }
    }

    /// The list is another one.
    pub fn reset(self) {
        self.active.set(0);
    }

    /// Arrows move the cursor, which stays at the ends. What else is asked for, the caller does; it also decides
    /// whether the browser does its own thing at Enter and Escape.
    pub fn press(self, event: &ev::KeyboardEvent) -> Option<Asked> {
        let asked = asked(&event.key(), self.active.get_untracked(), self.count.get_untracked())?;
        if let Asked::Move(index) = asked {
            event.prevent_default();
            self.active.set(index);
        }
        Some(asked)
    }
}

fn asked(key: &str, active: usize, count: usize) -> Option<Asked> {
    let last = count.saturating_sub(1);
    match key {
        "ArrowDown" => Some(Asked::Move(active.saturating_add(1).min(last))),
        "ArrowUp" => Some(Asked::Move(active.saturating_sub(1).min(last))),
        "Enter" => Some(Asked::Choose((active < count).then_some(active))),
        "Escape" => Some(Asked::Close),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_in_the_list() {
        assert_eq!(asked("ArrowDown", 0, 3), Some(Asked::Move(1)));
        assert_eq!(asked("ArrowDown", 2, 3), Some(Asked::Move(2)));
        assert_eq!(asked("ArrowUp", 0, 3), Some(Asked::Move(0)));
        assert_eq!(asked("ArrowUp", 7, 3), Some(Asked::Move(2)), "the list became shorter");
        assert_eq!((asked("ArrowDown", 0, 0), asked("Enter", 0, 0)), (Some(Asked::Move(0)), Some(Asked::Choose(None))));
    }

    #[test]
    fn enter_chooses_what_is_there_and_other_keys_are_the_fields() {
        assert_eq!(asked("Enter", 1, 3), Some(Asked::Choose(Some(1))));
        assert_eq!(asked("Enter", 3, 3), Some(Asked::Choose(None)), "the list became shorter");
        assert_eq!(asked("Escape", 1, 3), Some(Asked::Close));
        for key in ["a", "Backspace", "Tab", "ArrowLeft", "Home"] {
            assert_eq!(asked(key, 1, 3), None);
        }
    }
}
