//! The list itself: rows from the store, the badge for new ones, paging into history, what to say when it is empty.

use super::address::with_cursor;
use crate::{
    components::{dom, icon::Icon, kill_list::KillListFrame, kill_row::KillRow},
    format,
    live::{
        LiveStore,
        reducer::{Connection, UserAction},
    },
    routes,
};
use domain::{Cursor, KillFilter};
use leptos::{ev, prelude::*};

/// Scrolled further than this many pixels, the reader reads: the list holds still.
const READING: f64 = 160.0;

#[component]
pub fn LiveList(store: LiveStore, base: KillFilter, newer: Option<Cursor>, has_older: bool) -> impl IntoView {
    let is_stale = move || store.feed.connection.get() == Connection::Lost;
    let row_base = base.clone();
    let rows = view! {
        <For
            each=move || {
                let epoch = store.list.epoch.get();
                store.list.rows.get().into_iter().map(move |row| (epoch, row)).collect::<Vec<_>>()
            }
            key=|(epoch, row)| (*epoch, row.kill.killmail_id, row.revision)
            let((_, row))
        >
            <KillRow
                kill=(*row.kill).clone()
                base=row_base.clone()
                selected=store.list.selected
                is_new={row.is_new && row.revision == 0}
            />
        </For>
    };
    let is_empty = Memo::new(move |_| store.list.rows.with(Vec::is_empty));
    let live = routes::live(&base);
    let is_filtered = !base.is_empty();
    let pointer = Pointer { store, moves: StoredValue::new(0) };
    view! {
        <NewBadge store=store live=live.clone()/>
        {move || {
            store.list.is_history.get().then(|| view! { <HistoryBar live=live.clone() base=base.clone() newer=newer/> })
        }}
        <div
            class="live-list"
            data-stale=move || is_stale().then_some("true")
            on:click=move |event| open_in_panel(store, &event)
            on:mousemove=move |_| pointer.moved()
            on:mouseleave=move |_| pointer.rests()
        >
            <KillListFrame label="Kills, newest first">{rows}</KillListFrame>
        </div>
        {move || is_empty.get().then(|| view! { <Empty is_filtered=is_filtered/> })}
        <Older store=store has_older=has_older/>
    }
}

/// A plain click on a row shows the kill beside the list where there is room; a second one, or Enter, opens its page.
fn open_in_panel(store: LiveStore, event: &ev::MouseEvent) {
    let is_plain =
        event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key() && !event.alt_key();
    if !is_plain || !dom::is_wide() {
        return;
    }
    if let Some(id) = dom::clicked_row(event)
        && store.list.selected.get_untracked() != Some(id)
    {
        event.prevent_default();
        store.act(UserAction::Select(Some(id)));
    }
}

/// Holds the list while the pointer moves over it, so that no click meets another row than it was meant for.
#[derive(Clone, Copy)]
struct Pointer {
    store: LiveStore,
    moves: StoredValue<u32>,
}

impl Pointer {
    const REST: std::time::Duration = std::time::Duration::from_millis(1_200);

    fn moved(self) {
        let Some(moves) = self.moves.try_update_value(|moves| {
            *moves = moves.wrapping_add(1);
            *moves
        }) else {
            return;
        };
        if !self.store.list.is_pointed_at.get_untracked() {
            self.store.act(UserAction::PointedAt(true));
            self.watch(moves);
        }
    }

    /// Lets go once the pointer has not moved for a while.
    fn watch(self, moves: u32) {
        set_timeout(
            move || match self.moves.try_get_value() {
                Some(now) if now == moves => self.rests(),
                Some(now) => self.watch(now),
                None => {}
            },
            Self::REST,
        );
    }

    fn rests(self) {
        if self.store.list.is_pointed_at.try_get_untracked() == Some(true) {
            self.store.act(UserAction::PointedAt(false));
        }
    }
}

/// How many kills wait; takes the reader to them.
#[component]
fn NewBadge(store: LiveStore, live: String) -> impl IntoView {
    let live = StoredValue::new(live);
    let show = move |event: ev::MouseEvent| {
        // In history the address leads back to live, as it does without JavaScript.
        if !store.list.is_history.get_untracked() {
            event.prevent_default();
            store.act(UserAction::ShowPending);
            dom::scroll_to_top();
        }
    };
    move || {
        let waiting = store.list.waiting.get();
        (waiting > 0).then(|| {
            view! {
                <a class="new-badge" href=live.get_value() on:click=show>
                    <Icon name="up"/>
                    {format::count(waiting)}
                    " new"
                </a>
            }
        })
    }
}

#[component]
fn HistoryBar(live: String, base: KillFilter, newer: Option<Cursor>) -> impl IntoView {
    view! {
        <div class="history-bar">
            <p>"You are reading older kills. Live updates wait."</p>
            {newer
                .map(|cursor| {
                    view! { <a class="button" href=with_cursor(&base, "after", cursor)><Icon name="older"/>"Newer"</a> }
                })}
            <a class="button button-primary" href=live>"Back to live"</a>
        </div>
    }
}

#[component]
fn Older(store: LiveStore, has_older: bool) -> impl IntoView {
    let link = move || {
        let is_cut = store.list.rows.with(Vec::len) >= crate::live::reducer::MAX_ROWS;
        let cursor = store.older_cursor().filter(|_| has_older || is_cut)?;
        let filter = store.filter();
        Some(view! {
            <nav class="older" aria-label="History">
                <a class="button" href=with_cursor(&filter, "before", cursor)>"Older kills"<Icon name="newer"/></a>
            </nav>
        })
    };
    view! { {link} }
}

#[component]
fn Empty(is_filtered: bool) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name="solo"/>
            <p class="empty-title">{if is_filtered { "No kill passes this filter yet" } else { "No kills yet" }}</p>
            <p>"New ones appear here as they happen."</p>
            {is_filtered.then(|| view! { <a class="button" href=routes::LIVE>"Clear the filter"</a> })}
        </div>
    }
}

/// Grey rows of the right height while the first page loads.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <KillListFrame label="Loading kills">
            {(0..24)
                .map(|_| {
                    view! {
                        <li class="kill-row kill-skeleton" aria-hidden="true">
                            <span></span><span></span><span></span><span></span><span></span><span></span><span></span>
                        </li>
                    }
                })
                .collect_view()}
        </KillListFrame>
    }
}

/// Tells the store when the reader has scrolled down. Browser only, as effects are.
pub fn hold_while_scrolled(store: LiveStore) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::scroll, move |_| {
            let is_scrolled = dom::scroll_top() > READING;
            if store.list.is_scrolled.get_untracked() != is_scrolled {
                store.act(UserAction::Scrolled(is_scrolled));
            }
        });
        on_cleanup(move || listener.remove());
    });
}
