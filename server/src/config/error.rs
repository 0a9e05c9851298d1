//! What is wrong with the environment.

/// A variable that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("{name}: {reason}")]
    Invalid { name: &'static str, reason: String },
    #[error("{0} is not a variable of the tracker; see the table in README.md")]
    Unknown(String),
}
