//! The page of a type as markup.

use super::*;
use crate::{
    pages::types::fixtures::{quiet, rifter},
    testing::render,
};

fn html(page: TypePage, is_paged: bool) -> String {
    Owner::new().with(|| {
        leptos_meta::provide_meta_context();
        type_view(page, is_paged).to_html()
    })
}

fn assert_has(html: &str, texts: &[&str]) {
    for text in texts {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
}

#[test]
fn every_number_says_of_how_many_losses_and_since_when() {
    let html = html(rifter(), false);
    assert_has(
        &html,
        &[
            "half 2.50m to 7.50m; 39 losses, last 30 days",
            "40 losses, last 30 days, 1 of them without a known value",
            "25 losses, last 30 days",
            "Share of 40 losses, last 30 days",
            "The other 12 losses had 7 rarer fits.",
            "32.5 %",
            "55.0 %",
            "15 with exactly these modules, 7 with a few others.",
        ],
    );
    assert!(!html.contains(" style=") && !html.contains("NaN"));
}

#[test]
fn fits_can_be_read_copied_and_followed() {
    let html = html(rifter(), false);
    assert_has(
        &html,
        &[
            "150mm Light AutoCannon II",
            "High slots",
            "data-meta=\"faction\"",
            "Copy fit (EFT)",
            "href=\"/kill/128000001\"",
            "Nothing fitted",
            "3,950",
            "href=\"/?character_id=90000002\"",
            "Corporation 98000001",
            "href=\"/?ship_type_id=587&amp;tags=Warp+Scrambler\"",
        ],
    );
}

#[test]
fn the_window_stays_while_paging() {
    let mut page = rifter();
    page.stats.window_days = 7;
    let html = html(page, true);
    assert_has(&html, &["href=\"?window=7&amp;before=", "href=\"?window=7&amp;after=", "href=\"?window=7\""]);
    assert_eq!(html.matches("aria-current=\"true\"").count(), 2, "the window and the order");
    assert_has(&html, &["href=\"/ranked?ship_type_id=587&amp;sort=ehp\""]);
}

#[test]
fn hit_points_of_fits_with_mutated_modules_are_marked_and_counted() {
    let html = html(rifter(), false);
    assert_has(&html, &["25 losses, last 30 days, 3 of them lower bounds", "At least 3,950 EHP"]);
    let plus = "aria-label=\"or more\"";
    assert_eq!(html.matches(plus).count(), 2, "the median of all and that of the first fit");
    let mut page = rifter();
    (page.stats.ehp_lower_bounds, page.stats.fits[0].ehp_lower_bounds) = (0, 0);
    let html = self::html(page, false);
    assert!(!html.contains(plus) && !html.contains("lower bound"));
}

#[test]
fn a_cut_sample_says_so() {
    let mut page = rifter();
    (page.stats.n, page.stats.is_cut) = (2_000, true);
    let html = html(page, false);
    assert_has(
        &html,
        &[
            "More than 2,000 were lost in the last 30 days. The numbers are of the newest 2,000, since 2026-10-28 06:00:00",
            "2,000+",
            "newest 2,000 losses, last 30 days",
        ],
    );
}

#[test]
fn a_type_nobody_lost_divides_by_nothing() {
    for name in ["Rifter", "Damage Control II", "Astrahus", "Capsule"] {
        let html = html(quiet(name, StatsWindow::Week), false);
        assert_has(&html, &["was lost in this window", "No loss of known value", "Nobody in this window"]);
        assert!(!html.contains("NaN") && !html.contains("How much it takes"), "{name}");
    }
    assert_has(&html(quiet("Damage Control II", StatsWindow::Week), false), &["data-drawing=\"item\"", ">T2<"]);
    assert_has(&html(quiet("Astrahus", StatsWindow::Week), false), &["data-drawing=\"structure\""]);
}

#[test]
fn headings_are_in_order() {
    let html = html(rifter(), false);
    let levels: Vec<u8> = html
        .match_indices("<h")
        .filter_map(|(at, _)| html.as_bytes().get(at + 2).copied())
        .filter(u8::is_ascii_digit)
        .map(|digit| digit - b'0')
        .collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
}

#[tokio::test]
async fn addresses_with_and_without_a_slash_and_bad_ones() {
    for path in ["/type/587", "/type/587/", "/type/587?window=90"] {
        let (status, html) = render(path, None).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains("<h1>Rifter"), "{path}");
    }
    for (path, wanted) in [("/type/abc", 400), ("/type/0", 400), ("/type/587?window=8", 400), ("/type/999999999", 404)]
    {
        assert_eq!(render(path, None).await.0, wanted, "{path}");
    }
}
