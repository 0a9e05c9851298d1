//! Frames of the stream protocol as text. Kills are spliced in from their own encoding, made once per kill.

use super::window::LiveKill;
use axum::extract::ws::Utf8Bytes;
use contract::{NamePatch, ServerMessage};
use std::{fmt::Write, sync::Arc};

/// A frame for many sockets; cloning shares the text.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Newest sequence number covered; 0 when the frame carries no kills.
    pub seq: u64,
    pub text: Utf8Bytes,
}

/// Encodes any message without kills in it.
pub fn encode(message: &ServerMessage) -> Utf8Bytes {
    serde_json::to_string(message).expect("protocol messages have string keys only").into()
}

/// A `batch` frame; `kills` newest first.
pub fn batch(seq: u64, kills: &[Arc<LiveKill>], skipped: u64, names: &[NamePatch]) -> Frame {
    let mut text = format!(r#"{{"type":"batch","seq":{seq},"skipped":{skipped},"kills":["#);
    splice(&mut text, kills);
    text.push(']');
    if !names.is_empty() {
        let names = serde_json::to_string(names).expect("name patches have string keys only");
        write!(text, r#","names":{names}"#).expect("writing to a string does not fail");
    }
    text.push('}');
    Frame { seq, text: text.into() }
}

/// A `snapshot` frame of what a client missed; `kills` newest first.
pub fn gap_fill(seq: u64, kills: &[Arc<LiveKill>]) -> Frame {
    let mut text = format!(r#"{{"type":"snapshot","seq":{seq},"is_gap_fill":true,"kills":["#);
    splice(&mut text, kills);
    text.push_str("]}");
    Frame { seq, text: text.into() }
}

fn splice(text: &mut String, kills: &[Arc<LiveKill>]) {
    text.reserve(kills.iter().map(|kill| kill.json.len() + 1).sum());
    for (index, kill) in kills.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&kill.json);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::{testing, window::Window};
    use domain::{KillmailId, StaticData, Timestamp};
    use serde_json::{Value, json};
    use tokio::sync::broadcast;

    fn published(ids: &[i64]) -> Vec<Arc<LiveKill>> {
        let (window, static_data) = (Window::new(broadcast::channel(10).0), StaticData::bundled());
        let now = Timestamp::from_timestamp(1_700_000_040, 0).expect("a time");
        for id in ids {
            let payload = json!({
                "killmail_id": id, "killmail_time": now, "solar_system_id": 30_000_142,
                "victim": {"ship_type_id": 587, "damage_taken": 1},
                "attackers": [{"final_blow": true, "damage_done": 1, "security_status": 0.0}],
            });
            window.publish(testing::record(&payload.to_string(), &static_data, now), &|_| None, &static_data, false);
        }
        ids.iter().map(|id| window.find(KillmailId(*id)).expect("published")).collect()
    }

    /// What the frame says, after it was compared with what the protocol's own encoding would have said: a field that
    /// the protocol has and the frame has not is a difference.
    fn read(frame: &Frame) -> ServerMessage {
        let message: ServerMessage = serde_json::from_str(&frame.text).expect("a message of the protocol");
        let written: Value = serde_json::from_str(&frame.text).expect("JSON");
        assert_eq!(written, serde_json::to_value(&message).expect("protocol messages have string keys only"));
        message
    }

    #[test]
    fn frames_written_by_hand_are_those_of_the_protocol() {
        let kills = published(&[2, 1]);
        let summaries: Vec<_> = kills.iter().map(|kill| kill.summary.clone()).collect();
        let patches = [NamePatch { id: 90_000_001, name: "A \"quoted\" name".to_owned() }];

        // Patterns without `..`: a new field of the protocol does not compile here before somebody sends it.
        let ServerMessage::Batch { seq, kills: sent, skipped, names } = read(&batch(7, &kills, 3, &patches)) else {
            panic!("not a batch");
        };
        assert_eq!((seq, sent, skipped, names.as_slice()), (7, summaries.clone(), 3, patches.as_slice()));
        let ServerMessage::Batch { kills: sent, names, .. } = read(&batch(0, &[], 0, &[])) else {
            panic!("not a batch");
        };
        assert!(sent.is_empty() && names.is_empty());

        let ServerMessage::Snapshot { kills: sent, seq, is_gap_fill } = read(&gap_fill(9, &kills)) else {
            panic!("not a snapshot");
        };
        assert_eq!((sent, seq, is_gap_fill), (summaries, 9, true));
    }
}
