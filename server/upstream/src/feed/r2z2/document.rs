//! Reading one R2Z2 file. Pure: bytes in, a feed body out.

use crate::feed::{
    FeedBody, Reported,
    reported::{killmail_hash, killmail_id},
    unusable::Unusable,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

#[derive(Deserialize)]
struct Wire<'a> {
    killmail_id: Option<Value>,
    hash: Option<Value>,
    #[serde(borrow)]
    esi: Option<&'a RawValue>,
    zkb: Option<Value>,
    sequence_updated: Option<Value>,
}

#[derive(Deserialize)]
struct EsiId {
    killmail_id: Option<Value>,
}

/// What one file said.
pub(in crate::feed) struct Document {
    pub body: FeedBody,
    /// It also says that an older file was published again with other data. Ignored: labels may change, kills do not.
    pub names_an_update: bool,
}

pub(in crate::feed) fn parse(bytes: &[u8]) -> Document {
    match read(bytes) {
        Ok(document) => document,
        Err(reason) => Document { body: FeedBody::malformed(bytes, reason), names_an_update: false },
    }
}

/// A file without a usable body is called a ghost by other clients; it is malformed here.
fn read(bytes: &[u8]) -> Result<Document, Unusable> {
    let wire: Wire = serde_json::from_slice(bytes).map_err(|error| format!("not an R2Z2 file: {error}"))?;
    let id = killmail_id(wire.killmail_id.as_ref())?;
    let zkb_hash = wire.zkb.as_ref().and_then(|zkb| zkb.get("hash"));
    let hash = match (&wire.hash, zkb_hash) {
        (Some(hash), _) => Some(killmail_hash(Some(hash), "hash")?),
        (None, Some(hash)) => Some(killmail_hash(Some(hash), "zkb.hash")?),
        (None, None) => None,
    };
    let payload = wire.esi.map(RawValue::get).filter(|esi| *esi != "null").ok_or("esi is missing")?;
    if !payload.starts_with('{') {
        return Err("esi is not a JSON object".into());
    }
    let esi: EsiId = serde_json::from_str(payload).map_err(|error| format!("esi: {error}"))?;
    let esi_id = killmail_id(esi.killmail_id.as_ref()).map_err(|reason| format!("esi: {reason}"))?;
    if esi_id != id {
        return Err(format!("the file is about killmail {id}, its esi body about {esi_id}").into());
    }
    let reported = wire.zkb.as_ref().and_then(Reported::from_zkb);
    Ok(Document {
        body: FeedBody::Killmail { hash, payload: payload.into(), reported, names: Vec::new() },
        names_an_update: wire.sequence_updated.is_some_and(|number| !number.is_null()),
    })
}
