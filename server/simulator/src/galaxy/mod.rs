//! The invented universe: who lives in it, what they fly, how they die and what it is worth.
//!
//! Pure: everything follows from the seed, the static data and the time passed in. Knows nothing of HTTP.

mod armoury;
pub mod directory;
mod doctrines;
pub mod fights;
pub mod fits;
pub mod losses;
pub mod names;
pub mod npcs;
mod plots;
pub mod population;
pub mod prices;
pub mod scenes;
pub mod ships;
pub mod universe;
pub mod zkb;
