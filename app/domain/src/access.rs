//! Who may use what: the viewer, the resources, and the one table that decides.
//!
//! Pure: the same answer in the browser, which hides what is not allowed, and on the server, which refuses it.

use crate::{CharacterId, CorporationId};
use std::fmt;

/// Kills of the current character in [`ACTIVITY_DAYS`] that make its pilot active.
pub const ACTIVE_OWN_KILLS: u32 = 20;
/// Kills of its corporation in [`ACTIVITY_DAYS`] that make its pilot active.
pub const ACTIVE_CORPORATION_KILLS: u32 = 50;
pub const ACTIVITY_DAYS: u32 = 90;

/// Who is asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Viewer {
    /// Not signed in.
    #[default]
    Guest,
    Pilot(Pilot),
}

/// Somebody who is signed in, as of the character in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pilot {
    /// Everybody on the account, the current one included.
    pub characters: Vec<CharacterId>,
    pub current: CharacterId,
    /// Of the current character.
    pub corporation: CorporationId,
    /// In the current corporation.
    pub offices: Vec<Office>,
    pub activity: Activity,
}

/// What the game lets somebody do in a corporation, as far as it counts here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Office {
    Ceo,
    Director,
    PersonnelManager,
    FittingManager,
}

/// Kills in the last [`ACTIVITY_DAYS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    pub own_kills: u32,
    pub corporation_kills: u32,
}

impl Activity {
    pub fn is_active(self) -> bool {
        self.own_kills >= ACTIVE_OWN_KILLS || self.corporation_kills >= ACTIVE_CORPORATION_KILLS
    }
}

/// What a use case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The live feed, kills, ships, modules, places, battles, factions, alliances, search and the product's own status.
    Public,
    /// The page of a character on the viewer's account.
    OwnCharacter,
    OtherCharacter,
    CorporationPage,
    /// The viewer's own surveillance profiles.
    PersonalProfiles,
    /// Surveillance profiles shared in the viewer's corporation.
    SharedProfiles,
    FleetOptimiser,
}

impl Resource {
    /// The page of a character, which is the viewer's own or another's.
    pub fn character(id: CharacterId, viewer: &Viewer) -> Self {
        match viewer {
            Viewer::Pilot(pilot) if pilot.characters.contains(&id) => Self::OwnCharacter,
            Viewer::Pilot(_) | Viewer::Guest => Self::OtherCharacter,
        }
    }
}

/// How an installation treats guests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    #[default]
    Standard,
    /// For a private installation: guests read what needs no account of its own.
    Open,
}

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Signing in may help.
    SignIn,
    /// It will not.
    NotYours,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignIn => "Sign in to see this.",
            Self::NotYours => "Your current character may not see this.",
        })
    }
}

/// A column of the table. Somebody has every standing that is true of them and may what any of them may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Guest,
    SignedIn,
    Active,
    Officer,
    Personnel,
    Fitting,
    /// Everybody, where the policy is [`Policy::Open`].
    Open,
}

const COLUMNS: [Standing; 7] = [
    Standing::Guest,
    Standing::SignedIn,
    Standing::Active,
    Standing::Officer,
    Standing::Personnel,
    Standing::Fitting,
    Standing::Open,
];

/// The row of a resource, in the order of [`COLUMNS`].
#[rustfmt::skip]
const fn row(resource: Resource) -> [bool; 7] {
    const Y: bool = true;
    const N: bool = false;
    match resource {
        //                            guest signed active officer personnel fitting open
        Resource::Public           => [Y,    Y,     Y,     Y,      Y,        Y,      Y],
        Resource::OwnCharacter     => [N,    Y,     Y,     Y,      Y,        Y,      Y],
        Resource::OtherCharacter   => [N,    N,     Y,     Y,      N,        N,      Y],
        Resource::CorporationPage  => [N,    N,     N,     Y,      Y,        N,      Y],
        Resource::PersonalProfiles => [N,    Y,     Y,     Y,      Y,        Y,      N],
        Resource::SharedProfiles   => [N,    N,     N,     Y,      N,        Y,      N],
        Resource::FleetOptimiser   => [N,    N,     Y,     Y,      N,        N,      Y],
    }
}

/// Whether somebody may use something, and if not, why.
///
/// # Errors
/// Why not.
pub fn check(policy: Policy, viewer: &Viewer, resource: Resource) -> Result<(), Denied> {
    let is_allowed = COLUMNS
        .into_iter()
        .zip(row(resource))
        .any(|(standing, is_allowed)| is_allowed && has_standing(policy, viewer, standing));
    match viewer {
        _ if is_allowed => Ok(()),
        Viewer::Guest => Err(Denied::SignIn),
        Viewer::Pilot(_) => Err(Denied::NotYours),
    }
}

