//! The image server: URLs, and fetching for our own proxy (the browser talks only to us, so the content security
//! policy can stay with `'self'`). Does not cache; the server does.

use crate::{
    Discipline, DisciplineOptions, UpstreamError, UpstreamHealth,
    http::{HttpClient, Request, endpoint},
    rate::Pace,
};
use std::time::Duration;
use url::Url;

/// `https://images.evetech.net`
pub const IMAGE_SERVER: &str = "https://images.evetech.net";
/// A 1024-pixel render is about 300 kB.
const MAX_IMAGE_BYTES: usize = 1024 * 1024;
/// The image server's own words for wrong pictures are kept for two hours; so are ours at least.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(2 * 3600);
const LONGEST_MAX_AGE: Duration = Duration::from_secs(7 * 86_400);

/// Our own promise: the image server names no limit. A page of kills has some 150 pictures.
const PACE: Pace = Pace { per_second: 50, burst: 150 };

/// What is shown, by the image server's category and variation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageKind {
    TypeIcon,
    /// Ships and structures; not all have one.
    TypeRender,
    TypeBlueprint,
    TypeBlueprintCopy,
    TypeRelic,
    CharacterPortrait,
    /// Also for factions, by the faction's id.
    CorporationLogo,
    AllianceLogo,
}

impl ImageKind {
    pub const ALL: [Self; 8] = [
        Self::TypeIcon,
        Self::TypeRender,
        Self::TypeBlueprint,
        Self::TypeBlueprintCopy,
        Self::TypeRelic,
        Self::CharacterPortrait,
        Self::CorporationLogo,
        Self::AllianceLogo,
    ];

    pub fn category(self) -> &'static str {
        match self {
            Self::TypeIcon | Self::TypeRender | Self::TypeBlueprint | Self::TypeBlueprintCopy | Self::TypeRelic => {
                "types"
            }
            Self::CharacterPortrait => "characters",
            Self::CorporationLogo => "corporations",
            Self::AllianceLogo => "alliances",
        }
    }

    pub fn variation(self) -> &'static str {
        match self {
            Self::TypeIcon => "icon",
            Self::TypeRender => "render",
            Self::TypeBlueprint => "bp",
            Self::TypeBlueprintCopy => "bpc",
            Self::TypeRelic => "relic",
            Self::CharacterPortrait => "portrait",
            Self::CorporationLogo | Self::AllianceLogo => "logo",
        }
    }

    /// From the words of a request path.
    pub fn parse(category: &str, variation: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.category() == category && kind.variation() == variation)
    }

    /// What to try when the image server has no such picture.
    pub fn fallback(self) -> Option<Self> {
        match self {
            Self::TypeRender => Some(Self::TypeIcon),
            Self::TypeIcon => Some(Self::TypeBlueprint),
            Self::TypeBlueprint | Self::TypeBlueprintCopy => Some(Self::TypeRelic),
            _ => None,
        }
    }
}

/// Edge length in pixels: a power of two from 32 to 1024.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageSize(u16);

impl ImageSize {
    pub const SMALL: Self = Self(32);
    pub const MEDIUM: Self = Self(64);
    pub const LARGE: Self = Self(128);
    pub const HUGE: Self = Self(512);

    /// `None` for a size the image server does not have.
    pub fn new(pixels: u16) -> Option<Self> {
        (pixels.is_power_of_two() && (32..=1024).contains(&pixels)).then_some(Self(pixels))
    }

    pub fn pixels(self) -> u16 {
        self.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// `image/png`, `image/jpeg` or `image/webp`, and the bytes begin accordingly.
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
    /// How long it may be kept.
    pub max_age: Duration,
}

/// The address of a picture.
pub fn image_url(base: &Url, kind: ImageKind, id: i64, size: ImageSize) -> Url {
    let mut url = endpoint(base, &format!("/{}/{id}/{}", kind.category(), kind.variation()));
    url.query_pairs_mut().append_pair("size", &size.0.to_string());
    url
}

#[derive(Clone)]
pub struct ImageClient {
    discipline: Discipline,
    base_url: Url,
}

impl ImageClient {
    pub fn new(http: HttpClient, base_url: Url) -> Self {
        let options = DisciplineOptions {
            pace: Some(PACE),
            retries: 1,
            // Somebody is looking at the page: a placeholder now is better than a picture in a minute.
            max_wait: Duration::from_secs(5),
            ..DisciplineOptions::new("images")
        };
        Self { discipline: Discipline::new(http, options), base_url }
    }

    pub fn health(&self) -> UpstreamHealth {
        self.discipline.health()
    }

    /// Fetches one picture.
    ///
    /// # Errors
    /// `NotFound` when there is no such picture (the image server says 400 or 404); `Malformed` when the answer is
    /// not a picture; else when it does not come.
    pub async fn image(&self, kind: ImageKind, id: i64, size: ImageSize) -> Result<Image, UpstreamError> {
        let request = Request::get("images", image_url(&self.base_url, kind, id, size)).max_body_bytes(MAX_IMAGE_BYTES);
        let response = self.discipline.send("images", request).await?;
        if response.status == 400 {
            return Err(UpstreamError::NotFound);
        }
        let response = response.into_success()?;
        let claimed = response.header("content-type").and_then(|text| text.split(';').next()).unwrap_or_default();
        let content_type = sniff(&response.body).filter(|content_type| *content_type == claimed.trim());
        let content_type = content_type.ok_or(UpstreamError::malformed("not a picture"))?;
        let max_age = response
            .header("cache-control")
            .and_then(|control| control.split(',').find_map(|part| part.trim().strip_prefix("max-age=")))
            .and_then(|seconds| seconds.parse().ok())
            .map_or(DEFAULT_MAX_AGE, Duration::from_secs)
            .clamp(Duration::from_secs(60), LONGEST_MAX_AGE);
        Ok(Image { content_type, bytes: response.body, max_age })
    }
}

/// The type by the first bytes: what is served under our name must be a picture, not a page.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
#[path = "images_tests.rs"]
mod tests;
