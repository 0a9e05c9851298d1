//! CCP's static data in PostgreSQL, for queries that join it and for the search. The server itself reads names from
//! `domain::StaticData` in memory. An import replaces everything in one transaction: readers see the old data until
//! the new is whole. Of several nodes that start together one imports, the others wait and find it done.

use crate::{Store, StoreError, money::hundredths};
use domain::{StaticData, sde::category, static_data::Hardpoint};
use sqlx::PgConnection;
use tracing::instrument;

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    Imported,
    /// The database has this build already.
    UpToDate,
    /// The current snapshot is another and wins: somebody imported meanwhile.
    Superseded,
}

impl Store {
    /// The build of the imported static data, if any was imported.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.static_build")]
    pub async fn static_build(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar!("SELECT build FROM static_import").fetch_optional(&self.pool).await?)
    }

    /// Replaces the static data unless the database has the same build, or a current snapshot that wins over it. For
    /// the start of a server; an import is `install_snapshot`.
    ///
    /// # Errors
    /// When the database does not answer; then the old data stay.
    #[instrument(level = "debug", skip_all, name = "db.import_static")]
    pub async fn import_static(&self, data: &StaticData) -> Result<ImportOutcome, StoreError> {
        if self.static_build().await?.as_deref() == Some(data.build()) {
            return Ok(ImportOutcome::UpToDate);
        }
        let mut transaction = self.pool.begin().await?;
        lock_static_import(&mut transaction).await?;
        let build = sqlx::query_scalar!("SELECT build FROM static_import").fetch_optional(&mut *transaction).await?;
        if build.as_deref() == Some(data.build()) {
            return Ok(ImportOutcome::UpToDate);
        }
        let current = sqlx::query!(
            "
            SELECT build, build_number, is_pinned FROM static_snapshots WHERE kind = 'universe_types' AND is_current
            "
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let build_number = i64::try_from(data.build_number().unwrap_or(0)).unwrap_or(i64::MAX);
        if current.is_some_and(|current| {
            current.build != data.build() && (current.is_pinned || current.build_number >= build_number)
        }) {
            return Ok(ImportOutcome::Superseded);
        }
        replace_static_tables(&mut transaction, data).await?;
        transaction.commit().await?;
        Ok(ImportOutcome::Imported)
    }
}

/// Whoever changes static data takes turns, and may take long.
pub(crate) async fn lock_static_import(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query!("SET LOCAL statement_timeout = 0").execute(&mut *connection).await?;
    sqlx::query!("SET LOCAL lock_timeout = 0").execute(&mut *connection).await?;
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtext('static_import'))").execute(connection).await?;
    Ok(())
}

