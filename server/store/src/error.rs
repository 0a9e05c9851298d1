//! What can go wrong between the product and its database, in the product's words.
//! The driver's text stays in the source chain, for logs; `Display` is fit for users.

use sqlx::postgres::PgDatabaseError;

/// Why a use case of the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is starting, overloaded or gave up waiting. The same call may work later.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// A constraint of the schema refuses the change.
    #[error("the change conflicts with what is stored")]
    Conflict {
        /// The constraint's name; empty when the database does not tell.
        constraint: String,
        #[source]
        source: sqlx::Error,
    },
    /// A stored value is not what this version of the product writes.
    #[error("the stored data is inconsistent: {table}.{column} of {id}")]
    Inconsistent { table: &'static str, column: &'static str, id: i64 },
    /// The migrations in the database and in this binary do not fit.
    #[error("the database schema cannot be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Anything else: a defect here or in the database.
    #[error("the database refused a statement")]
    Driver(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same call may succeed later without any change to it.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the values, not the database, are at fault: a part of the batch can never be stored. Of anything else
    /// (a wrong password, a missing privilege or column) an operator can rid us, and then the same call succeeds.
    pub fn is_about_the_data(&self) -> bool {
        match self {
            Self::Conflict { .. } | Self::Driver(sqlx::Error::Encode(_)) => true,
            // 22: a value out of range or not JSON; 54: nested too deep or too large.
            Self::Driver(error) => {
                sql_state(error).is_some_and(|state| state.starts_with("22") || state == "54001" || state == "54000")
            }
            _ => false,
        }
    }

    /// Whether a row had no partition to go to.
    pub(crate) fn is_missing_partition(&self) -> bool {
        matches!(self, Self::Conflict { constraint, source } if constraint.is_empty()
            && sql_state(source).is_some_and(|state| state == "23514"))
    }
}

fn sql_state(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let state = sql_state(&error);
        let class = state.as_deref().map(|state| state.get(..2).unwrap_or(state));
        match (&error, class) {
            (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed, _) => {
                Self::Unavailable(error)
            }
            // 08 connection, 40 deadlock or serialisation, 53 resources, 57 shutdown or timeout, 58 the system's disk.
            (_, Some("08" | "40" | "53" | "57" | "58")) => Self::Unavailable(error),
            // A lock was not to be had in time; a primary became a replica.
            _ if matches!(state.as_deref(), Some("55P03" | "25006")) => Self::Unavailable(error),
            (_, Some("23")) => {
                let constraint = error
                    .as_database_error()
                    .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
                    .and_then(PgDatabaseError::constraint)
                    .unwrap_or_default()
                    .to_owned();
                Self::Conflict { constraint, source: error }
            }
            _ => Self::Driver(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => match Self::from(error) {
                Self::Unavailable(error) => Self::Unavailable(error),
                Self::Driver(error) | Self::Conflict { source: error, .. } => {
                    Self::Migration(sqlx::migrate::MigrateError::Execute(error))
                }
                other => other,
            },
            other => Self::Migration(other),
        }
    }
}
