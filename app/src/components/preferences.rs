//! Choices that shape the first paint. Kept in cookies, so that the server renders with them.

use crate::request;
use leptos::prelude::*;

/// How tall the rows of kill lists are. On a phone every list shows cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    Compact,
    #[default]
    Normal,
}

impl Density {
    pub const COOKIE: &str = "density";

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Normal => "normal",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Compact, Self::Normal].into_iter().find(|density| density.as_str() == text)
    }
}

#[derive(Clone, Copy)]
struct DensityChoice(RwSignal<Density>);

/// Reads the choices on the server and carries them to the browser.
pub fn provide_preferences() {
    let density = SharedValue::new(|| {
        request::cookie(Density::COOKIE).and_then(|text| Density::parse(&text)).unwrap_or_default()
    });
    provide_context(DensityChoice(RwSignal::new(density.into_inner())));
}

/// The density chosen; the default outside the application.
pub fn use_density() -> Signal<Density> {
    use_context::<DensityChoice>().map_or_else(|| Signal::stored(Density::default()), |choice| choice.0.into())
}

/// Chooses and remembers for a year.
pub fn set_density(density: Density) {
    if let Some(choice) = use_context::<DensityChoice>() {
        choice.0.set(density);
    }
    request::set_cookie(Density::COOKIE, density.as_str());
}
