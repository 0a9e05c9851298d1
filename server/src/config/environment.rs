//! The variables that are set, as typed values: where each is looked up, and what is wrong with one that cannot be used.

use super::{
    error::ConfigError,
    variables::{Preset, VARIABLES, Variable},
};
use std::{collections::BTreeMap, fmt::Display, str::FromStr, time::Duration};

/// What is set, under the names of [`VARIABLES`].
pub struct Environment<'a> {
    variables: &'a BTreeMap<String, String>,
}

impl<'a> Environment<'a> {
    /// Variables may be given with or without the prefix `TRACKER_`.
    ///
    /// # Errors
    /// When a name with the prefix is not one of ours.
    pub fn new(variables: &'a BTreeMap<String, String>) -> Result<Self, ConfigError> {
        for name in variables.keys() {
            if let Some(bare) = name.strip_prefix("TRACKER_")
                && !VARIABLES.iter().any(|known| known.name == bare)
                && !bare.starts_with("WASM_")
            {
                return Err(ConfigError::Unknown(name.clone()));
            }
        }
        Ok(Self { variables })
    }

    /// The variable as text: what is set, else its default, else nothing. An empty value counts as not set.
    pub fn text(&self, variable: Variable) -> Option<String> {
        self.set(variable)
            .or(match variable.preset {
                Preset::Value(value) => Some(value),
                Preset::Nothing(_) => None,
            })
            .map(str::to_owned)
    }

    /// Whether the default holds.
    pub fn is_default(&self, variable: Variable) -> bool {
        self.set(variable).is_none()
    }

    fn set(&self, variable: Variable) -> Option<&'a str> {
        self.variables
            .get(&format!("TRACKER_{}", variable.name))
            .or_else(|| self.variables.get(variable.name))
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// # Errors
    /// When there is neither a value nor a default.
    pub fn required(&self, variable: Variable) -> Result<String, ConfigError> {
        self.text(variable).ok_or_else(|| invalid(variable, "is not set"))
    }

    /// # Errors
    /// When the text is not a `T`, or there is none.
    pub fn parsed<T: FromStr<Err: Display>>(&self, variable: Variable) -> Result<T, ConfigError> {
        parse(variable, &self.required(variable)?)
    }

    /// # Errors
    /// When the text is not a `T`.
    pub fn optional<T: FromStr<Err: Display>>(&self, variable: Variable) -> Result<Option<T>, ConfigError> {
        self.text(variable).map(|text| parse(variable, &text)).transpose()
    }

    /// # Errors
    /// When it is not a number of seconds above 0.
    pub fn seconds(&self, variable: Variable) -> Result<Duration, ConfigError> {
        Duration::try_from_secs_f64(self.parsed(variable)?)
            .ok()
            .filter(|duration| !duration.is_zero())
            .ok_or_else(|| invalid(variable, "is a number of seconds above 0"))
    }

    /// # Errors
    /// When it is none of the words. Gives the value that stands next to the word.
    pub fn word<T: Copy>(&self, variable: Variable, words: &[(&str, T)], reason: &str) -> Result<T, ConfigError> {
        let text = self.required(variable)?;
        let known = words.iter().find(|(word, _)| *word == text);
        known.map(|(_, value)| *value).ok_or_else(|| invalid(variable, reason))
    }

    /// A base URL, without a slash at its end.
    ///
    /// # Errors
    /// When it is not an http or https URL, or there is none.
    pub fn url(&self, variable: Variable) -> Result<String, ConfigError> {
        base_url(variable, &self.required(variable)?)
    }

    /// # Errors
    /// When there is one that is not an http or https URL.
    pub fn optional_url(&self, variable: Variable) -> Result<Option<String>, ConfigError> {
        self.text(variable).map(|text| base_url(variable, &text)).transpose()
    }
}

pub fn invalid(variable: Variable, reason: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { name: variable.name, reason: reason.into() }
}

fn parse<T: FromStr<Err: Display>>(variable: Variable, text: &str) -> Result<T, ConfigError> {
    text.parse().map_err(|error: T::Err| invalid(variable, error.to_string()))
}

fn base_url(variable: Variable, text: &str) -> Result<String, ConfigError> {
    let parsed = url::Url::parse(text).map_err(|error| invalid(variable, error.to_string()))?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.host().is_none() {
        return Err(invalid(variable, "is not an http or https URL"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// `NAME=value` lines; `#` starts a comment line; quotes around the value are dropped.
pub fn parse_dotenv(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.lines().filter_map(|line| {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        if line.starts_with('#') {
            return None;
        }
        let (name, value) = line.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()))
    })
}
