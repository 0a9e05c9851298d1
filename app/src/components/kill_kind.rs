//! How the kinds of hulls look: glyph and word of a row. Which kind a hull is comes with it.

use domain::HullKind;

/// Name of the glyph in the icon sheet.
pub fn glyph(kind: HullKind) -> &'static str {
    match kind {
        HullKind::Ship => "ship",
        HullKind::Capsule => "capsule",
        HullKind::Structure => "structure",
        HullKind::Deployable => "deployable",
    }
}

pub fn word(kind: HullKind) -> &'static str {
    match kind {
        HullKind::Ship => "Ship",
        HullKind::Capsule => "Capsule",
        HullKind::Structure => "Structure",
        HullKind::Deployable => "Deployable",
    }
}
