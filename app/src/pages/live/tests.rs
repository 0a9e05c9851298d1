//! The live page as the server renders it.

use crate::testing::render;

fn count(html: &str, part: &str) -> usize {
    html.matches(part).count()
}

#[tokio::test]
async fn without_javascript_the_page_has_everything() {
    let (status, html) = render("/", None).await;
    assert_eq!(status, 200);
    assert_eq!(count(&html, "class=\"kill-row\""), 100);
    assert_eq!(count(&html, "<h1"), 1);
    assert_eq!(count(&html, "<main"), 1);
    assert!(html.contains("href=\"/kill/100\""));
    assert!(html.contains("Simulated feed."), "the demo banner");
    assert!(html.contains("zKillboard R2Z2") && html.contains("4.2 s"), "the feed's source and lag");
    assert!(html.contains("1,128") && html.contains("412b"), "the numbers of the last hour");
    assert!(html.contains("before="), "the way into history");
    assert!(html.contains("property of CCP hf."));
    assert!(!html.contains("style=\""), "the content security policy allows no inline style");
}

#[tokio::test]
async fn every_name_is_a_link_that_narrows_the_filter() {
    let (_, html) = render("/?band=lowsec", None).await;
    for link in [
        "/?system_id=30000142&amp;band=lowsec",
        "/?region_id=10000002&amp;band=lowsec",
        "/?band=lowsec&amp;ship_type_id=587",
        "/?band=lowsec&amp;group_id=25",
        "/?band=lowsec&amp;character_id=",
        "/?band=lowsec&amp;corporation_id=",
        "/?band=lowsec&amp;alliance_id=",
    ] {
        assert!(html.contains(&format!("href=\"{link}")), "{link}");
    }
    assert!(html.contains("Remove filter Security: Low-sec"));
}

#[tokio::test]
async fn density_comes_from_the_cookie() {
    assert!(render("/", None).await.1.contains("data-density=\"normal\""));
    assert!(render("/", Some("a=b; density=compact")).await.1.contains("data-density=\"compact\""));
    assert!(render("/", Some("density=huge")).await.1.contains("data-density=\"normal\""));
}

#[tokio::test]
async fn a_malformed_filter_is_explained() {
    let (status, html) = render("/?min_value=lots", None).await;
    assert_eq!(status, 400);
    assert!(html.contains("is an amount of ISK such as 1500000 or 1.5b"));
}

#[tokio::test]
async fn nothing_found_and_history_say_what_to_do() {
    assert!(render("/?solo=false", None).await.1.contains("Clear the filter"));
    let (_, html) = render("/?solo=true&before=6192f0a0.5f5e100", None).await;
    assert!(html.contains("Back to live") && html.contains("/?solo=true&amp;after="));
}

#[tokio::test]
async fn kill_addresses_of_other_sites_work() {
    let (_, html) = render("/kill/100/", None).await;
    assert!(!html.contains("Page not found"), "a slash at the end");
    assert_eq!(render("/nowhere", None).await.0, 404);
}
