//! How far a backfill is: a bar with rate and remaining time on a terminal, a line every few seconds elsewhere.

use super::outcome::Tally;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

const LINE_EVERY: Duration = Duration::from_secs(5);

/// Progress of one day or file.
pub struct Progress {
    label: String,
    bar: ProgressBar,
    started: Instant,
    last_line: Instant,
    is_terminal: bool,
    is_shown: bool,
}

impl Progress {
    /// `total` is in kills or bytes, whatever [`Progress::show`] counts; `None` when nobody knows.
    pub fn start(label: String, total: Option<u64>, is_shown: bool) -> Self {
        let is_terminal = is_shown && std::io::stderr().is_terminal();
        let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{prefix} {wide_bar} {percent:>3} %  {msg}  {eta} left",
            None => "{prefix} {spinner}  {msg}",
        };
        // A template of ours that did not parse would be a mistake of ours; the default style says enough.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(label.clone());
        Self { label, bar, started: Instant::now(), last_line: Instant::now(), is_terminal, is_shown }
    }

    pub fn show(&mut self, position: u64, tally: Tally) {
        self.bar.set_position(position);
        self.bar.set_message(self.text(tally));
        if self.is_shown && !self.is_terminal && self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let left = self.bar.length().map_or_else(String::new, |_| format!(", {:.0?} left", self.bar.eta()));
            eprintln!("{}: {}{left}", self.label, self.text(tally));
        }
    }

    pub fn finish(&self, tally: Tally) {
        self.bar.finish_and_clear();
        if self.is_shown {
            eprintln!("{}: {}", self.label, self.text(tally));
        }
    }

    fn text(&self, tally: Tally) -> String {
        let seconds = self.started.elapsed().as_secs_f64().max(1e-3);
        let rate = tally.seen as f64 / seconds;
        let Tally { seen, stored, known, refused } = tally;
        let refused = if refused == 0 { String::new() } else { format!(", {refused} not understood") };
        format!("{seen} kills ({stored} new, {known} known{refused}), {rate:.0}/s")
    }
}
