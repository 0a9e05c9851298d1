//! Tests of the domain's public face, against real killmails and any killmail.

mod expected_mails;
mod tag_properties;
