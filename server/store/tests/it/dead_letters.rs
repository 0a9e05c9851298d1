//! Letters are kept once, cut, counted, resolved, and bounded.

use crate::support::{at, count, made_up};
use domain::{KillmailId, Source, StaticData};
use std::collections::HashSet;
use store::{KillBatch, LetterKind, NewDeadLetter, testing::TestDatabase};

fn letter(payload: String) -> NewDeadLetter {
    NewDeadLetter {
        kind: LetterKind::Event,
        source: Source::EveKill,
        position: Some("17\0".to_owned()),
        killmail_id: Some(KillmailId(5)),
        reason: "victim: missing".to_owned(),
        payload,
    }
}

#[tokio::test]
async fn a_letter_is_kept_until_it_is_resolved() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    // Two bytes a character: the cut falls inside of one.
    let long = format!("x{}", "é".repeat(200_000));
    store.insert_dead_letters(&[letter("a\0b".to_owned()), letter(long.clone())]).await.unwrap();
    store.insert_dead_letters(&[letter(long.clone()), letter(long.clone())]).await.unwrap();
    assert_eq!(store.count_dead_letters().await.unwrap(), 2);
    let mut letters = store.list_dead_letters(10).await.unwrap();
    letters.sort_by_key(|letter| letter.payload.len());
    assert_eq!((letters[0].payload.as_str(), letters[0].attempts), ("a\u{fffd}b", 1));
    assert_eq!(letters[0].position.as_deref(), Some("17\u{fffd}"));
    assert_eq!((letters[0].source, letters[0].killmail_id), (Source::EveKill, Some(KillmailId(5))));
    assert_eq!(letters[1].payload.len(), 256 * 1024 - 1);
    assert!(long.starts_with(&letters[1].payload));
    assert_eq!(letters[1].attempts, 2);
    // It comes again by a way that knows less of it.
    let again = NewDeadLetter { position: None, killmail_id: None, ..letter("a\0b".to_owned()) };
    store.insert_dead_letters(&[again]).await.unwrap();
    let again = store.list_dead_letters(10).await.unwrap().into_iter().find(|it| it.id == letters[0].id).unwrap();
    assert_eq!(
        (again.attempts, again.position, again.killmail_id),
        (2, letters[0].position.clone(), Some(KillmailId(5)))
    );

    store.fail_dead_letter(letters[0].id, "still missing").await.unwrap();
    store.fail_dead_letter(letters[0].id, "still missing").await.unwrap();
    assert!(store.resolve_dead_letter(letters[1].id).await.unwrap());
    assert!(!store.resolve_dead_letter(letters[1].id).await.unwrap());
    assert_eq!(store.list_unresolved_dead_letters(None, true, 10).await.unwrap(), [], "it waits");
    assert_eq!(store.list_unresolved_dead_letters(Some(Source::R2z2), false, 10).await.unwrap(), []);
    let unresolved = store.list_unresolved_dead_letters(Some(Source::EveKill), false, 10).await.unwrap();
    // Ten minutes, doubled with every attempt but the first: it came twice, and failed twice since.
    let wait = unresolved[0].retry_at - chrono::Utc::now();
    assert!((chrono::TimeDelta::minutes(35)..=chrono::TimeDelta::minutes(40)).contains(&wait), "{wait}");
    assert_eq!(unresolved.len(), 1);
    assert_eq!((unresolved[0].reason.as_str(), unresolved[0].attempts), ("still missing", 4));
    assert_eq!(store.count_dead_letters().await.unwrap(), 1);
    let dead = |ids: &'static [KillmailId]| async move { store.filter_dead_ids(ids).await.unwrap() };
    assert_eq!(dead(&[KillmailId(4), KillmailId(5)]).await, HashSet::from([KillmailId(5)]));
    store.resolve_dead_letter(letters[0].id).await.unwrap();
    assert!(dead(&[KillmailId(5)]).await.is_empty(), "resolved letters do not count");
    assert_eq!(store.count_dead_letters().await.unwrap(), 0);
    // The same event again: not resolved after all.
    store.insert_dead_letters(&[letter(long)]).await.unwrap();
    assert_eq!(store.count_dead_letters().await.unwrap(), 1);
}

#[tokio::test]
async fn the_number_of_letters_is_bounded() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let letters: Vec<_> = (0..10_000).map(|n| letter(n.to_string())).collect();
    store.insert_dead_letters(&letters).await.unwrap();
    let resolved = store.list_dead_letters(1).await.unwrap().remove(0);
    store.resolve_dead_letter(resolved.id).await.unwrap();
    store.insert_dead_letters(&[letter("new".to_owned())]).await.unwrap();
    assert_eq!(count(database.pool(), "dead_letters").await, 10_000);
    assert!(store.list_dead_letters(10_000).await.unwrap().iter().all(|letter| letter.id != resolved.id));
    assert_eq!(store.count_dead_letters().await.unwrap(), 10_000);
}

#[tokio::test]
async fn a_wait_ends_with_the_kill_and_counts_as_no_dead_letter() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let waiting = |id: i64, kind| NewDeadLetter {
        kind,
        killmail_id: Some(KillmailId(id)),
        ..letter(format!(r#"{{"killmail_id":{id},"hash":"{id:040}"}}"#))
    };
    let letters: Vec<_> = (1..=3).map(|id| waiting(id, LetterKind::Waiting)).collect();
    store.insert_dead_letters(&letters).await.unwrap();
    let left = async || {
        let letters = store.list_waiting_letters(10).await.unwrap();
        let ids: std::collections::BTreeSet<_> = letters.into_iter().filter_map(|letter| letter.killmail_id).collect();
        ids.into_iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!((left().await, store.count_dead_letters().await.unwrap()), (vec![1, 2, 3], 0));
    assert_eq!(store.list_unresolved_dead_letters(None, true, 10).await.unwrap(), [], "the job leaves them alone");
    assert_eq!(store.list_unresolved_dead_letters(None, false, 10).await.unwrap().len(), 3, "the command does not");

    // One is stored, one given up; the third is told again by its feed.
    let stored = made_up(1, at(2026, 11, 1));
    let told = [waiting(2, LetterKind::Body), waiting(3, LetterKind::Waiting)];
    let batch =
        KillBatch { records: &[&stored], static_data: &StaticData::bundled(), positions: &[], dead_letters: &told };
    store.insert_batch(&batch).await.unwrap();
    assert_eq!((left().await, store.count_dead_letters().await.unwrap()), (vec![3], 1));
}
