//! Bringing in history: days from archives (EVE Ref, R2Z2) or a file of killmails, enriched like live kills and stored
//! as such, never published. May run beside a server on the same database: both insert through the same gate, so a
//! kill is stored once whoever has it first.
//!
//! ```text
//! read (a task) --chunks--> known? -> decode + enrich (threads) -> insert    several chunks at a time
//! ```
//! Every queue is bounded: memory holds a packed day of EVE Ref (a few MB) or one connection's buffer, and some
//! thousand kills. What is no killmail becomes a dead letter. A day counts as finished only when its archive was read
//! to the end and everything in it is stored; anything else is read again, and what is stored already costs a look-up.

pub mod file;
mod outcome;
pub mod progress;
mod read;
mod write;

pub use outcome::{Archive, BackfillError, Ended, Tally};

use crate::books::Books;
use chrono::NaiveDate;
use progress::Progress;
use std::{path::PathBuf, sync::Arc};
use store::{BackfillEnd, BackfillState, Month};
use tokio_util::sync::CancellationToken;

/// How to go about it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Read finished days again if they were rewritten since.
    pub again: bool,
    /// Chunks decoded, enriched and inserted at a time.
    pub workers: usize,
    /// Months that retention keeps: older days would be dropped again.
    pub retention_months: Option<u32>,
    /// Whether progress is shown on the terminal.
    pub is_shown: bool,
}

/// Reads a day unless it is finished.
///
/// # Errors
/// When the archive cannot be read to its end or the database does not answer; the day then counts as not finished.
pub async fn day(
    books: &Arc<Books>,
    archive: &Archive,
    day: NaiveDate,
    options: Options,
    stop: &CancellationToken,
) -> Result<(Ended, Tally), BackfillError> {
    let store = books.node().store();
    refuse_past_retention(books, day, options)?;
    let before = store.find_backfill(archive.name(), day).await?;
    let finished = before.filter(|before| before.state == BackfillState::Finished);
    if finished.is_some() && !options.again {
        return Ok((Ended::Skipped, Tally::default()));
    }
    let named = |source| BackfillError::Day { day, archive: archive.name(), source };
    let known_etag = finished.and_then(|before| before.etag);
    let opened = tokio::select! {
        () = stop.cancelled() => return Ok((Ended::Interrupted, Tally::default())),
        opened = read::open(archive, day, known_etag.as_deref()) => opened,
    };
    let opened = match opened {
        Ok(None) => return Ok((Ended::Skipped, Tally::default())),
        Ok(Some(opened)) => Ok(opened),
        Err(error) => Err(error),
    };
    store.start_backfill(archive.name(), day).await?;
    let mut tally = Tally::default();
    let (etag, outcome) = match opened {
        Ok(opened) => {
            let etag = opened.etag();
            let total = if options.is_shown { archive.total(day).await } else { None };
            let mut progress = Progress::start(format!("{day} {}", archive.name()), total, options.is_shown);
            let chunks = read::start(opened, stop.clone());
            let outcome = write::all(books, chunks, day.to_string(), options.workers, |part| {
                tally.add(part);
                progress.show(tally.seen, tally);
            });
            let outcome = outcome.await;
            progress.finish(tally);
            (etag, outcome)
        }
        Err(error) => (None, Ok(Err(error))),
    };
    let (state, reason) = match &outcome {
        Ok(Ok(Ended::Whole)) => (BackfillState::Finished, None),
        Ok(Ok(_)) => (BackfillState::Interrupted, None),
        Ok(Err(error)) => (BackfillState::Failed, Some(error.to_string())),
        Err(error) => (BackfillState::Failed, Some(error.to_string())),
    };
    let end = BackfillEnd {
        state,
        kills_seen: tally.seen,
        kills_stored: tally.stored,
        etag: etag.as_deref().filter(|_| state == BackfillState::Finished),
        reason: reason.as_deref(),
    };
    store.end_backfill(archive.name(), day, end).await?;
    Ok((outcome?.map_err(named)?, tally))
}

/// Reads a file of killmails.
///
/// # Errors
/// When the file cannot be read to its end or the database does not answer.
pub async fn file(
    books: &Arc<Books>,
    path: PathBuf,
    options: Options,
    stop: &CancellationToken,
) -> Result<(Ended, Tally), BackfillError> {
    let named = |source| BackfillError::File { path: path.clone(), source };
    let opened = file::KillmailFile::open(&path).map_err(named)?;
    let (read_bytes, total_bytes) = (opened.position(), opened.bytes());
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let mut progress = Progress::start(name.clone(), Some(total_bytes), options.is_shown);
    let mut tally = Tally::default();
    let chunks = read::start_file(opened, stop.clone());
    let outcome = write::all(books, chunks, name, options.workers, |part| {
        tally.add(part);
        progress.show(read_bytes.load(std::sync::atomic::Ordering::Relaxed), tally);
    });
    let outcome = outcome.await;
    progress.finish(tally);
    Ok((outcome?.map_err(named)?, tally))
}

fn refuse_past_retention(books: &Books, day: NaiveDate, options: Options) -> Result<(), BackfillError> {
    let Some(months) = options.retention_months else { return Ok(()) };
    let oldest = Month::of(books.node().now()).minus(months).start().date_naive();
    if day < oldest { Err(BackfillError::PastRetention { day, months }) } else { Ok(()) }
}
