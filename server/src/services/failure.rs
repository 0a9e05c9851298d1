//! What a user may know of a database failure; the cause goes to the log.

use contract::{ApiError, ErrorCode};
use store::StoreError;

pub fn store_failure(error: &StoreError) -> ApiError {
    if error.is_transient() {
        tracing::warn!(%error, "database is away");
        ApiError::new(ErrorCode::Unavailable, "The database does not answer. Try again in a moment.")
    } else {
        tracing::error!(%error, "database query failed");
        ApiError::new(ErrorCode::Internal, "Something went wrong on the server. Try again in a moment.")
    }
}
