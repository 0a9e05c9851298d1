//! Parts of pages. They show what they are given and fetch nothing, but for the two search boxes.

#![allow(clippy::needless_pass_by_value, reason = "components own their props")]

// --- shared primitives and the live page
pub mod dom;
pub mod error_panel;
pub mod feed_pill;
pub mod filter_bar;
pub mod filter_link;
pub mod fit_number;
pub mod icon;
pub mod isk;
pub mod kill_kind;
pub mod kill_list;
pub mod kill_row;
pub mod layout;
pub mod order;
pub mod palette;
pub mod party;
pub mod preferences;
pub mod search_box;
pub mod security;
pub mod sparkline;
pub mod tag_words;
pub mod time;
pub mod type_image;

// --- the kill, place, ship, status and search pages
pub mod activity_chart;
pub mod attacker_list;
pub mod copy_button;
pub mod fate;
pub mod fit_panel;
pub mod fitting_wheel;
pub mod histogram;
pub mod item_list;
pub mod meta_group;
pub mod price;
pub mod rank_bar;
pub mod value_tiles;
