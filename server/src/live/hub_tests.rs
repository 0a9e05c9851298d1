use super::*;
use crate::live::testing;
use domain::{SolarSystemId, StaticData};
use std::collections::BTreeSet;

const JITA: i64 = 30_000_142;
const AMARR: i64 = 30_002_187;

/// A hub and the window it serves, without the task between them.
struct Live {
    hub: Arc<Hub>,
    window: Window,
    static_data: Arc<StaticData>,
    pending: Pending,
}

impl Live {
    fn new() -> Self {
        let (events, _) = broadcast::channel(16);
        let (hub, static_data) = (Hub::new(), StaticData::bundled());
        Self { hub, window: Window::new(events), static_data, pending: Pending::default() }
    }

    /// A kill arrives; its id is its number in the window.
    fn kill(&mut self, system: i64) {
        let id = self.window.seq() + 1;
        let kill = publish(&self.window, &self.static_data, id, system);
        self.hub.take(LiveEvent::Kill(kill), &mut self.pending);
    }

    fn flush(&mut self) {
        self.hub.flush(&mut self.pending);
    }

    fn subscribe(&self, filter: KillFilter) -> Subscription {
        self.hub.subscribe(filter).expect("room")
    }
}

fn publish(window: &Window, static_data: &StaticData, id: u64, system: i64) -> Arc<LiveKill> {
    let now = chrono::Utc::now();
    let payload = format!(
        r#"{{"killmail_id":{id},"killmail_time":"{}","solar_system_id":{system},
        "victim":{{"ship_type_id":587}},"attackers":[{{"character_id":90000007,"final_blow":true}}]}}"#,
        now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    );
    window.publish(testing::record(&payload, static_data, now), &|_| None, static_data, false).expect("a new kill")
}

fn in_system(system: i64) -> KillFilter {
    KillFilter { system_id: vec![SolarSystemId(system)], ..KillFilter::default() }
}

/// Number, kills and how many were left out.
fn batch(frame: &Frame) -> (u64, Vec<i64>, u64) {
    let ServerMessage::Batch { seq, kills, skipped, .. } = serde_json::from_str(&frame.text).expect("a message") else {
        panic!("a batch: {}", frame.text)
    };
    assert_eq!(seq, frame.seq);
    (seq, kills.iter().map(|kill| kill.killmail_id.0).collect(), skipped)
}

fn queued(subscription: &mut Subscription) -> Vec<Frame> {
    std::iter::from_fn(|| subscription.frames.try_recv().ok()).collect()
}

fn batches(subscription: &mut Subscription) -> Vec<(u64, Vec<i64>, u64)> {
    queued(subscription).iter().map(batch).collect()
}

#[test]
fn each_filter_gets_its_kills_newest_first_in_one_batch() {
    let mut live = Live::new();
    let (mut all, mut jita) = (live.subscribe(KillFilter::default()), live.subscribe(in_system(JITA)));
    let mut nowhere = live.subscribe(in_system(31_000_005));
    for system in [JITA, AMARR, JITA, AMARR] {
        live.kill(system);
    }
    live.flush();
    assert_eq!(batches(&mut all), [(4, vec![4, 3, 2, 1], 0)]);
    assert_eq!(
        batches(&mut jita),
        [(4, vec![3, 1], 0)],
        "with the number of the newest, so that nothing is sent twice"
    );
    assert!(queued(&mut nowhere).is_empty());
    live.flush();
    assert!(queued(&mut all).is_empty(), "once");
}

#[test]
fn a_frame_is_encoded_once_for_all_who_share_a_filter() {
    let mut live = Live::new();
    let mut alike = [live.subscribe(in_system(JITA)), live.subscribe(in_system(JITA))];
    let mut other = live.subscribe(KillFilter::default());
    live.kill(JITA);
    live.flush();
    let [first, second] = alike.each_mut().map(|subscription| queued(subscription).remove(0));
    assert_eq!(first.text.as_ptr(), second.text.as_ptr(), "one text, shared");
    assert_ne!(first.text.as_ptr(), queued(&mut other)[0].text.as_ptr());
}

#[test]
fn what_does_not_fit_into_a_frame_is_counted() {
    let mut live = Live::new();
    let (mut all, mut jita) = (live.subscribe(KillFilter::default()), live.subscribe(in_system(JITA)));
    for _ in 0..MAX_KILLS_PER_FRAME {
        live.kill(JITA);
    }
    for _ in 0..3 {
        live.kill(AMARR);
    }
    live.flush();
    let newest = MAX_KILLS_PER_FRAME as i64 + 3;
    assert_eq!(batches(&mut all), [(newest as u64, (4..=newest).rev().collect(), 3)]);
    assert_eq!(batches(&mut jita)[0].2, 0, "nothing of it was left out");
}

