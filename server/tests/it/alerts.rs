//! The alert rules ask for metrics that exist: an alert on a misspelt name never fires.

use crate::harness::{TestApp, eventually};
use std::collections::BTreeSet;

/// Names of metrics in the rules' expressions. Functions and keywords of the query language have no underscore there.
fn metrics_of(rules: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut lines = rules.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(first) = line.trim_start().strip_prefix("expr:") else { continue };
        let mut expression = first.to_owned();
        while let Some(next) = lines.next_if(|line| line.starts_with("          ")) {
            expression.push_str(next);
        }
        let mut outside_labels = String::new();
        let mut depth = 0;
        for character in expression.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ if depth == 0 => outside_labels.push(character),
                _ => {}
            }
        }
        let words = outside_labels.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        names.extend(words.filter(|word| word.contains('_')).map(str::to_owned));
    }
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_of_the_alert_rules_is_exported_from_the_start() {
    let rules = include_str!("../../../deploy/alerts.yml");
    let wanted = metrics_of(rules);
    assert_eq!(rules.matches("- alert:").count(), rules.matches("expr:").count());
    for name in ["killmail_enrichment_failures_total", "killmails_enriched_total", "queue_depth"] {
        assert!(wanted.contains(name), "{wanted:?}");
    }
    let app = TestApp::start("r2z2").await;
    eventually("every metric is exported", || async {
        let text = app.get("/metrics").await.text().await.expect("text");
        let exported: BTreeSet<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split(['{', ' ']).next())
            .collect();
        let missing: Vec<_> = wanted.iter().filter(|name| !exported.contains(name.as_str())).collect();
        if !missing.is_empty() {
            println!("missing: {missing:?}");
        }
        missing.is_empty()
    })
    .await;
    app.stop().await;
}
