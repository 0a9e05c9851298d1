//! One event stream through `eventsource-stream`, the parser that `reqwest-eventsource` is built on. Not through that
//! crate itself: it reconnects, which is the pipeline's decision, and lets nobody at the bytes, without which neither
//! the size of an unfinished event can be limited nor a comment such as `: ping` be seen. Both is done beneath, by
//! `framer`.

use super::{
    framer::{Aside, Framer},
    sse::{SseItem, open_stream},
};
use crate::{UpstreamError, http::HttpClient};
use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::{StreamExt, stream::BoxStream};
use reqwest::RequestBuilder;

pub(super) struct EventSourceConnection {
    events: BoxStream<'static, Result<Event, EventStreamError<Aside>>>,
}

impl EventSourceConnection {
    /// Connects and waits for the answer's head.
    pub async fn open(
        labels: (&'static str, &'static str),
        request: RequestBuilder,
        max_event_bytes: usize,
        http: &HttpClient,
    ) -> Result<Self, UpstreamError> {
        let response = open_stream(labels, request, http).await?;
        let mut framer = Framer::new(max_event_bytes);
        let pieces = response.bytes_stream().flat_map(move |chunk| {
            futures::stream::iter(match chunk {
                Ok(chunk) => framer.push(&chunk),
                Err(error) => vec![Err(Aside::Failed(error.into()))],
            })
        });
        Ok(Self { events: pieces.eventsource().boxed() })
    }

    /// The next event. Cancel-safe: everything read so far stays in the connection.
    pub async fn next(&mut self) -> Result<SseItem, UpstreamError> {
        match self.events.next().await {
            Some(Ok(event)) => Ok(SseItem::Message { name: event.event, id: event.id, data: event.data }),
            Some(Err(EventStreamError::Transport(aside))) => match aside {
                Aside::Comment => Ok(SseItem::Quiet),
                Aside::Spoiled { start, reason } => Ok(SseItem::Spoiled { id: String::new(), start, reason }),
                Aside::Failed(error) => Err(error),
            },
            Some(Err(EventStreamError::Utf8(_))) => Err(UpstreamError::malformed("the event stream is not UTF-8")),
            Some(Err(EventStreamError::Parser(_))) => {
                Err(UpstreamError::malformed("the event stream has a broken line"))
            }
            None => Err(UpstreamError::Closed),
        }
    }
}