fn has_standing(policy: Policy, viewer: &Viewer, standing: Standing) -> bool {
    let pilot = match viewer {
        Viewer::Guest => None,
        Viewer::Pilot(pilot) => Some(pilot),
    };
    let holds = |office| pilot.is_some_and(|pilot| pilot.offices.contains(&office));
    match standing {
        Standing::Guest => pilot.is_none(),
        Standing::SignedIn => pilot.is_some(),
        Standing::Active => pilot.is_some_and(|pilot| pilot.activity.is_active()),
        Standing::Officer => holds(Office::Ceo) || holds(Office::Director),
        Standing::Personnel => holds(Office::PersonnelManager),
        Standing::Fitting => holds(Office::FittingManager),
        Standing::Open => policy == Policy::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Resource; 7] = [
        Resource::Public,
        Resource::OwnCharacter,
        Resource::OtherCharacter,
        Resource::CorporationPage,
        Resource::PersonalProfiles,
        Resource::SharedProfiles,
        Resource::FleetOptimiser,
    ];

    fn pilot(own_kills: u32, corporation_kills: u32, offices: &[Office]) -> Viewer {
        Viewer::Pilot(Pilot {
            characters: vec![CharacterId(1), CharacterId(2)],
            current: CharacterId(1),
            corporation: CorporationId(98_000_001),
            offices: offices.to_vec(),
            activity: Activity { own_kills, corporation_kills },
        })
    }

    fn allowed(policy: Policy, viewer: &Viewer) -> Vec<Resource> {
        ALL.into_iter().filter(|resource| check(policy, viewer, *resource).is_ok()).collect()
    }

    /// Each line is a viewer with everything it may; what is not named it may not.
    #[test]
    fn every_cell_is_as_agreed() {
        use Resource::{
            CorporationPage, FleetOptimiser, OtherCharacter, OwnCharacter, PersonalProfiles, Public, SharedProfiles,
        };
        let cases: &[(&str, Viewer, &[Resource])] = &[
            ("guest", Viewer::Guest, &[Public]),
            ("signed in", pilot(0, 0, &[]), &[Public, OwnCharacter, PersonalProfiles]),
            ("active", pilot(20, 0, &[]), &[Public, OwnCharacter, OtherCharacter, PersonalProfiles, FleetOptimiser]),
            ("director", pilot(0, 0, &[Office::Director]), &ALL),
            ("CEO", pilot(0, 0, &[Office::Ceo]), &ALL),
            (
                "personnel manager",
                pilot(0, 0, &[Office::PersonnelManager]),
                &[Public, OwnCharacter, CorporationPage, PersonalProfiles],
            ),
            (
                "fitting manager",
                pilot(0, 0, &[Office::FittingManager]),
                &[Public, OwnCharacter, PersonalProfiles, SharedProfiles],
            ),
            (
                "both managers",
                pilot(0, 0, &[Office::PersonnelManager, Office::FittingManager]),
                &[Public, OwnCharacter, CorporationPage, PersonalProfiles, SharedProfiles],
            ),
            ("active and both managers", pilot(20, 0, &[Office::PersonnelManager, Office::FittingManager]), &ALL),
        ];
        for (name, viewer, wanted) in cases {
            assert_eq!(&allowed(Policy::Standard, viewer), wanted, "{name}");
        }
    }

    #[test]
    fn an_open_installation_hides_only_what_belongs_to_an_account() {
        let readable: Vec<_> =
            ALL.into_iter().filter(|it| !matches!(it, Resource::PersonalProfiles | Resource::SharedProfiles)).collect();
        assert_eq!(allowed(Policy::Open, &Viewer::Guest), readable);
        for viewer in [pilot(0, 0, &[]), pilot(20, 0, &[]), pilot(0, 0, &[Office::FittingManager])] {
            let standard = allowed(Policy::Standard, &viewer);
            let open = allowed(Policy::Open, &viewer);
            assert!(standard.iter().chain(&readable).all(|resource| open.contains(resource)), "{viewer:?}");
        }
    }

    #[test]
    fn activity_begins_at_the_bound() {
        for (own, corporation, is_active) in [(19, 49, false), (20, 0, true), (0, 50, true)] {
            let viewer = pilot(own, corporation, &[]);
            let answer = check(Policy::Standard, &viewer, Resource::OtherCharacter);
            assert_eq!(answer.is_ok(), is_active, "{own}, {corporation}");
        }
    }

    #[test]
    fn a_guest_is_asked_to_sign_in_and_a_pilot_is_not() {
        assert_eq!(check(Policy::Standard, &Viewer::Guest, Resource::CorporationPage), Err(Denied::SignIn));
        assert_eq!(check(Policy::Standard, &pilot(20, 0, &[]), Resource::CorporationPage), Err(Denied::NotYours));
    }

    #[test]
    fn any_character_of_the_account_is_ones_own() {
        let viewer = pilot(0, 0, &[]);
        assert_eq!(Resource::character(CharacterId(2), &viewer), Resource::OwnCharacter);
        assert_eq!(Resource::character(CharacterId(3), &viewer), Resource::OtherCharacter);
        assert_eq!(Resource::character(CharacterId(2), &Viewer::Guest), Resource::OtherCharacter);
    }
}
