//! Tests of the domain's public face, against real killmails and any killmail.

#![allow(clippy::disallowed_methods, reason = "tests run by the machine's time, and start what they need")]

mod expected_mails;
mod tag_properties;
