//! Routes as ESI's limiters tell them apart.

/// Which limiter a route is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Route {
    Killmail,
    Status,
    ErrorLimited,
}
