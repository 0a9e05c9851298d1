//! Small deterministic mixing of numbers: every invented value that must be the same on each request comes from here.

/// SplitMix64's finaliser over a pair.
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in `0.0..1.0`.
pub fn unit(a: u64, b: u64) -> f64 {
    (mix(a, b) >> 11) as f64 / (1_u64 << 53) as f64
}

/// 40 hexadecimal digits, the shape of a killmail hash.
pub fn killmail_hash(seed: u64, killmail_id: i64) -> String {
    let id = killmail_id as u64;
    let (a, b, c) = (mix(seed, id), mix(seed ^ 1, id), mix(seed ^ 2, id) >> 32);
    format!("{a:016x}{b:016x}{c:08x}")
}

/// FNV-1a, for validators of response bodies.
pub fn of_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_have_the_shape_of_killmail_hashes() {
        let hash = killmail_hash(1, 130_000_001);
        assert_eq!(hash.len(), 40);
        assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(hash, killmail_hash(1, 130_000_001));
        assert_ne!(hash, killmail_hash(2, 130_000_001));
    }
}
