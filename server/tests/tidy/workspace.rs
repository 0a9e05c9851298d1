//! The packages of this workspace and what their files use, read once.

use crate::reader::{self, Uses};
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::OnceLock,
};

pub struct Package {
    pub name: String,
    /// Of its sources.
    pub folder: PathBuf,
    /// Packages and crates that it uses outside tests, under their names in the registry.
    pub dependencies: BTreeSet<String>,
    /// The library's files; of a package without one, its program's.
    pub uses: Uses,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn packages() -> &'static [Package] {
    static PACKAGES: OnceLock<Vec<Package>> = OnceLock::new();
    PACKAGES.get_or_init(read)
}

pub fn package(name: &str) -> &'static Package {
    packages().iter().find(|package| package.name == name).expect("a package of this workspace")
}

fn read() -> Vec<Package> {
    let metadata =
        MetadataCommand::new().current_dir(root()).no_deps().exec().expect("cargo metadata of this workspace");
    let text = |file: &Path| std::fs::read_to_string(file).ok();
    metadata
        .packages
        .iter()
        .map(|package| {
            let used = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
            let library = package.targets.iter().find(|target| !target.is_test() && !target.is_custom_build());
            let root = library.expect("a library or a program").src_path.as_std_path();
            Package {
                name: package.name.to_string(),
                folder: root.parent().expect("a file in a folder").to_owned(),
                dependencies: used.map(|dependency| dependency.name.clone()).collect(),
                uses: reader::uses_of(root, &text).expect("sources that can be read"),
            }
        })
        .collect()
}
