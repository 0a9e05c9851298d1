//! Imports of static data: exact reports, refusals that leave the old in place, several nodes at once, the way back.

use crate::static_archive::{archive, builder, dogma_file, file, sde_file};
use domain::static_data::{BUNDLED_BUILD, Difference, NamedEntry, StaticReport};
use eve_sde::model::Type;
use server::static_import::{
    self, Import, ImportError, dogma,
    download::{self, Download},
    load,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};
use store::{
    Downgrade, SnapshotKind, Store, StoreOptions,
    testing::{TestDatabase, static_build_and_types},
};

const OLD: u32 = 9_000_001;
const NEW: u32 = 9_000_002;
const OLD_TYPES: &[(i64, &str, f64)] =
    &[(587, "Rifter", 1_067_000.0), (585, "Slasher", 1_075_000.0), (597, "Punisher", 1_047_000.0)];
const NEW_TYPES: &[(i64, &str, f64)] =
    &[(587, "Rifter Mk2", 1_067_000.0), (585, "Slasher", 2_000_000.0), (99_999, "Novelty", 1.0)];

async fn import(store: &Store, bytes: &[u8]) -> Result<Import, ImportError> {
    let file = file(bytes);
    static_import::import_sde(store, &sde_file(file.path()), Downgrade::Refuse).await
}

fn named(build: u32) -> String {
    format!("2026-11-20 (build {build})")
}

/// Kind, build, current: all snapshots in the order in which they are listed.
async fn stored(store: &Store) -> Vec<(SnapshotKind, String, bool)> {
    let snapshots = store.list_snapshots().await.expect("snapshots");
    snapshots.into_iter().map(|snapshot| (snapshot.kind, snapshot.build, snapshot.is_current)).collect()
}

