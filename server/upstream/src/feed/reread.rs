//! Reading once more what could not be used when it arrived. Any feed's document is understood by its shape; of a
//! damaged one the id and hash are enough, since ESI has the body and checks that they belong together.

use super::{
    FeedBody, Reported, r2z2,
    reported::{killmail_hash, killmail_id},
    unusable::Unusable,
};
use domain::{KillmailHash, KillmailId};
use serde_json::{Map, Value};

/// What a kept payload holds: a body, a reference to one, or still nothing.
pub fn reread(payload: &str) -> FeedBody {
    let reason = match serde_json::from_str::<Map<String, Value>>(payload) {
        Ok(object) if object.contains_key("esi") => match r2z2::parse_document(payload.as_bytes()).body {
            FeedBody::Malformed { reason, .. } => reason,
            body => return body,
        },
        // The archive's documents are bodies with a hash beside.
        Ok(object) if object.contains_key("victim") && !object.contains_key("zkb") => {
            return crate::archive::body_of(payload.as_bytes());
        }
        Ok(object) => match reference(&object) {
            Ok(body) => return body,
            Err(unusable) => unusable.into(),
        },
        Err(error) => format!("not a document of a feed: {error}"),
    };
    match salvage(payload) {
        Some((killmail_id, hash)) => FeedBody::Reference { killmail_id, hash, reported: None, names: Vec::new() },
        None => FeedBody::malformed(payload.as_bytes(), reason),
    }
}

fn reference(object: &Map<String, Value>) -> Result<FeedBody, Unusable> {
    let zkb = object.get("zkb");
    let hash = [object.get("hash"), object.get("killmail_hash"), zkb.and_then(|zkb| zkb.get("hash"))];
    Ok(FeedBody::Reference {
        killmail_id: killmail_id(object.get("killmail_id"))?,
        hash: killmail_hash(hash.into_iter().flatten().next(), "hash")?,
        reported: zkb.and_then(Reported::from_zkb),
        names: Vec::new(),
    })
}

/// The first id and hash of a text that is not JSON, cut in the middle for one.
fn salvage(text: &str) -> Option<(KillmailId, KillmailHash)> {
    let after = |key: &str| {
        let (_, rest) = text.split_once(key)?;
        Some(rest.trim_start().strip_prefix(':')?.trim_start())
    };
    let digits = after("\"killmail_id\"")?;
    let digits = &digits[..digits.bytes().take_while(u8::is_ascii_digit).count()];
    let id = digits.parse().ok().filter(|id| super::is_id(*id))?;
    let hash = after("\"hash\"").or_else(|| after("\"killmail_hash\""))?.strip_prefix('"')?;
    let (hash, _) = hash.split_once('"')?;
    Some((KillmailId(id), hash.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ESI_BODY, HASH, HASH_2};
    use proptest::prelude::*;

    fn is_reference(body: &FeedBody, expected: &str) -> bool {
        matches!(body, FeedBody::Reference { killmail_id: KillmailId(130_000_001), hash, .. } if hash.as_str() == expected)
    }

    #[test]
    fn every_shape_is_understood() {
        let document = format!(
            r#"{{"killmail_id":130000001,"hash":"{HASH}","esi":{ESI_BODY},"zkb":{{"hash":"{HASH}"}},"sequence_id":1}}"#
        );
        assert!(matches!(reread(&document), FeedBody::Killmail { hash: Some(_), .. }));
        assert!(matches!(reread(ESI_BODY), FeedBody::Killmail { hash: None, .. }));
        let zkb_only = format!(r#"{{"killmail_id":130000001,"victim":{{}},"zkb":{{"hash":"{HASH_2}"}}}}"#);
        assert!(is_reference(&reread(&zkb_only), HASH_2));
        assert!(is_reference(&reread(&format!(r#"{{"killmail_id":130000001,"hash":"{HASH}"}}"#)), HASH));
        assert!(is_reference(&reread(&format!(r#"{{"killmail_id":130000001,"killmail_hash":"{HASH}"}}"#)), HASH));
        // Cut in the middle: id and hash are at the beginning.
        assert!(is_reference(&reread(&document[..document.len() / 2]), HASH));
        for hopeless in ["", "null", "[]", "{}", "<html>", &document[..40], r#"{"killmail_id":1,"hash":"zz"}"#] {
            assert!(matches!(reread(hopeless), FeedBody::Malformed { .. }), "{hopeless}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = reread(&text);
            let _ = reread(&format!("{{\"killmail_id\": {text}, \"hash\":\"{text}"));
        }
    }
}
