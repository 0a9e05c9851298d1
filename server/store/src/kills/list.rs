//! Pages of history by keyset on `(killmail_time, killmail_id)`: stable while new kills arrive, and as quick on the
//! thousandth page as on the first.

use super::{
    condition::push_where,
    span::{Bounds, Direction, Span, spans},
    summary_row::{COLUMNS, SummaryRow},
};
use crate::{Store, StoreError};
use domain::{Cursor, KillFilter, KillSummary, KillmailId, StaticData};
use sqlx::{Postgres, QueryBuilder};
use tracing::instrument;

/// Kills of one page at most.
const MAX_LIMIT: u32 = 1_000;

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Kills older than this one, nearest first.
    pub before: Option<Cursor>,
    /// Kills newer than this one; without `before` the nearest to it.
    pub after: Option<Cursor>,
    /// 1 to 1,000.
    pub limit: u32,
}

impl Page {
    /// The newest kills.
    pub fn first(limit: u32) -> Self {
        Self { before: None, after: None, limit }
    }
}

/// A page of history, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundKills {
    pub kills: Vec<KillSummary>,
    /// Pass as `before` for older kills; absent at the end.
    pub next: Option<Cursor>,
    /// Pass as `after` for newer kills; absent at the start.
    pub prev: Option<Cursor>,
}

impl Store {
    /// A page of the kills that pass a filter.
    ///
    /// # Errors
    /// When the database does not answer or a row is inconsistent.
    #[instrument(level = "debug", skip_all, name = "db.list_kills")]
    pub async fn list_kills(
        &self,
        filter: &KillFilter,
        page: Page,
        static_data: &StaticData,
    ) -> Result<FoundKills, StoreError> {
        let limit = page.limit.clamp(1, MAX_LIMIT) as usize;
        let direction = page.direction();
        // One row more than the page tells whether there is another page.
        let mut rows: Vec<SummaryRow> = Vec::with_capacity(limit + 1);
        for span in self.spans(filter, page).await? {
            let missing = limit + 1 - rows.len();
            let mut query = page_query("", filter, page, span, missing, static_data);
            // Not kept as a prepared statement: there are too many different ones.
            rows.extend(query.build_query_as().persistent(false).fetch_all(&self.pool).await?);
            if rows.len() > limit {
                break;
            }
        }
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        if direction == Direction::OldestFirst {
            rows.reverse();
        }
        let newest = rows.first().map(SummaryRow::cursor);
        let oldest = rows.last().map(SummaryRow::cursor);
        let (next, prev) = match direction {
            Direction::NewestFirst => {
                // An empty page lies after the last kill: the way back includes the cursor's own kill.
                let back = page.before.map(|before| newest.unwrap_or(beside(before, -1)));
                (oldest.filter(|_| has_more), back)
            }
            Direction::OldestFirst => {
                let back = page.after.map(|after| oldest.unwrap_or(beside(after, 1)));
                (back, newest.filter(|_| has_more))
            }
        };
        Ok(FoundKills { kills: self.name_summaries(rows, static_data).await?, next, prev })
    }

    async fn spans(&self, filter: &KillFilter, page: Page) -> Result<Vec<Span>, StoreError> {
        let bounds = Bounds::of(filter, page.before, page.after);
        let filled = self.list_filled_months(bounds.first_month(), bounds.last_month()).await?;
        Ok(spans(&filled, bounds, page.direction()))
    }

    /// The plans of the queries that a page may need, one for each span, without running them.
    #[cfg(feature = "testing")]
    pub(crate) async fn explain_list_kills(
        &self,
        filter: &KillFilter,
        page: Page,
        static_data: &StaticData,
    ) -> Result<Vec<String>, StoreError> {
        let mut plans = Vec::new();
        for span in self.spans(filter, page).await? {
            let mut query = page_query("EXPLAIN ", filter, page, span, page.limit as usize + 1, static_data);
            let lines: Vec<String> = query.build_query_scalar().persistent(false).fetch_all(&self.pool).await?;
            plans.push(lines.join("\n"));
        }
        Ok(plans)
    }
}

impl Page {
    fn direction(&self) -> Direction {
        match (self.before, self.after) {
            (None, Some(_)) => Direction::OldestFirst,
            _ => Direction::NewestFirst,
        }
    }
}

fn page_query(
    prefix: &str,
    filter: &KillFilter,
    page: Page,
    span: Span,
    limit: usize,
    static_data: &StaticData,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!("{prefix}SELECT {COLUMNS} FROM killmails_enriched AS k"));
    push_where(&mut query, filter, span, static_data);
    if let Some(before) = page.before {
        push_cursor(&mut query, " < ", before);
    }
    if let Some(after) = page.after {
        push_cursor(&mut query, " > ", after);
    }
    query.push(match page.direction() {
        Direction::NewestFirst => " ORDER BY k.killmail_time DESC, k.killmail_id DESC LIMIT ",
        Direction::OldestFirst => " ORDER BY k.killmail_time, k.killmail_id LIMIT ",
    });
    query.push_bind(limit as i64);
    query
}

fn push_cursor(query: &mut QueryBuilder<Postgres>, comparison: &'static str, cursor: Cursor) {
    query.push(" AND (k.killmail_time, k.killmail_id)").push(comparison).push("(");
    query.push_bind(cursor.killmail_time).push(", ").push_bind(cursor.killmail_id.0).push(")");
}

/// The cursor just beside another.
fn beside(cursor: Cursor, step: i64) -> Cursor {
    Cursor { killmail_id: KillmailId(cursor.killmail_id.0.saturating_add(step)), ..cursor }
}
