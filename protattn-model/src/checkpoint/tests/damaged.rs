//! Damage anywhere is an error or other weights, and never more.

use std::fs;

use proptest::prelude::*;

use super::{contents, reference};
use crate::checkpoint::store::Store;

/// Whether the bytes are still read; if so, all tensors are.
fn survives(bytes: &[u8]) -> bool {
    Store::from_bytes(bytes)
        .and_then(|store| contents(&store))
        .is_ok()
}

#[test]
fn one_wrong_byte_anywhere_never_panics() {
    for file in ["views.bin", "views.legacy.bin", "old_views.legacy.bin"] {
        let mut bytes = fs::read(reference("checkpoints").join(file)).unwrap();
        assert!(survives(&bytes));
        let mut refused = 0;
        for position in 0..bytes.len() {
            let before = bytes[position];
            for byte in [0, b'9', 0xff] {
                bytes[position] = byte;
                refused += usize::from(!survives(&bytes));
            }
            bytes[position] = before;
        }
        assert!(refused > bytes.len() / 8, "{file}: {refused}");
    }
}

proptest! {
    #[test]
    fn several_wrong_bytes_never_panic(
        is_zip in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let file = if is_zip { "views.bin" } else { "views.legacy.bin" };
        let mut bytes = fs::read(reference("checkpoints").join(file)).unwrap();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        survives(&bytes);
    }
}
