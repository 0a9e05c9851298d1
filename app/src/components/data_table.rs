//! Tables of numbers: a caption for whoever does not see where it stands, and heads that say what they are of.

use leptos::prelude::*;

/// A column by its head. Numbers stand to the right.
#[derive(Clone, Copy)]
pub enum Column {
    Text(&'static str),
    Number(&'static str),
}

/// The children are its rows; each begins with a `th scope="row"`.
#[component]
pub fn DataTable(#[prop(into)] caption: String, columns: &'static [Column], children: Children) -> impl IntoView {
    let heads = columns
        .iter()
        .map(|column| match *column {
            Column::Text(head) => view! { <th scope="col">{head}</th> }.into_any(),
            Column::Number(head) => view! { <th scope="col" class="number">{head}</th> }.into_any(),
        })
        .collect_view();
    view! {
        <table class="data-table">
            <caption class="sr-only">{caption}</caption>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
}

/// A table that may be wider than the page: it scrolls by itself, by keys too. `name` is what it is a table of.
#[component]
pub fn WideTable(
    name: &'static str,
    #[prop(into)] caption: String,
    columns: &'static [Column],
    children: Children,
) -> impl IntoView {
    let label = format!("Table of {name}, scrolls sideways");
    view! {
        <div class="table-scroll" role="region" aria-label=label tabindex="0">
            <DataTable caption columns>{children()}</DataTable>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_a_scope_and_the_table_a_name() {
        const COLUMNS: &[Column] = &[Column::Text("Cache"), Column::Number("Entries")];
        let html = view! {
            <WideTable name="caches" caption="Caches of this server" columns=COLUMNS>
                <tr>
                    <th scope="row">"names"</th>
                    <td class="number">"3"</td>
                </tr>
            </WideTable>
        }
        .to_html();
        for part in [
            r#"role="region" aria-label="Table of caches, scrolls sideways" tabindex="0""#,
            r#"<caption class="sr-only">Caches of this server"#,
            r#"<th scope="col">Cache"#,
            r#"<th scope="col" class="number">Entries"#,
            r#"<tbody><tr><th scope="row">"#,
        ] {
            assert!(html.contains(part), "{part} is missing in {html}");
        }
    }
}
