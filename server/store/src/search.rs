//! Finding things by name: pilots, corporations, alliances, systems, constellations, regions, types and groups; and
//! kills by their number. Exact names and tickers come first, then beginnings, then parts, then misspellings.

use crate::{Store, StoreError, entities::kind_of};
use domain::EntityKind;
use tracing::instrument;

/// Queries shorter than this find nothing: they would find nearly everything.
const MIN_CHARS: usize = 2;
/// A part or misspelling needs a whole trigram to be looked up by index.
const MIN_CHARS_FOR_PARTS: usize = 3;
/// What is over is ignored: no name is longer.
const MAX_CHARS: usize = 100;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityHit {
    /// Absent for a kill found by its number.
    pub kind: Option<EntityKind>,
    pub id: i64,
    pub name: String,
    /// Corporations and alliances only.
    pub ticker: Option<String>,
    /// A word of context: the region of a system, the group of a type, the time of a kill.
    pub detail: Option<String>,
}

impl Store {
    /// Looks for a name, or a number that may be a kill's. Any text is a valid query.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.search_entities")]
    pub async fn search_entities(&self, query: &str, limit: u32) -> Result<Vec<EntityHit>, StoreError> {
        let query: String = query.trim().chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
        let query = query.trim().to_lowercase();
        let length = query.chars().count();
        if length < MIN_CHARS {
            return Ok(Vec::new());
        }
        let mut hits: Vec<EntityHit> = self.find_kill_hit(&query).await?.into_iter().collect();
        let literal = escape_like(&query);
        let beginning = format!("{literal}%");
        let part = (length >= MIN_CHARS_FOR_PARTS).then(|| format!("%{literal}%"));
        // Each branch is bounded by itself, so that a frequent beginning is not sorted as a whole.
        let rows = sqlx::query!(
            r#"
            WITH hits AS (
                (
                    SELECT 0 AS rank, 1::real AS likeness, kind, id, name, ticker, detail
                    FROM searchable_names WHERE lower(name) = $1 LIMIT $4
                )
                UNION ALL
                (
                    SELECT 0, 1, 'corporation', corporation_id, name, ticker, NULL
                    FROM corporations WHERE lower(ticker) = $1 LIMIT $4
                )
                UNION ALL
                (
                    SELECT 0, 1, 'alliance', alliance_id, name, ticker, NULL
                    FROM alliances WHERE lower(ticker) = $1 LIMIT $4
                )
                UNION ALL
                (
                    SELECT 1, similarity(lower(name), $1), kind, id, name, ticker, detail
                    FROM searchable_names WHERE lower(name) LIKE $2
                    ORDER BY lower(name) USING ~<~ LIMIT $4
                )
                UNION ALL
                (
                    SELECT 2, similarity(lower(name), $1), kind, id, name, ticker, detail
                    FROM searchable_names WHERE lower(name) LIKE $3
                    ORDER BY similarity(lower(name), $1) DESC, id LIMIT $4
                )
                UNION ALL
                (
                    SELECT 3, similarity(lower(name), $1), kind, id, name, ticker, detail
                    FROM searchable_names WHERE $3::text IS NOT NULL AND lower(name) % $1
                    ORDER BY similarity(lower(name), $1) DESC, id LIMIT $4
                )
            ),
            best AS (
                SELECT DISTINCT ON (kind, id) rank, likeness, kind, id, name, ticker, detail
                FROM hits ORDER BY kind, id, rank
            )
            SELECT kind AS "kind!", id AS "id!", name AS "name!", ticker, detail
            FROM best
            ORDER BY rank, likeness DESC, length(name), lower(name), id
            LIMIT $4
            "#,
            &query,
            &beginning,
            part,
            i64::from(limit),
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let kind = Some(kind_of(&row.kind, row.id)?);
            hits.push(EntityHit { kind, id: row.id, name: row.name, ticker: row.ticker, detail: row.detail });
        }
        hits.truncate(limit as usize);
        Ok(hits)
    }

    async fn find_kill_hit(&self, query: &str) -> Result<Option<EntityHit>, StoreError> {
        let Some(id) = query.parse::<i64>().ok().filter(|id| *id > 0) else { return Ok(None) };
        let time = sqlx::query_scalar!("SELECT killmail_time FROM killmail_ids WHERE killmail_id = $1", id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(time.map(|time| EntityHit {
            kind: None,
            id,
            name: format!("Kill {id}"),
            ticker: None,
            detail: Some(time.format("%Y-%m-%d %H:%M").to_string()),
        }))
    }
}

/// Makes every character of a LIKE pattern stand for itself.
fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
