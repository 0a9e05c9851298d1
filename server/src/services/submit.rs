//! Killmails that somebody posts by hand: checked against ESI at once, so that the poster is told what is wrong, then
//! handed to the pipeline like an event of a feed.
//!
//! Each submission may cost a request to ESI, which allows two a second to the whole server: a pace for all posters
//! together bounds it. The sender into the pipeline is weak, so that a submission never keeps a stopping pipeline open.

use super::{Services, store_failure};
use contract::{ApiError, ErrorCode};
use domain::{Killmail, KillmailHash, KillmailId, Source, ids::MAX_JSON_INTEGER};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;
use upstream::{
    esi::{EsiClient, EsiError},
    feed::{FeedBody, FeedEvent},
    rate::{Pace, RateLimiter, RateOptions},
};
use url::Url;

/// Submissions a second, and at once after a pause, of all posters together.
const PACE: Pace = Pace { per_second: 2, burst: 20 };
const GROUP: &str = "submissions";
/// How long a submission waits for room in the pipeline.
const ROOM_PATIENCE: Duration = Duration::from_secs(2);

/// A killmail as posted: id and hash, or a link that holds both.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Submission {
    pub killmail_id: Option<i64>,
    pub hash: Option<String>,
    /// `https://esi.evetech.net/killmails/{id}/{hash}`, as the game's client copies it. It is read, never fetched.
    pub link: Option<String>,
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
    /// Will be listed in a moment.
    Accepted,
    /// Was here before.
    Known,
}

/// The answer to a submission.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Submitted {
    pub killmail_id: KillmailId,
    pub state: SubmissionState,
}

/// The way from a poster into the pipeline.
pub struct Intake {
    esi: Arc<EsiClient>,
    events: mpsc::WeakSender<FeedEvent>,
    limiter: RateLimiter,
}

impl Intake {
    pub fn new(esi: Arc<EsiClient>, events: mpsc::WeakSender<FeedEvent>) -> Self {
        let limiter = RateLimiter::new(RateOptions { pace: Some(PACE), max_wait: Duration::ZERO });
        Self { esi, events, limiter }
    }
}

impl Submission {
    /// # Errors
    /// Names the field that is missing or malformed.
    pub fn parse(self) -> Result<(KillmailId, KillmailHash), ApiError> {
        match (self.killmail_id, self.hash, self.link) {
            (Some(id), Some(hash), None) => Ok((checked_id("killmail_id", id)?, checked_hash("hash", &hash)?)),
            (None, None, Some(link)) => parse_link(&link),
            (Some(_), None, None) => {
                Err(ApiError::invalid("hash", "is required: the id alone does not open a killmail"))
            }
            (None, Some(_), None) => Err(ApiError::invalid("killmail_id", "is required beside the hash")),
            (None, None, None) => Err(ApiError::invalid("killmail_id", "is required, with hash; or post a link")),
            (_, _, Some(_)) => {
                Err(ApiError::invalid("link", "stands alone: post either a link or an id with its hash"))
            }
        }
    }
}

fn checked_id(path: &str, id: i64) -> Result<KillmailId, ApiError> {
    if !(1..=MAX_JSON_INTEGER).contains(&id) {
        return Err(ApiError::invalid(path, "is a positive integer"));
    }
    Ok(KillmailId(id))
}

fn checked_hash(path: &str, hash: &str) -> Result<KillmailHash, ApiError> {
    hash.parse().map_err(|_| ApiError::invalid(path, "is 40 hexadecimal digits"))
}

/// Takes any version of ESI's address: what follows `killmails` in the path counts.
fn parse_link(link: &str) -> Result<(KillmailId, KillmailHash), ApiError> {
    let wrong = || ApiError::invalid("link", "is an ESI link of the form …/killmails/{id}/{hash}");
    let url = Url::parse(link.trim()).map_err(|_| wrong())?;
    let mut segments = url.path_segments().ok_or_else(wrong)?.skip_while(|segment| *segment != "killmails").skip(1);
    let (Some(id), Some(hash)) = (segments.next(), segments.next()) else { return Err(wrong()) };
    let id = id.parse().map_err(|_| wrong())?;
    Ok((checked_id("link", id)?, checked_hash("link", hash)?))
}

