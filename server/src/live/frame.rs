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