/// Fills the `static_*` tables anew, within the caller's transaction.
pub(crate) async fn replace_static_tables(connection: &mut PgConnection, data: &StaticData) -> Result<(), StoreError> {
    replace_places(connection, data).await?;
    replace_groups(connection, data).await?;
    replace_types(connection, data).await?;
    replace_names(connection).await?;
    sqlx::query!(
        "
        INSERT INTO static_import (build, imported_at) VALUES ($1, now())
        ON CONFLICT (is_current) DO UPDATE SET build = excluded.build, imported_at = excluded.imported_at
        ",
        data.build(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn replace_places(connection: &mut PgConnection, data: &StaticData) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM static_regions").execute(&mut *connection).await?;
    let regions: Vec<_> = data.regions().collect();
    sqlx::query!(
        "INSERT INTO static_regions (region_id, name) SELECT * FROM unnest($1::bigint[], $2::text[])",
        &column(&regions, |region| region.id.0),
        &column(&regions, |region| region.name.clone()),
    )
    .execute(&mut *connection)
    .await?;

    sqlx::query!("DELETE FROM static_constellations").execute(&mut *connection).await?;
    let constellations: Vec<_> = data.constellations().collect();
    sqlx::query!(
        "
        INSERT INTO static_constellations (constellation_id, region_id, name)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])
        ",
        &column(&constellations, |constellation| constellation.id.0),
        &column(&constellations, |constellation| constellation.region_id.0),
        &column(&constellations, |constellation| constellation.name.clone()),
    )
    .execute(&mut *connection)
    .await?;

    sqlx::query!("DELETE FROM static_systems").execute(&mut *connection).await?;
    let systems: Vec<_> = data.systems().collect();
    sqlx::query!(
        "
        INSERT INTO static_systems (
            solar_system_id, constellation_id, region_id, true_security, security, wormhole_class, security_band, name
        )
        SELECT * FROM unnest(
            $1::bigint[], $2::bigint[], $3::bigint[], $4::float8[], $5::smallint[], $6::smallint[], $7::text[],
            $8::text[]
        )
        ",
        &column(&systems, |system| system.id.0),
        &column(&systems, |system| system.constellation_id.0),
        &column(&systems, |system| system.region_id.0),
        &column(&systems, |system| system.true_security),
        &column(&systems, |system| i16::from(system.security.0)),
        &column(&systems, |system| system.wormhole_class.map(i16::from)) as &[Option<i16>],
        &column(&systems, |system| system.band.as_str().to_owned()),
        &column(&systems, |system| system.name.clone()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn replace_groups(connection: &mut PgConnection, data: &StaticData) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM static_groups").execute(&mut *connection).await?;
    let groups: Vec<_> = data.groups().collect();
    sqlx::query!(
        "
        INSERT INTO static_groups (group_id, category_id, published, name)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::text[])
        ",
        &column(&groups, |group| group.id.0),
        &column(&groups, |group| group.category_id.0),
        &column(&groups, |group| group.published),
        &column(&groups, |group| group.name.clone()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn replace_types(connection: &mut PgConnection, data: &StaticData) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM static_types").execute(&mut *connection).await?;
    let types: Vec<_> = data.types().collect();
    sqlx::query!(
        "
        INSERT INTO static_types (
            type_id, group_id, category_id, meta_group_id, mass_kg, volume_m3, capacity_m3, base_price, tech_level,
            published, is_abyssal, slot, hardpoint, name
        )
        SELECT
            type_id, group_id, category_id, meta_group_id, mass_kg, volume_m3, capacity_m3, base_price::numeric * 0.01,
            tech_level, published, is_abyssal, slot, hardpoint, name
        FROM unnest(
            $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::float8[], $6::float8[], $7::float8[],
            $8::bigint[], $9::smallint[], $10::boolean[], $11::boolean[], $12::text[], $13::text[], $14::text[]
        ) AS new (
            type_id, group_id, category_id, meta_group_id, mass_kg, volume_m3, capacity_m3, base_price, tech_level,
            published, is_abyssal, slot, hardpoint, name
        )
        ",
        &column(&types, |info| info.id.0),
        &column(&types, |info| info.group_id.0),
        &column(&types, |info| info.category_id.0),
        &column(&types, |info| info.meta_group_id.map(|id| id.0)) as &[Option<i64>],
        &column(&types, |info| info.mass_kg) as &[Option<f64>],
        &column(&types, |info| info.volume_m3) as &[Option<f64>],
        &column(&types, |info| info.capacity_m3) as &[Option<f64>],
        &column(&types, |info| hundredths(info.base_price)) as &[Option<i64>],
        &column(&types, |info| info.tech_level.map(i16::from)) as &[Option<i16>],
        &column(&types, |info| info.published),
        &column(&types, |info| info.is_abyssal),
        &column(&types, |info| info.slot.map(|slot| format!("{slot:?}").to_lowercase())) as &[Option<String>],
        &column(&types, |info| info.hardpoint.map(|hardpoint| hardpoint_text(hardpoint).to_owned()))
            as &[Option<String>],
        &column(&types, |info| info.name.clone()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Fills what the search looks through from the tables just replaced. Types that never head a killmail are left out:
/// finding them would lead nowhere.
async fn replace_names(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM static_names").execute(&mut *connection).await?;
    sqlx::query!(
        "
        INSERT INTO static_names (kind, id, name, detail)
        SELECT 'system', solar_system_id, static_systems.name, static_regions.name
        FROM static_systems LEFT JOIN static_regions USING (region_id)
        UNION ALL
        SELECT 'constellation', constellation_id, static_constellations.name, static_regions.name
        FROM static_constellations LEFT JOIN static_regions USING (region_id)
        UNION ALL
        SELECT 'region', region_id, name, NULL FROM static_regions
        UNION ALL
        SELECT 'group', group_id, name, NULL FROM static_groups WHERE published AND category_id = ANY($1)
        UNION ALL
        SELECT 'type', type_id, static_types.name, static_groups.name
        FROM static_types LEFT JOIN static_groups USING (group_id)
        WHERE static_types.published AND static_types.category_id = ANY($1)
        ",
        &category::LOST.map(|id| id.0)[..],
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn hardpoint_text(hardpoint: Hardpoint) -> &'static str {
    match hardpoint {
        Hardpoint::Turret => "turret",
        Hardpoint::Launcher => "launcher",
    }
}

fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
