//! Killmail bodies by id and hash.

use super::{EsiClient, EsiError, Route};
use crate::{UpstreamError, rate::RateKey};
use domain::{KillmailHash, KillmailId};

/// Bodies never change and are kept by the store, so none is kept here.
const KILLMAIL: Route = Route::new("killmail", "killmail", 0);

impl EsiClient {
    /// The body of a killmail, verbatim.
    ///
    /// # Errors
    /// [`EsiError::WrongPair`] when id and hash do not belong together; else when ESI does not answer.
    pub async fn killmail(&self, id: KillmailId, hash: &KillmailHash) -> Result<Box<str>, EsiError> {
        let path = format!("/killmails/{id}/{hash}");
        let response = self.inner.caller.get(KILLMAIL, &path, None).await?;
        if response.status == 422 {
            return Err(EsiError::WrongPair);
        }
        let text = response.into_success()?.into_text()?;
        if !text.trim_start().starts_with('{') {
            return Err(UpstreamError::malformed("the killmail is not a JSON object").into());
        }
        Ok(text.into_boxed_str())
    }

    /// Share of the budget for bodies that is left, in percent; `None` before ESI has told one.
    pub fn killmail_budget_percent(&self) -> Option<i64> {
        self.inner.caller.discipline.limiter().percent_left(&RateKey::public(KILLMAIL.group))
    }
}
