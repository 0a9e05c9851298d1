//! The item list of a kill: what sat in each slot and hold, what became of it and what it was worth.
//!
//! One table with a row group per slot or hold and its total. Container contents fold away. Unit prices with their
//! source and age are a column that a checkbox shows, without JavaScript too. Estimates say so, always.

pub mod groups;

use crate::{
    components::{
        fate::{Fate, fate_mark},
        isk::IskAmount,
        meta_group::meta_word,
        price::price_origin,
        type_image::{Picture, TypeImage},
    },
    format,
};
use contract::ItemRow;
use domain::Timestamp;
use groups::{ItemGroup, Line, contents_lines, item_groups};
use leptos::prelude::*;

/// Columns of the table, the unit price included.
const COLUMNS: &str = "5";

/// The list; `id` is what the fitting wheel's description points to.
pub fn item_list(items: &[ItemRow], killed_at: Timestamp, id: &'static str) -> AnyView {
    if items.is_empty() {
        return view! { <p id=id class="empty-note">"Nothing was fitted or carried, as far as the killmail says."</p> }
            .into_any();
    }
    let groups = item_groups(items).iter().map(|group| group_rows(group, killed_at)).collect_view();
    view! {
        <div class="item-list" id=id>
            <label class="item-list-switch">
                <input type="checkbox" name="unit-prices" autocomplete="off"/>
                " Unit prices and sources"
            </label>
            <table class="item-table">
                <caption class="sr-only">"Items by slot and hold, with fate, quantity and value"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Item"</th>
                        <th scope="col">"Fate"</th>
                        <th scope="col" class="number">"Quantity"</th>
                        <th scope="col" class="number unit-price">"Unit price"</th>
                        <th scope="col" class="number">"Value"</th>
                    </tr>
                </thead>
                {groups}
            </table>
        </div>
    }
    .into_any()
}

fn group_rows(group: &ItemGroup<'_>, killed_at: Timestamp) -> AnyView {
    let lines = group.lines.iter().map(|line| line_rows(line, killed_at)).collect_view();
    let total = group.total;
    view! {
        <tbody>
            <tr class="item-group">
                <th scope="rowgroup" colspan="3">{group.label}</th>
                <td class="unit-price"></td>
                <td class="number">
                    <span class="sr-only">"Total "</span>
                    <IskAmount value=total.value is_lower_bound=total.has_unpriced/>
                </td>
            </tr>
            {lines}
        </tbody>
    }
    .into_any()
}

/// The line, and below it what the container holds.
fn line_rows(line: &Line<'_>, killed_at: Timestamp) -> AnyView {
    let contents = &line.row.contents;
    if contents.is_empty() {
        return line_row(line, false, killed_at);
    }
    let inside = format!("{} inside", format::counted(contents.len() as u64, "stack", "stacks"));
    let total = groups::Total::of(contents);
    let rows = contents_lines(contents).iter().map(|line| line_row(line, true, killed_at)).collect_view();
    view! {
        {line_row(line, false, killed_at)}
        <tr class="item-contents">
            <td colspan=COLUMNS>
                <details open=contents.len() <= 12>
                    <summary>
                        {inside} ", " <IskAmount value=total.value is_lower_bound=total.has_unpriced/>
                    </summary>
                    <table class="item-table">
                        <caption class="sr-only">{format!("Contents of {}", line.row.item.display_name())}</caption>
                        <thead class="sr-only">
                            <tr>
                                <th scope="col">"Item"</th>
                                <th scope="col">"Fate"</th>
                                <th scope="col">"Quantity"</th>
                                <th scope="col" class="unit-price">"Unit price"</th>
                                <th scope="col">"Value"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </details>
            </td>
        </tr>
    }
    .into_any()
}

