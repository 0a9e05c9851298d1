//! Why an event cannot be used, for operators: it ends up beside the dead letter.

/// In words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unusable(String);

impl From<&str> for Unusable {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl From<String> for Unusable {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

impl From<Unusable> for String {
    fn from(unusable: Unusable) -> Self {
        unusable.0
    }
}