fn universe(build: impl Into<String>, is_current: bool) -> (SnapshotKind, String, bool) {
    (SnapshotKind::UniverseTypes, build.into(), is_current)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_reports_every_difference_and_can_be_undone() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let first = import(store, &archive(OLD, OLD_TYPES)).await.expect("imported");
    let Import::Installed { previous, report: Some(report), .. } = first else { panic!("{first:?}") };
    assert_eq!(previous.as_deref(), Some(BUNDLED_BUILD));
    assert_eq!((report.types_added.total, report.types_removed.total), (0, 53_286));
    assert_eq!((report.systems_removed.total, report.types_removed.first.len()), (8_435, 200));

    let second = import(store, &archive(NEW, NEW_TYPES)).await.expect("imported");
    let Import::Installed { build, report: Some(report), unknown_files, .. } = second else { panic!("{second:?}") };
    let difference = |id, name: &str, what: &str, before: &str, after: &str| Difference {
        id,
        name: name.to_owned(),
        what: what.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    let entry = |id, name: &str| NamedEntry { id, name: name.to_owned() };
    let mut expected = StaticReport { from: named(OLD), to: named(NEW), ..StaticReport::default() };
    expected.types_added.total = 1;
    expected.types_added.first = vec![entry(99_999, "Novelty")];
    expected.types_removed.total = 1;
    expected.types_removed.first = vec![entry(597, "Punisher")];
    expected.types_renamed.total = 1;
    expected.types_renamed.first = vec![difference(587, "Rifter Mk2", "name", "Rifter", "Rifter Mk2")];
    expected.types_changed.total = 1;
    expected.types_changed.first = vec![difference(585, "Slasher", "mass", "1075000 kg", "2000000 kg")];
    assert_eq!(*report, expected);
    assert!(unknown_files.is_empty());
    let printed = server::commands::import_sde::report_text(&report);
    assert!(printed.contains("       1  types renamed\n") && printed.contains("Rifter Mk2: name Rifter -> Rifter Mk2"));

    // Only the one before is kept; the tables that queries join have the new rows.
    assert_eq!(stored(store).await, [universe(&build, true), universe(named(OLD), false)]);
    let current = store.find_current_snapshot(SnapshotKind::UniverseTypes).await.expect("read").expect("current");
    assert_eq!(current.report, Some(serde_json::to_value(&expected).expect("JSON")));
    assert_eq!(store.static_build().await.expect("build"), Some(named(NEW)));
    assert_eq!(names(&database).await, ["Novelty", "Rifter Mk2", "Slasher"]);

    assert_eq!(static_import::rollback(store, SnapshotKind::UniverseTypes).await.expect("back").build, named(OLD));
    assert_eq!(stored(store).await, [universe(named(OLD), true), universe(named(NEW), false)]);
    assert_eq!(names(&database).await, ["Punisher", "Rifter", "Slasher"]);
    assert_eq!(store.static_build().await.expect("build"), Some(named(OLD)));
    // The same again is nothing new; the newer one may come back.
    let again = import(store, &archive(OLD, OLD_TYPES)).await.expect("known");
    assert_eq!(again, Import::UpToDate { build: named(OLD) });
    assert!(matches!(import(store, &archive(NEW, NEW_TYPES)).await, Ok(Import::Installed { .. })));
    // A build that replaces itself leaves the one before it.
    assert!(matches!(import(store, &archive(NEW, OLD_TYPES)).await, Ok(Import::Installed { .. })));
    assert_eq!(stored(store).await, [universe(named(NEW), true), universe(named(OLD), false)]);
    assert_eq!(names(&database).await, ["Punisher", "Rifter", "Slasher"]);
}

/// Names in the table of types, in order.
async fn names(database: &TestDatabase) -> Vec<String> {
    static_build_and_types(&database.store).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_imported_leaves_the_old_data() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    import(store, &archive(NEW, NEW_TYPES)).await.expect("imported");
    let before = stored(store).await;
    let whole = archive(NEW + 1, OLD_TYPES);
    let mut flipped = builder(NEW + 1, OLD_TYPES).stored().into_bytes();
    let name = flipped.windows(8).position(|window| window == b"Punisher").expect("stored as it is");
    flipped[name] = b'p';
    for (bytes, expected) in [
        (Vec::new(), "static data archive cannot be read"),
        (b"no archive at all".to_vec(), "static data archive cannot be read"),
        (whole[..whole.len() / 2].to_vec(), "static data archive cannot be read"),
        (dogma_file(1, 13), "static data archive cannot be read"),
        (flipped, "types.jsonl"),
        (builder(NEW + 1, OLD_TYPES).without("groups.jsonl").into_bytes(), "groups.jsonl"),
        (builder(NEW + 1, OLD_TYPES).rows::<Type>("{").into_bytes(), "types.jsonl` line 1"),
        (builder(NEW + 1, &[]).into_bytes(), "types.jsonl has no records"),
        (archive(NEW - 1, OLD_TYPES), "older than the current build 2026-11-20 (build 9000002)"),
    ] {
        let error = anyhow::Error::from(import(store, &bytes).await.expect_err(expected));
        assert!(format!("{error:#}").contains(expected), "{error:#}");
    }
    assert!(matches!(
        static_import::import_sde(store, &sde_file("/nonexistent.zip".as_ref()), Downgrade::Refuse).await,
        Err(ImportError::Sde(_))
    ));
    assert!(matches!(
        static_import::rollback(store, SnapshotKind::Dogma).await,
        Err(ImportError::NoPrevious(SnapshotKind::Dogma))
    ));
    assert_eq!(stored(store).await, before);
    assert_eq!(store.static_build().await.expect("build"), Some(named(NEW)));
    let loaded = load::load(store).await.expect("loaded");
    assert_eq!(loaded.data.type_name(99_999.into()), Some("Novelty"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_build_comes_only_by_force_and_then_stays() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    // Older than what the binary carries.
    let old = file(&archive(5, OLD_TYPES));
    let refused = static_import::import_sde(store, &sde_file(old.path()), Downgrade::Refuse).await;
    assert!(matches!(refused, Err(ImportError::Downgrade { .. })), "{refused:?}");
    assert_eq!(load::load(store).await.expect("loaded").data.build(), BUNDLED_BUILD);
    static_import::import_sde(store, &sde_file(old.path()), Downgrade::Allow).await.expect("forced");
    let loaded = load::load(store).await.expect("loaded");
    assert_eq!((loaded.data.build(), loaded.data.types().count()), (named(5).as_str(), 3));
    // A server that starts does not undo it either.
    let bundled = load::Loaded::bundled().expect("bundled");
    assert_eq!(store.import_static(&bundled.data).await.expect("asked"), store::ImportOutcome::Superseded);
    let back = static_import::rollback(store, SnapshotKind::UniverseTypes).await.expect("back");
    assert_eq!(back.build, BUNDLED_BUILD);
    assert_eq!(load::load(store).await.expect("loaded").data.types().count(), bundled.data.types().count());
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_import_at_once_agree() {
    let database = TestDatabase::create().await;
    let nodes: Vec<Store> = (0..3)
        .map(|_| Store::connect_lazily(&StoreOptions::new(database.url()).max_connections(3)).expect("a store"))
        .collect();
    let files = [file(&archive(OLD, OLD_TYPES)), file(&archive(NEW, NEW_TYPES)), file(&archive(NEW, NEW_TYPES))];
    let done = Arc::new(AtomicBool::new(false));
    let looked = Arc::new(AtomicU32::new(0));
    // Whoever reads meanwhile sees one build's tables or another's.
    let reader = tokio::spawn({
        let (done, looked, store) = (Arc::clone(&done), Arc::clone(&looked), database.store.clone());
        async move {
            while !done.load(Ordering::Relaxed) {
                let (build, types) = static_build_and_types(&store).await;
                let expected: &[&str] = match build.as_deref() {
                    None => &[],
                    Some(build) if build == named(OLD) => &["Punisher", "Rifter", "Slasher"],
                    Some(build) if build == named(NEW) => &["Novelty", "Rifter Mk2", "Slasher"],
                    Some(other) => panic!("{other}"),
                };
                assert_eq!(types, expected, "{build:?}");
                looked.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let imports = nodes.iter().zip(&files).map(|(node, file)| async move {
        static_import::import_sde(node, &sde_file(file.path()), Downgrade::Refuse).await
    });
    let outcomes = futures::future::join_all(imports).await;
    done.store(true, Ordering::Relaxed);
    reader.await.expect("never a mix");
    assert!(looked.load(Ordering::Relaxed) > 0);
    let installed = |outcome: &&Result<Import, ImportError>| matches!(outcome, Ok(Import::Installed { .. }));
    let twins = &outcomes[1..];
    assert_eq!(twins.iter().filter(installed).count(), 1, "{outcomes:?}");
    assert!(twins.iter().any(|outcome| matches!(outcome, Ok(Import::UpToDate { .. }))), "{outcomes:?}");
    assert!(matches!(outcomes[0], Ok(Import::Installed { .. }) | Err(ImportError::Downgrade { .. })), "{outcomes:?}");
    let current = database.store.find_current_snapshot(SnapshotKind::UniverseTypes).await.expect("read");
    assert_eq!(current.map(|current| current.build), Some(named(NEW)));
    assert_eq!(names(&database).await, ["Novelty", "Rifter Mk2", "Slasher"]);
    assert!(stored(&database.store).await.len() <= 2);
    for node in nodes {
        node.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_archive_is_fetched_once() {
    use axum::{
        Router,
        http::{HeaderMap, StatusCode, header},
        response::IntoResponse,
        routing::get,
    };
    let database = TestDatabase::create().await;
    let fetched = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&fetched);
    let latest = |headers: HeaderMap| async move {
        if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == "\"new\"") {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        ([("etag", "\"new\"")], format!(r#"{{"_key":"sde","buildNumber":{NEW}}}"#)).into_response()
    };
    let zip = move || async move {
        counted.fetch_add(1, Ordering::Relaxed);
        archive(NEW, NEW_TYPES)
    };
    let router = Router::new()
        .route("/latest.jsonl", get(latest))
        .route(&format!("/eve-online-static-data-{NEW}-jsonl.zip"), get(zip));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("address"));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let options = upstream::HttpOptions::new("tests@tracker.example", upstream::Clock::system());
    let http = upstream::HttpClient::new(options).expect("a client");
    let client = upstream::sde::SdeClient::new(http, url.parse().expect("a URL"));

    let store = &database.store;
    let newest = download::newest(store, &client, Downgrade::Refuse).await.expect("fetched");
    let Download::Archive { file, guard } = newest else { panic!("{newest:?}") };
    assert_eq!(file.etag.as_deref(), Some("\"new\""));
    let imported = static_import::import_sde(store, &file, Downgrade::Refuse).await.expect("imported");
    assert!(matches!(imported, Import::Installed { .. }), "{imported:?}");
    drop(guard);
    assert!(!file.path.exists(), "the download is deleted");
    let again = download::newest(store, &client, Downgrade::Refuse).await.expect("asked");
    assert!(matches!(&again, Download::UpToDate { build } if *build == named(NEW)), "{again:?}");
    assert_eq!(fetched.load(Ordering::Relaxed), 1);
    serving.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engines_file_is_checked_and_kept_apart() {
    let database = TestDatabase::create().await;
    let store = &database.store;
    let import = |bytes: Vec<u8>| async move {
        let file = file(&bytes);
        static_import::import_dogma(store, file.path().to_owned(), Downgrade::Refuse).await
    };
    assert_eq!(dogma::load(store).await.expect("none"), None);
    let first = dogma_file(100, 13);
    let imported = import(first.clone()).await.expect("imported");
    assert!(matches!(&imported, Import::Installed { build, .. } if build == "dogma (build 100)"), "{imported:?}");
    assert_eq!(dogma::load(store).await.expect("loaded"), Some(first.clone()));
    let zip = archive(NEW, NEW_TYPES);
    for (bytes, expected) in [
        (zip, "this is a ZIP archive"),
        (b"x".to_vec(), "not the fit engine's file"),
        (first[..first.len() - 8].to_vec(), "not a valid SDE file"),
        (dogma_file(101, 1), "major version 1"),
        (dogma_file(99, 13), "older than the current build dogma (build 100)"),
    ] {
        let error = anyhow::Error::from(import(bytes).await.expect_err(expected));
        assert!(format!("{error:#}").contains(expected), "{error:#}");
    }
    import(dogma_file(101, 13)).await.expect("imported");
    let back = static_import::rollback(store, SnapshotKind::Dogma).await.expect("back");
    assert_eq!(back.build, "dogma (build 100)");
    assert_eq!(dogma::load(store).await.expect("loaded"), Some(first));
    assert_eq!(store.static_build().await.expect("build"), None, "types and places are untouched");
}
