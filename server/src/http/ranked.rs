//! Kill lists in another order than by time: `sort=value|ehp|dps`.

use super::{
    params::{DEFAULT_LIMIT, FilterQuery},
    problem::Problem,
};
use crate::services::asked::Asked;
use contract::ApiError;
use domain::{
    KillFilter, KillSummary,
    sort::{RankCursor, Ranking},
};
use serde::Serialize;

/// A page as `KillPage`, whose cursors belong to this order. There is no way back: `prev` is always null.
#[derive(Serialize)]
pub struct RankedAnswer {
    kills: Vec<KillSummary>,
    next: Option<RankCursor>,
    prev: (),
}

/// What `sort` asks for; `None` for the order by time.
///
/// # Errors
/// When it is no known order.
pub fn ranking(query: Option<&str>) -> Result<Option<Ranking>, Problem> {
    match super::params::parameter(query, "sort").as_deref() {
        None | Some("" | "time") => Ok(None),
        Some(word) => {
            word.parse().map(Some).map_err(|_| ApiError::invalid("sort", "is one of time, value, ehp, dps").into())
        }
    }
}

/// # Errors
/// Names the parameter that does not go with the order.
pub async fn list(
    asked: &Asked,
    filter: &KillFilter,
    ranking: Ranking,
    query: Option<&str>,
) -> Result<RankedAnswer, Problem> {
    let FilterQuery { before, after, limit, .. } = FilterQuery::parse(query)?;
    if after.is_some() {
        return Err(ApiError::invalid("after", "cannot be combined with sort; use before").into());
    }
    let before = before.map(|text| text.parse::<RankCursor>()).transpose()?;
    let page = asked.list_ranked(filter, ranking, before, limit.unwrap_or(DEFAULT_LIMIT)).await?;
    Ok(RankedAnswer { kills: page.kills, next: page.next, prev: () })
}
