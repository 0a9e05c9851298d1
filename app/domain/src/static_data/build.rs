//! Builds of the static data, and which of two is newer.

use super::StaticData;

/// CCP's number in the name of a build, as in `types 2026-10-26 (build 3650286), universe 2024-06-18`. Later builds
/// have higher numbers.
pub fn build_number(build: &str) -> Option<u64> {
    let (_, rest) = build.split_once("build ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    digits.parse().ok()
}

impl StaticData {
    /// See [`build_number`].
    pub fn build_number(&self) -> Option<u64> {
        build_number(self.build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_in_the_name() {
        assert_eq!(StaticData::bundled().build_number(), Some(3_650_286));
        assert_eq!(build_number("2026-11-20 (build 12)"), Some(12));
        assert_eq!(build_number("build 12"), Some(12));
        for none in ["", "next", "build", "build x", "build 99999999999999999999"] {
            assert_eq!(build_number(none), None, "{none}");
        }
    }
}
