//! The one way in: a body is decoded and is of the kill that it was asked for, or it is refused with the reason.

use domain::{DecodeError, Killmail, KillmailHash, KillmailId, Source, Timestamp};
use std::sync::Arc;
use store::{LetterKind, NewDeadLetter};
use upstream::feed::Reported;

/// What somebody says is an ESI killmail, with its origin.
#[derive(Clone, Debug)]
pub struct Body {
    /// As received.
    pub payload: Arc<str>,
    pub hash: Option<KillmailHash>,
    pub source: Source,
    pub received_at: Timestamp,
    pub reported: Option<Reported>,
}

/// A killmail with its origin, ready to be enriched.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub killmail: Arc<Killmail>,
    pub body: Body,
}

/// A body that is no kill, or another one than it should be.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Refused {
    /// The kill whose body it should be.
    pub expected: Option<KillmailId>,
    pub reason: Reason,
    pub body: Body,
}

/// Why a body was refused.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    #[error("killmail_id: expected {expected}, got {found}")]
    OfAnother { expected: KillmailId, found: KillmailId },
}

impl Arrived {
    /// Decodes a body and compares whose it is. `now` bounds its time.
    ///
    /// # Errors
    /// When it cannot be decoded, or is of another kill than `expected`.
    pub fn read(body: Body, expected: Option<KillmailId>, now: Timestamp) -> Result<Self, Box<Refused>> {
        let checked = Killmail::decode(&body.payload, now).map_err(Reason::from).and_then(|killmail| {
            let found = killmail.killmail_id;
            match expected.filter(|expected| *expected != found) {
                Some(expected) => Err(Reason::OfAnother { expected, found }),
                None => Ok(killmail),
            }
        });
        match checked {
            Ok(killmail) => Ok(Self { killmail: Arc::new(killmail), body }),
            Err(reason) => Err(Box::new(Refused { expected, reason, body })),
        }
    }
}

impl Refused {
    /// What is kept of it, to be tried again.
    pub fn into_letter(self) -> NewDeadLetter {
        NewDeadLetter {
            kind: LetterKind::Event,
            source: self.body.source,
            position: None,
            killmail_id: self.expected,
            reason: self.reason.to_string(),
            payload: self.body.payload.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(payload: &str) -> Body {
        let (source, received_at) = (Source::R2z2, Timestamp::UNIX_EPOCH);
        Body { payload: Arc::from(payload), hash: None, source, received_at, reported: None }
    }

    #[test]
    fn whose_body_it_is_and_whether_it_can_be_read_decide() {
        let now = Timestamp::from_timestamp(1_800_000_000, 0).expect("a time");
        let whole = r#"{"killmail_id":5,"killmail_time":"2026-01-02T03:04:05Z","solar_system_id":30000142,
            "victim":{"ship_type_id":587},"attackers":[{"final_blow":true}]}"#;
        for expected in [None, Some(KillmailId(5))] {
            let arrived = Arrived::read(body(whole), expected, now).expect("a kill");
            assert_eq!((arrived.killmail.killmail_id, &*arrived.body.payload), (KillmailId(5), whole));
        }
        for (payload, expected, reason) in [
            (whole, Some(KillmailId(6)), "killmail_id: expected 6, got 5"),
            ("[", None, ".: EOF while parsing a list at line 1 column 1"),
        ] {
            let letter = Arrived::read(body(payload), expected, now).expect_err(reason).into_letter();
            assert_eq!((letter.kind, letter.killmail_id), (LetterKind::Event, expected));
            assert_eq!((letter.reason.as_str(), letter.payload.as_str()), (reason, payload));
        }
    }
}
