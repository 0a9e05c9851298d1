//! The stream as server-sent events: the same payloads, `id:` is `node:seq`, resumed by `Last-Event-ID`.

use crate::{
    live::frame,
    services::{Services, asked::Asked},
};
use axum::response::{
    Sse,
    sse::{Event, KeepAlive},
};
use contract::{ApiError, ErrorCode, PROTOCOL_VERSION, ServerMessage, live::MAX_KILLS_PER_FRAME};
use domain::KillFilter;
use futures::{Stream, StreamExt, stream};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Opens the stream. It ends when the client falls too far behind; `EventSource` then reconnects and resumes.
///
/// # Errors
/// When the node has too many streams or the snapshot cannot be read.
pub async fn open(
    services: Arc<Services>,
    asked: Asked,
    filter: KillFilter,
    last_event_id: Option<&str>,
    stop: CancellationToken,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, ApiError> {
    let subscription = services.hub().subscribe(filter.clone()).map_err(|_| {
        ApiError::new(ErrorCode::TooMany, "Too many people are watching through this server. Try again in a minute.")
    })?;
    let node = services.node().id().to_owned();
    let resume = last_event_id
        .and_then(|id| id.rsplit_once(':'))
        .filter(|(from, _)| *from == node)
        .and_then(|(_, seq)| seq.parse().ok())
        .map(|seq| services.window().since(seq, &filter, MAX_KILLS_PER_FRAME))
        .filter(|gap| gap.is_covered && gap.skipped == 0);
    let (seq, first) = match resume {
        Some(gap) => (gap.seq, frame::gap_fill(gap.seq, &gap.kills).text),
        None => {
            let seq = services.window().seq();
            let kills = asked.newest_kills(&filter, MAX_KILLS_PER_FRAME as u32).await?.kills;
            (seq, frame::encode(&ServerMessage::Snapshot { kills, seq, is_gap_fill: false }))
        }
    };
    let hello = ServerMessage::Hello { protocol: PROTOCOL_VERSION, node: node.clone(), time: services.now() };
    let feed = ServerMessage::Feed { status: services.feed_status() };
    let opening = [
        Event::default().data(frame::encode(&hello).as_str()),
        Event::default().id(format!("{node}:{seq}")).data(first.as_str()),
        Event::default().data(frame::encode(&feed).as_str()),
    ];
    let frames = stream::unfold(subscription, |mut subscription| async {
        subscription.next().await.map(|frame| (frame, subscription))
    })
    .map(move |frame| {
        let event = Event::default().data(frame.text.as_str());
        if frame.seq > 0 { event.id(format!("{node}:{}", frame.seq)) } else { event }
    });
    let events = stream::iter(opening).chain(frames).map(Ok).take_until(stop.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
