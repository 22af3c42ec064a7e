//! A hash that is the same on every platform and in every version.

/// FNV-1a of 64 bits (Fowler, Noll and Vo). Of names and the like: it withstands nobody who
/// looks for two inputs with one hash.
///
/// ```
/// use protattn_io::hash::fnv1a;
///
/// assert_eq!(fnv1a([]), 0xcbf2_9ce4_8422_2325);
/// assert_eq!(fnv1a("foobar".bytes()), 0x8594_4171_f739_67e8);
/// ```
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let bytes = bytes.into_iter();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
