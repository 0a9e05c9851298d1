//! Identity of this server process.

use rand::Rng;

/// A random word of 8 hexadecimal digits; new at every start, since sequence numbers start anew with it.
pub fn new_id() -> String {
    format!("{:08x}", rand::rng().random::<u32>())
}