impl Services {
    /// Fetches a posted killmail and hands it to the pipeline.
    ///
    /// # Errors
    /// `Invalid` when ESI does not know the pair, `TooMany` above the pace, `Unavailable` when ESI or the pipeline
    /// cannot take it now.
    pub(super) async fn submit(&self, intake: &Intake, submission: Submission) -> Result<Submitted, ApiError> {
        let (killmail_id, hash) = submission.parse()?;
        if self.is_known(killmail_id).await? {
            return Ok(Submitted { killmail_id, state: SubmissionState::Known });
        }
        let too_many =
            |_| ApiError::new(ErrorCode::TooMany, "Too many killmails are being posted. Try again in a moment.");
        let _permit = intake.limiter.try_acquire(GROUP).map_err(too_many)?;
        let payload = intake.esi.killmail(killmail_id, &hash).await.map_err(|error| refusal(&error))?;
        // A body that cannot be read is told to the poster; in the pipeline it would only become a dead letter.
        match Killmail::decode(&payload, self.now()) {
            Ok(killmail) if killmail.killmail_id == killmail_id => {}
            Ok(_) => return Err(ApiError::invalid("killmail_id", "is not what the game's API answers with")),
            Err(error) => return Err(ApiError::invalid("killmail_id", format!("cannot be read: {error}"))),
        }
        let event = FeedEvent {
            source: Source::Manual,
            position: None,
            received_at: self.now(),
            body: FeedBody::Killmail { hash: Some(hash), payload, reported: None, names: Vec::new() },
        };
        let busy = || ApiError::new(ErrorCode::Unavailable, "The server is busy or stopping. Try again in a moment.");
        let events = intake.events.upgrade().ok_or_else(busy)?;
        events.send_timeout(event, ROOM_PATIENCE).await.map_err(|_| busy())?;
        metrics::counter!(crate::meters::KILLMAILS_POSTED_TOTAL).increment(1);
        Ok(Submitted { killmail_id, state: SubmissionState::Accepted })
    }

    async fn is_known(&self, id: KillmailId) -> Result<bool, ApiError> {
        if self.window().find(id).is_some() {
            return Ok(true);
        }
        let known = self.store().filter_known_ids(&[id]).await.map_err(|error| store_failure(&error))?;
        Ok(!known.is_empty())
    }
}

fn refusal(error: &EsiError) -> ApiError {
    match error {
        EsiError::WrongPair => ApiError::invalid("hash", "does not belong to this killmail id, says the game's API"),
        error if error.is_retryable() => {
            tracing::warn!(%error, "a posted killmail cannot be fetched");
            ApiError::new(ErrorCode::Unavailable, "The game's API does not answer. Try again in a moment.")
        }
        error => {
            tracing::info!(%error, "a posted killmail is not to be had");
            ApiError::invalid("killmail_id", "is not a killmail that the game's API gives out")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

    fn parse(json: &str) -> Result<(i64, String), String> {
        let submission: Submission = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let (id, hash) = submission.parse().map_err(|error| error.problems[0].path.clone())?;
        Ok((id.0, hash.to_string()))
    }

    #[test]
    fn ids_and_links_are_read() {
        let expected = Ok((130_000_001, HASH.to_owned()));
        for json in [
            format!(r#"{{"killmail_id":130000001,"hash":"{HASH}"}}"#),
            format!(r#"{{"killmail_id":130000001,"hash":"{}"}}"#, HASH.to_uppercase()),
            format!(r#"{{"link":"https://esi.evetech.net/killmails/130000001/{HASH}"}}"#),
            format!(
                r#"{{"link":" https://esi.evetech.net/latest/killmails/130000001/{HASH}/?datasource=tranquility "}}"#
            ),
        ] {
            assert_eq!(parse(&json), expected, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (json, path) in [
            ("{}".to_owned(), "killmail_id"),
            (format!(r#"{{"hash":"{HASH}"}}"#), "killmail_id"),
            (format!(r#"{{"killmail_id":0,"hash":"{HASH}"}}"#), "killmail_id"),
            (r#"{"killmail_id":5}"#.to_owned(), "hash"),
            (r#"{"killmail_id":5,"hash":"xyz"}"#.to_owned(), "hash"),
            (format!(r#"{{"killmail_id":5,"hash":"{HASH}","link":"https://x.example/"}}"#), "link"),
            (r#"{"link":"https://zkillboard.com/kill/5/"}"#.to_owned(), "link"),
            (r#"{"link":"killmails/5/6"}"#.to_owned(), "link"),
            (format!(r#"{{"link":"https://esi.evetech.net/killmails/-5/{HASH}"}}"#), "link"),
        ] {
            assert_eq!(parse(&json), Err(path.to_owned()), "{json}");
        }
        assert!(parse(r#"{"id":5}"#).expect_err("unknown field").contains("unknown field"));
    }
}