#[tokio::test]
async fn a_full_queue_ends_its_own_subscription_only() {
    let mut live = Live::new();
    let (mut slow, mut quick) = (live.subscribe(KillFilter::default()), live.subscribe(KillFilter::default()));
    for _ in 0..QUEUE_FRAMES {
        live.kill(JITA);
        live.flush();
        assert!(quick.next().await.is_some());
    }
    assert!(!slow.overflowed.load(Ordering::Acquire), "as many as the queue holds");
    live.kill(JITA);
    live.flush();
    assert!(slow.next().await.is_none(), "at once, although frames are queued: the snapshot to come has them");
    assert_eq!(quick.next().await.map(|frame| frame.seq), Some(QUEUE_FRAMES as u64 + 1));
    assert_eq!(live.hub.subscriber_count(), 2, "it holds its place until its session lets go");
    drop(slow);
    drop(quick);
    assert_eq!(live.hub.subscriber_count(), 0);
    assert!(live.hub.lock().by_filter.is_empty(), "no group is left behind");
}

#[tokio::test]
async fn when_the_hub_itself_falls_behind_everybody_resyncs() {
    let (events, _) = broadcast::channel(2);
    let (hub, window, static_data) = (Hub::new(), Arc::new(Window::new(events)), StaticData::bundled());
    let mut subscriptions =
        [hub.subscribe(KillFilter::default()), hub.subscribe(in_system(JITA))].map(|it| it.expect("room"));
    let stop = CancellationToken::new();
    let task = tokio::spawn(Arc::clone(&hub).run(Arc::clone(&window), stop.clone()));
    // On this one thread the hub runs only while the test waits: up to its first wait, then with more news than kept.
    tokio::task::yield_now().await;
    for id in 1..=5 {
        publish(&window, &static_data, id, JITA);
    }
    for subscription in &mut subscriptions {
        assert!(subscription.next().await.is_none());
    }
    let mut again = hub.subscribe(in_system(JITA)).expect("room");
    assert_eq!(window.since(0, again.filter(), 100).kills.len(), 5, "the window has what the hub missed");
    publish(&window, &static_data, 6, JITA);
    let frame = again.next().await.expect("it goes on");
    let (seq, kills, _) = batch(&frame);
    assert_eq!((seq, kills.first()), (6, Some(&6)));
    stop.cancel();
    task.await.expect("no panic");
}

/// A filter that appears while frames are made misses them; what the window gave after subscribing has those kills.
#[test]
fn no_kill_falls_between_subscribing_and_the_snapshot() {
    const KILLS: u64 = 1_500;
    let mut live = Live::new();
    let (hub, watched) = (Arc::clone(&live.hub), Arc::new(AtomicBool::new(false)));
    // Others, so that making frames takes a while.
    let _others: Vec<Subscription> = (1..40).map(|id| live.subscribe(in_system(AMARR + id))).collect();
    let window = Arc::new(std::mem::replace(&mut live.window, Window::new(broadcast::channel(1).0)));
    std::thread::scope(|scope| {
        let is_over = Arc::clone(&watched);
        let (publisher, published) = (Arc::clone(&hub), Arc::clone(&window));
        scope.spawn(move || {
            let mut pending = Pending::default();
            for id in 1..=KILLS {
                let kill = publish(&published, &live.static_data, id, JITA);
                publisher.take(LiveEvent::Kill(kill), &mut pending);
                publisher.flush(&mut pending);
            }
            is_over.store(true, Ordering::Release);
        });
        let mut sessions = 0_i64;
        while !watched.load(Ordering::Acquire) || sessions == 0 {
            // A filter of its own each time: its group is new.
            let filter = KillFilter { from: chrono::DateTime::from_timestamp(sessions, 0), ..in_system(JITA) };
            let mut subscription = hub.subscribe(filter).expect("room");
            let snapshot = window.since(0, subscription.filter(), 1).seq;
            let mut seen = BTreeSet::new();
            while seen.len() < 5 && !watched.load(Ordering::Acquire) {
                seen.extend(queued(&mut subscription).iter().flat_map(|frame| batch(frame).1));
            }
            let newest = seen.last().copied().unwrap_or_default();
            assert!((snapshot as i64 + 1..=newest).all(|id| seen.contains(&id)), "{snapshot}: {seen:?}");
            sessions += 1;
        }
    });
}
