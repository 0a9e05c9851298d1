//! Fixed lists of words, such as those in addresses and columns.

/// A text that is none of the words of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known words")]
pub struct UnknownWord;