fn line_row(line: &Line<'_>, is_inside: bool, killed_at: Timestamp) -> AnyView {
    let row = line.row;
    let fate = Fate::of(line.destroyed, line.dropped);
    let level = match (line.is_loaded, is_inside) {
        (true, _) => Some("charge"),
        (_, true) => Some("inside"),
        _ => None,
    };
    let quantity = match fate {
        Fate::Both => view! {
            <span class="item-quantity-part">{format::count(line.destroyed.unsigned_abs())} " destroyed"</span>
            <span class="item-quantity-part">{format::count(line.dropped.unsigned_abs())} " dropped"</span>
        }
        .into_any(),
        _ => format::count(line.quantity().unsigned_abs()).into_any(),
    };
    let size = if line.is_loaded { 24 } else { 32 };
    view! {
        <tr data-level=level data-fate=fate.key()>
            <th scope="row">
                <span class="item-name">
                    <TypeImage picture=Picture::Icon(row.item.type_id) size=size/>
                    <span class="item-words">
                        {line.is_loaded.then(|| view! { <span class="sr-only">"Loaded: "</span> })}
                        <span>{row.item.display_name()}</span>
                        {tags(row)}
                    </span>
                </span>
            </th>
            <td class="item-fate">{fate_mark(fate)}</td>
            <td class="number quantity">{quantity}</td>
            <td class="number unit-price">{unit_price(row, killed_at)}</td>
            <td class="number">
                <IskAmount value=line.value/>
                {row.is_estimate.then(|| view! { <span class="estimate-word">"estimate"</span> })}
            </td>
        </tr>
    }
    .into_any()
}

/// Meta level, blueprint copy and abyssal, as small words.
fn tags(row: &ItemRow) -> AnyView {
    let meta = meta_word(row.meta_group_id).filter(|(_, key)| *key != "abyssal" || !row.is_abyssal);
    view! {
        {meta.map(|(word, key)| view! { <span class="meta-word" data-meta=key>{word}</span> })}
        {row.is_abyssal
            .then(|| {
                view! {
                    <span class="meta-word" data-meta="abyssal" title="Rolled with a mutaplasmid: its value is an estimate">
                        "Abyssal"
                    </span>
                }
            })}
        {row.is_blueprint_copy.then(|| view! { <span class="meta-word">"Blueprint copy"</span> })}
    }
    .into_any()
}

fn unit_price(row: &ItemRow, killed_at: Timestamp) -> AnyView {
    match row.unit_price {
        Some(unit) => view! {
            <span class="unit-price-amount">{unit.price.full()}</span>
            <span class="unit-price-source">{price_origin(unit, row.is_estimate, killed_at)}</span>
        }
        .into_any(),
        None => view! { <span class="unit-price-source">"no known price"</span> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{at, charge, dropped, held, module, nested_container, priced};
    use domain::PriceSource;

    fn html(items: &[ItemRow]) -> String {
        item_list(items, at("2026-11-23T20:00:00Z"), "items").to_html()
    }

    #[test]
    fn says_fate_quantity_price_and_source() {
        let html = html(&[
            dropped(priced(module(27, "Small Nosferatu II"), 1_234_567)),
            charge(28, "Hail S", 1_200),
            module(28, "150mm Light AutoCannon II"),
        ]);
        for text in [
            "Small Nosferatu II",
            "Dropped",
            "Destroyed",
            "1,200",
            "1,234,567.00",
            "ESI average price, 2026-11-23 18:00:00, 2 hours before the kill",
            "T2",
            "no known price",
            "Loaded: ",
        ] {
            assert!(html.contains(text), "{text} is missing in {html}");
        }
        assert!(!html.contains("style="));
    }

    #[test]
    fn contents_of_a_container_fold_away_under_it() {
        let html = html(&nested_container().items);
        let (container, inside) = (html.find("Giant Secure Container"), html.find("2 stacks inside"));
        assert!(container.is_some() && inside > container && html.find("Tritanium") > inside, "{html}");
        assert!(html.contains("<details"));
        assert!(html.contains("Contents of Giant Secure Container"));
    }

    #[test]
    fn a_stack_of_which_a_part_dropped_says_both_numbers() {
        let mut row = held(5, "Nanite Repair Paste", 30);
        row.dropped = 12;
        let html = html(&[row]);
        assert!(html.contains("30") && html.contains("12") && html.contains("Partly dropped"));
    }

    #[test]
    fn an_estimate_is_called_one_beside_its_value_and_its_source() {
        let mut rolled = priced(module(19, "50MN Abyssal Microwarpdrive"), 300_000_000);
        rolled.is_estimate = true;
        rolled.unit_price.as_mut().expect("priced").source = PriceSource::Mutamarket;
        let rolled = html(&[rolled]);
        assert!(rolled.contains(r#"class="estimate-word">estimate"#), "{rolled}");
        assert!(rolled.contains("MutaMarket type estimate, 2026-11-23 18:00:00"), "{rolled}");
        assert!(!html(&[priced(module(27, "Small Nosferatu II"), 5)]).contains("estimate"));
    }

    #[test]
    fn nothing_carried_is_said() {
        assert!(html(&[]).contains("Nothing was fitted or carried"));
    }
}
