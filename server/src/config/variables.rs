//! Every variable of the tracker, declared once: its name, its default and what it means. What reads the environment,
//! the table in README.md and the refusal of unknown names all come from here.

/// What holds when a variable is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// This value, read as if it had been set.
    Value(&'static str),
    /// No value; the words say what happens instead.
    Nothing(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    pub preset: Preset,
    pub meaning: &'static str,
}

impl Variable {
    /// The default as people read it.
    pub fn shown(self) -> &'static str {
        match self.preset {
            Preset::Value(text) | Preset::Nothing(text) => text,
        }
    }
}

macro_rules! variables {
    ($($name:ident = $preset:ident($default:literal), $meaning:literal;)*) => {
        $(pub const $name: Variable =
            Variable { name: stringify!($name), preset: Preset::$preset($default), meaning: $meaning };)*
        /// All of them, in the order of the table in README.md.
        pub const VARIABLES: &[Variable] = &[$($name),*];
    };
}

variables! {
    BIND_ADDR = Value("127.0.0.1:3000"), "address and port to listen on";
    PUBLIC_URL = Nothing("http://BIND_ADDR"), "how browsers reach the server; used in links and social cards";
    DATABASE_URL = Nothing("embedded PostgreSQL"),
        "PostgreSQL 15 or newer; without it a private one runs under DATA_DIR";
    EMBEDDED_PG_BIN = Nothing("searched for"), "folder with initdb and postgres, for the embedded PostgreSQL";
    REDIS_URL = Nothing("none"),
        "Redis that nodes behind one address share limits and news through; not needed for one node";
    DATA_DIR = Value(".data"), "where the embedded PostgreSQL keeps its data";
    SITE_ROOT = Value("target/site"), "folder with the built browser client (`pkg/`) and public files";
    FEEDS = Value("wanderer,r2z2"),
        "feeds in order of preference: wanderer, r2z2, evekill; wanderer only with its URL";
    WANDERER_KILLS_URL = Nothing("none"), "base URL of a wanderer-kills instance (there is no public one)";
    R2Z2_URL = Value("https://r2z2.zkillboard.com"), "zKillboard's numbered files, also used to close gaps";
    EVE_KILL_URL = Value("https://eve-kill.com"), "EVE-KILL's event stream";
    EVEREF_URL = Value("https://data.everef.net"), "day archives of killmails, for backfills";
    ESI_URL = Value("https://esi.evetech.net"), "the game's API";
    ESI_COMPATIBILITY_DATE = Value("2026-08-18"), "pinned version of the game's API";
    IMAGE_SERVER_URL = Value("https://images.evetech.net"),
        "ship, portrait and logo images, fetched by way of /images";
    SDE_URL = Value("https://developers.eveonline.com/static-data/tranquility"),
        "CCP's static data export, for `tracker import-sde --latest`";
    JANICE_URL = Value("https://janice.e-351.com/api/rest/v2"), "Janice, what things trade for in Jita";
    JANICE_API_KEY = Nothing("none"), "key of Janice (secret); without it values begin with ESI's price list";
    MUTAMARKET_URL = Value("https://mutamarket.com/api"), "MutaMarket, what rolled modules sell for on average";
    CONTACT = Nothing("none"), "an e-mail or URL, part of every User-Agent: upstreams ask for one";
    FEED_SILENCE_SECONDS = Value("60"), "a feed without any sign of life for so long is replaced by the next";
    R2Z2_POLL_SECONDS = Value("6"),
        "wait before asking again for a file that is not there yet; zKillboard blocks below 6";
    R2Z2_REQUESTS_PER_SECOND = Value("8"), "pace of reading R2Z2 when behind; the real service bans above 15";
    R2Z2_START_BACK = Value("100"), "kills before the newest that a new installation begins with";
    RETENTION_MONTHS = Nothing("keep all"), "months of killmails to keep; older partitions are dropped";
    ACCESS_POLICY = Value("standard"), "standard, or open: guests of a private installation read everything";
    DEMO = Value("false"), "true when the upstreams are simulated: pages then say so";
    LOG = Value("info"), "log filter, as in tracing-subscriber's EnvFilter";
    LOG_FORMAT = Value("text"), "text or json";
}
