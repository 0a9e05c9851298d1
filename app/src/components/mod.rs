//! Parts of pages. They show what they are given and fetch nothing, but for the two search boxes.

#![allow(clippy::needless_pass_by_value, reason = "components own their props")]

pub mod activity_chart;
pub mod attacker_list;
pub mod combobox;
pub mod copy_button;
pub mod data_table;
pub mod dom;
pub mod error_panel;
pub mod facts;
pub mod fate;
pub mod feed_pill;
pub mod figure;
pub mod filter_bar;
pub mod filter_link;
pub mod fit_number;
pub mod fit_panel;
pub mod fitting_wheel;
pub mod histogram;
pub mod icon;
pub mod isk;
pub mod item_list;
pub mod kill_kind;
pub mod kill_list;
pub mod kill_row;
pub mod layout;
pub mod meta_group;
pub mod order;
pub mod palette;
pub mod party;
pub mod preferences;
pub mod price;
pub mod rank_bar;
pub mod search_box;
pub mod security;
pub mod sparkline;
pub mod state_shape;
pub mod tag_words;
pub mod tiles;
pub mod time;
pub mod type_image;
pub mod value_tiles;
