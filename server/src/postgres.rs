//! PostgreSQL with nothing configured: finds server binaries, makes a private cluster once, runs it on a Unix socket
//! only and stops it with the server.
//!
//! PostgreSQL refuses to run as root, so when this process is root its children run as the unprivileged user 65534;
//! binaries and data folder must be reachable for that user. A cluster left running by a killed server is reused.
//!
//! Whoever started the cluster stops it. A command that finds it running beside a server leaves it alone; a server that
//! finds one left over takes it over ([`Embedded::take_over`]).

use std::{
    io,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
};

/// nobody:nogroup on every Linux.
const UNPRIVILEGED: (u32, u32) = (65_534, 65_534);
/// A Unix socket's path holds at most 107 bytes; PostgreSQL adds `/.s.PGSQL.5432` to the folder.
const MAX_SOCKET_FOLDER_BYTES: usize = 90;

/// Why the embedded PostgreSQL does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error("no PostgreSQL server found: install the package postgresql, or set EMBEDDED_PG_BIN or DATABASE_URL")]
    NoBinaries,
    #[error("the data folder {0} has too long a path for PostgreSQL's socket; set DATA_DIR to a shorter one")]
    PathTooLong(PathBuf),
    #[error("the data folder {0} cannot be prepared")]
    Folder(PathBuf, #[source] io::Error),
    #[error("{tool} failed: {output}")]
    Tool { tool: &'static str, output: String },
    #[error("{tool} cannot be started")]
    Spawn { tool: &'static str, source: io::Error },
}

/// A running private cluster; stopped when dropped by the one it belongs to.
#[derive(Debug)]
pub struct Embedded {
    url: String,
    bin_dir: PathBuf,
    data_dir: PathBuf,
    run_as: Option<(u32, u32)>,
    is_ours: AtomicBool,
}

/// Folders that may hold server binaries, best first: the configured one, then Debian's newest.
pub fn find_bin_dir(configured: Option<&Path>) -> Option<PathBuf> {
    let mut candidates: Vec<PathBuf> = configured.map(Path::to_path_buf).into_iter().collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<_> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        candidates.extend(versions.into_iter().rev());
    }
    candidates.into_iter().find(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
}

impl Embedded {
    /// Makes the cluster if needed and starts it. Blocking: about 1.2 s the first time, 0.15 s afterwards.
    ///
    /// # Errors
    /// When there are no binaries, the folder is unusable or PostgreSQL does not start.
    pub fn start(data_dir: &Path, bin_dir: Option<&Path>) -> Result<Self, EmbeddedError> {
        let bin_dir = find_bin_dir(bin_dir).and_then(|dir| dir.canonicalize().ok()).ok_or(EmbeddedError::NoBinaries)?;
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let run_as = is_root.then_some(UNPRIVILEGED);
        let data_dir = prepare_folder(&data_dir.join("postgres"), run_as)?;
        if data_dir.as_os_str().len() > MAX_SOCKET_FOLDER_BYTES {
            return Err(EmbeddedError::PathTooLong(data_dir));
        }
        let url = format!("postgres://tracker@localhost/postgres?host={}", data_dir.display());
        let cluster = Self { url, bin_dir, data_dir, run_as, is_ours: AtomicBool::new(false) };
        if !cluster.data_dir.join("PG_VERSION").exists() {
            cluster.initialise()?;
        }
        if !cluster.is_running()? {
            cluster.launch()?;
            cluster.take_over();
        }
        Ok(cluster)
    }

    /// Makes the cluster this process's own, although it was running before: a server's that was killed.
    pub fn take_over(&self) {
        self.is_ours.store(true, Ordering::Relaxed);
    }

    /// Starts it again if it is gone. Returns whether it was. Blocking.
    ///
    /// # Errors
    /// When it cannot be looked at or does not start.
    pub fn revive(&self) -> Result<bool, EmbeddedError> {
        let is_gone = !self.is_running()?;
        if is_gone {
            self.launch()?;
        }
        Ok(is_gone)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    fn initialise(&self) -> Result<(), EmbeddedError> {
        let mut initdb = self.command("initdb");
        initdb.arg("-D").arg(&self.data_dir).args([
            "-U",
            "tracker",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-instructions",
        ]);
        let output = initdb.output().map_err(|source| EmbeddedError::Spawn { tool: "initdb", source })?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(EmbeddedError::Tool { tool: "initdb", output });
        }
        Ok(())
    }

    fn is_running(&self) -> Result<bool, EmbeddedError> {
        let mut status = self.command("pg_ctl");
        status.arg("-D").arg(&self.data_dir).arg("status");
        let output = status.output().map_err(|source| EmbeddedError::Spawn { tool: "pg_ctl", source })?;
        Ok(output.status.success())
    }

    fn launch(&self) -> Result<(), EmbeddedError> {
        let log = self.data_dir.join("server.log");
        let options = format!(
            "-k {} -c listen_addresses='' -c unix_socket_permissions=0700 -c shared_buffers=256MB \
             -c max_connections=60 -c wal_compression=on -c max_wal_size=2GB -c jit=off",
            self.data_dir.display()
        );
        let mut start = self.command("pg_ctl");
        start.arg("-D").arg(&self.data_dir).args(["-w", "-t", "60", "-o", &options, "-l"]).arg(&log).arg("start");
        let status = start
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|source| EmbeddedError::Spawn { tool: "pg_ctl", source })?;
        if !status.success() {
            let output = std::fs::read_to_string(&log).unwrap_or_else(|error| error.to_string());
            return Err(EmbeddedError::Tool { tool: "pg_ctl start", output });
        }
        Ok(())
    }

    /// In its own process group: Ctrl-C in a terminal must not stop PostgreSQL before the server has drained.
    fn command(&self, tool: &str) -> Command {
        let mut command = Command::new(self.bin_dir.join(tool));
        command.stdin(Stdio::null()).current_dir("/").process_group(0);
        if let Some((uid, gid)) = self.run_as {
            command.uid(uid).gid(gid);
        }
        command
    }
}

fn prepare_folder(folder: &Path, run_as: Option<(u32, u32)>) -> Result<PathBuf, EmbeddedError> {
    let prepare = || {
        if !folder.exists() {
            if let Some(parent) = folder.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::DirBuilder::new().mode(0o700).create(folder)?;
            if let Some((uid, gid)) = run_as {
                chown(folder, Some(uid), Some(gid))?;
            }
        }
        folder.canonicalize()
    };
    prepare().map_err(|source| EmbeddedError::Folder(folder.to_path_buf(), source))
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if !self.is_ours.load(Ordering::Relaxed) {
            return;
        }
        let mut stop = self.command("pg_ctl");
        stop.arg("-D").arg(&self.data_dir).args(["-m", "fast", "-w", "-t", "30", "stop"]);
        match stop.stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(status) if status.success() => tracing::info!("embedded PostgreSQL stopped"),
            Ok(status) => tracing::warn!(%status, "embedded PostgreSQL did not stop cleanly"),
            Err(error) => tracing::warn!(%error, "embedded PostgreSQL could not be stopped"),
        }
    }
}
