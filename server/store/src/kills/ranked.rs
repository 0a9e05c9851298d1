//! Pages of history ordered by value, hit points or damage, by keyset on `(key, killmail_id)`. Each order has an index
//! that holds it; partitions are merged, so the first page reads a page of each at most.

use super::{
    condition::push_where,
    span::Span,
    summary_row::{COLUMNS, SummaryRow},
};
use crate::{Store, StoreError};
use chrono::{DateTime, TimeDelta};
use domain::{
    KillFilter, KillSummary, StaticData, Timestamp,
    sort::{RankCursor, Ranking},
};
use sqlx::QueryBuilder;
use tracing::instrument;

/// A page, largest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankedKills {
    pub kills: Vec<KillSummary>,
    /// Pass on for the next page; absent at the end.
    pub next: Option<RankCursor>,
}

impl Store {
    /// A page of the kills that pass a filter and have the number they are ranked by.
    ///
    /// # Errors
    /// When the database does not answer or a row is inconsistent.
    #[instrument(level = "debug", skip_all, name = "db.list_ranked")]
    pub async fn list_ranked(
        &self,
        filter: &KillFilter,
        ranking: Ranking,
        before: Option<RankCursor>,
        limit: u32,
        static_data: &StaticData,
    ) -> Result<RankedKills, StoreError> {
        let (column, bound) = match ranking {
            Ranking::Value => ("k.total_value", "::bigint::numeric * 0.01"),
            Ranking::Ehp => ("k.ehp", ""),
            Ranking::Dps => ("k.dps", ""),
        };
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM killmails_enriched AS k"));
        push_where(&mut query, filter, span(filter), static_data);
        query.push(format!(" AND {column} IS NOT NULL"));
        if let Some(before) = before {
            query.push(format!(" AND ({column}, k.killmail_id) < (")).push_bind(before.key).push(bound);
            query.push(", ").push_bind(before.killmail_id.0).push(")");
        }
        query.push(format!(" ORDER BY {column} DESC, k.killmail_id DESC LIMIT "));
        query.push_bind(i64::from(limit) + 1);
        let mut rows: Vec<SummaryRow> = query.build_query_as().persistent(false).fetch_all(&self.pool).await?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let kills = self.name_summaries(rows, static_data).await?;
        let last = kills.last().filter(|_| has_more);
        let next = last.and_then(|kill| {
            let key = ranking.key(kill)?;
            Some(RankCursor { ranking, key, killmail_id: kill.killmail_id })
        });
        Ok(RankedKills { kills, next })
    }
}

/// The whole time that a filter allows; the game began in 2003.
fn span(filter: &KillFilter) -> Span {
    let always = Timestamp::UNIX_EPOCH + TimeDelta::days(365 * 200);
    Span { from: filter.from.unwrap_or(DateTime::UNIX_EPOCH), to: filter.to.unwrap_or(always) }
}
