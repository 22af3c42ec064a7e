//! Files that lie.

use std::fs;

use super::made::{Entry, Zip, state_dict};
use super::{contents, error, reasons, reference};
use crate::checkpoint::store::Store;
use crate::error::Error;

const STORAGE: [u8; 24] = [0; 24];

fn valid_pickle() -> Vec<u8> {
    state_dict("x", 6, &[2, 3], &[3, 1])
}

/// The archive of one tensor, its two entries as the directory has them changed.
fn archive(state: impl Fn(&mut Entry), storage: impl Fn(&mut Entry)) -> Vec<u8> {
    Zip::default()
        .changed("a/data.pkl", &valid_pickle(), state)
        .changed("a/data/0", &STORAGE, storage)
        .bytes()
}

fn unchanged(_: &mut Entry) {}

fn with_pickle(pickle: &[u8]) -> Vec<u8> {
    Zip::default()
        .entry("a/data.pkl", pickle)
        .entry("a/data/0", &STORAGE)
        .bytes()
}

/// A file of the format before PyTorch 1.6 with these state dict, list of keys and storages.
fn legacy(state: &[u8], keys: &str, storages: &[u8]) -> Vec<u8> {
    let head = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.I1001\n.(Vlittle_endian\nI01\nd.";
    [&head[..], state, keys.as_bytes(), storages].concat()
}

fn storage(count: u64) -> Vec<u8> {
    [&count.to_le_bytes()[..], &STORAGE].concat()
}

#[test]
fn what_is_made_here_is_valid() {
    for bytes in [
        archive(unchanged, unchanged),
        legacy(&valid_pickle(), "(V0\nl.", &storage(6)),
        Zip::long()
            .entry("b/data/0", &STORAGE)
            .entry("b/byteorder", b"little")
            .entry("b/data.pkl", &valid_pickle())
            .bytes(),
    ] {
        let store = Store::from_bytes(&bytes).unwrap();
        let contents = contents(&store).unwrap();
        assert_eq!(contents["x"].1, [2, 3]);
        assert_eq!(contents["x"].2, STORAGE);
    }
}

#[test]
fn no_code_is_run() {
    let pickle = b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00exittR.";
    for (bytes, begin) in [(with_pickle(pickle), 40), (legacy(pickle, "(l.", b""), 44)] {
        assert_eq!(
            reasons(&bytes),
            format!(
                "the pickle that begins at byte {begin} cannot be read: the pickle at byte 2 asks \
                 for `os.system`; only plain data, arrays and tensors are read"
            )
        );
    }
}

#[test]
fn a_tensor_larger_than_its_storage_is_refused() {
    let million = 1_000_000;
    for (elements, strides) in [
        (6, [million, 1]),
        (6, [0, 0]),
        (million * million, [million, 1]),
    ] {
        let pickle = state_dict("x", elements, &[million, million], &strides);
        for bytes in [
            with_pickle(&pickle),
            legacy(&pickle, "(V0\nl.", &storage(6)),
            legacy(&pickle, "(V0\nl.", &storage(million * million)),
        ] {
            let reasons = reasons(&bytes);
            assert!(
                reasons.contains("does not fit a storage of 6 elements")
                    || reasons.contains("its storage `0` has 24 bytes, not 1000000000000 elements")
                    || reasons.starts_with("claims 1000000000000 elements for the storage `0`"),
                "{reasons}"
            );
        }
    }
}

#[test]
fn compressed_entries_are_refused_by_name() {
    let bomb = |entry: &mut Entry| {
        entry.method = 8;
        entry.length = u32::MAX - 1;
    };
    let expected = "has a compressed entry `a/data/0` (method 8); PyTorch compresses nothing";
    assert_eq!(reasons(&archive(unchanged, bomb)), expected);
    let expected = "has a compressed entry `a/data.pkl` (method 8); PyTorch compresses nothing";
    assert_eq!(reasons(&archive(bomb, unchanged)), expected);
    let lying = |entry: &mut Entry| entry.length = 25;
    assert!(reasons(&archive(unchanged, lying)).starts_with("has a compressed entry `a/data/0`"));
    let encrypted = |entry: &mut Entry| entry.flags |= 1;
    let expected = "has an encrypted entry `a/data/0`";
    assert_eq!(reasons(&archive(unchanged, encrypted)), expected);
}

#[test]
fn entries_that_overlap_or_are_not_there_are_refused() {
    let longer = |by: u32| {
        move |entry: &mut Entry| {
            entry.length += by;
            entry.compressed += by;
        }
    };
    // Into the next entry, into the directory, and as far as 32 bits reach.
    let expected = "has an entry `a/data/0` that overlaps what is not its own";
    assert_eq!(reasons(&archive(longer(1), unchanged)), expected);
    assert_eq!(reasons(&archive(unchanged, longer(1))), expected);
    assert_eq!(
        reasons(&archive(unchanged, longer(u32::MAX - 25))),
        expected
    );
    let elsewhere = |entry: &mut Entry| entry.shift = 1;
    let expected = "has no entry `a/data/0` where its directory says it is";
    assert_eq!(reasons(&archive(unchanged, elsewhere)), expected);
    let outside = |entry: &mut Entry| entry.shift = 1 << 30;
    assert!(reasons(&archive(unchanged, outside)).contains("it is truncated"));
    let twice = Zip::default()
        .entry("a/data.pkl", &valid_pickle())
        .entry("a/data/0", &STORAGE)
        .entry("a/data/0", &STORAGE);
    assert_eq!(
        reasons(&twice.bytes()),
        "has two entries of the name `a/data/0`"
    );
}

#[test]
fn a_directory_that_lies_is_refused() {
    let valid = archive(unchanged, unchanged);
    let end = valid.len() - 22;
    let changed = |at: usize, bytes: &[u8]| {
        let mut changed = valid.clone();
        changed[end + at..end + at + bytes.len()].copy_from_slice(bytes);
        reasons(&changed)
    };
    assert!(changed(10, &[0xfe, 0xff]).contains("claims 65534 entries in a directory of"));
    assert!(changed(10, &[3, 0]).contains("claims 3 entries in a directory of"));
    let malformed = "is a zip archive whose entry 1 is malformed";
    assert_eq!(changed(16, &[0; 4]), malformed);
    let misplaced = "is a zip archive whose directory is not where it should be";
    assert_eq!(changed(12, &0x7fff_ffff_u32.to_le_bytes()), misplaced);
    assert_eq!(changed(16, &(valid.len() as u32).to_le_bytes()), misplaced);
    let no_end = "is a zip archive without its directory; it is truncated";
    assert_eq!(changed(20, &[1, 0]), no_end);
    assert_eq!(changed(0, b"PK\x05\x07"), no_end);
    let no_long_end = "is a large zip archive without the end of a large one";
    assert_eq!(changed(16, &[0xff; 4]), no_long_end);

    let mut long = Zip::long().entry("a/data.pkl", &valid_pickle()).bytes();
    let at = long.len() - 22 - 12;
    long[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(reasons(&long).ends_with("it is truncated"));
    let at = at - 8 - 8;
    long[at + 8..at + 16].copy_from_slice(b"PK\x06\x07\0\0\0\0");
    long[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    let end = long.len() - 22 - 20 - 56;
    let locator = long.len() - 22 - 12;
    long[locator..locator + 8].copy_from_slice(&(end as u64).to_le_bytes());
    assert_eq!(reasons(&long), misplaced);
}

#[test]
fn an_archive_that_is_no_checkpoint_is_named() {
    let zip = Zip::default().entry("a/code/x.py", b"import os");
    assert_eq!(
        reasons(&zip.bytes()),
        "is a zip archive without `data.pkl`, not a checkpoint"
    );
    let zip = zip.entry("a/data.pkl", b"").entry("b/data.pkl", b"");
    assert_eq!(
        reasons(&zip.bytes()),
        "is a zip archive with several `data.pkl`"
    );
    let zip = Zip::default()
        .entry("a/data.pkl", &valid_pickle())
        .entry("a/byteorder", b"big");
    assert_eq!(
        reasons(&zip.bytes()),
        "has the byte order `big`, only `little` is read"
    );
    assert_eq!(
        reasons(&with_pickle(b"(I1\nl.")),
        "holds a list, not a dict of tensors"
    );
    assert_eq!(
        reasons(&with_pickle(b"(Vmodel\n(dVepoch\nI3\nd.")),
        "holds a dict without tensors, its keys: model, epoch; expected the state dict of a model"
    );
    let twice = valid_pickle();
    let twice = [&twice[..twice.len() - 2], &twice[1..]].concat();
    assert_eq!(
        reasons(&with_pickle(&twice)),
        "holds two tensors of the name `x`"
    );
    let nameless = String::from_utf8(valid_pickle())
        .unwrap()
        .replace("(Vx\n", "(I7\n");
    assert_eq!(
        reasons(&with_pickle(nameless.as_bytes())),
        "holds a tensor whose name is a whole number"
    );
}

#[test]
fn storages_that_do_not_fit_are_refused() {
    let no_storage = Zip::default().entry("a/data.pkl", &valid_pickle());
    let missing = "tensor `x`: its storage `0` is not in the file";
    assert_eq!(reasons(&no_storage.bytes()), missing);
    let short = "tensor `x`: its storage `0` has 20 bytes, not 6 elements of F32";
    assert_eq!(
        reasons(&no_storage.entry("a/data/0", &STORAGE[4..]).bytes()),
        short
    );

    let pickle = valid_pickle();
    assert_eq!(reasons(&legacy(&pickle, "(l.", b"")), missing);
    let five = legacy(&pickle, "(V0\nl.", &storage(5));
    assert_eq!(reasons(&five), short);
    for count in [7, 1 << 40, 1 << 62, u64::MAX] {
        let reasons = reasons(&legacy(&pickle, "(V0\nl.", &storage(count)));
        let expected = format!("claims {count} elements for the storage `0` at byte ");
        assert!(reasons.starts_with(&expected), "{reasons}");
    }
    let unknown = "holds the storage `1`, which it does not describe";
    assert_eq!(reasons(&legacy(&pickle, "(V1\nl.", &storage(6))), unknown);
    let both = [storage(6), storage(6)].concat();
    let twice = "holds the storage `0` twice";
    assert_eq!(reasons(&legacy(&pickle, "(V0\nV0\nl.", &both)), twice);
    let no_list = "has no list of its storages";
    assert_eq!(reasons(&legacy(&pickle, "I0\n.", &both)), no_list);
    let two_sizes = [
        b"(",
        &pickle[1..pickle.len() - 2],
        b"Vy\n(Vstorage\nctorch\nHalfStorage\nV0\nVcpu\nI12\ntQd.",
    ]
    .concat();
    let expected = "has elements of two sizes in the storage `0`";
    assert_eq!(reasons(&legacy(&two_sizes, "(V0\nl.", &both)), expected);
}

#[test]
fn the_head_of_the_old_format_is_checked() {
    let valid = legacy(&valid_pickle(), "(V0\nl.", &storage(6));
    let valid = valid.as_slice();
    let replaced = |from: &[u8], to: &[u8]| {
        let at = valid
            .windows(from.len())
            .position(|bytes| bytes == from)
            .unwrap();
        reasons(&[&valid[..at], to, &valid[at + from.len()..]].concat())
    };
    assert_eq!(
        replaced(b"I1001", b"I1002"),
        "is of another version of PyTorch's format than 1001"
    );
    let big = "is not said to be little-endian, as it must be to be read";
    assert_eq!(replaced(b"I01", b"I00"), big);
    assert_eq!(replaced(b"little", b"middle"), big);
    assert_eq!(
        replaced(b"\x80\x02\x8a\nl", b"\x80\x02C\nl"),
        "does not begin with the magic number of PyTorch"
    );
}

#[test]
fn a_pointer_to_a_large_file_is_recognised() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1684\n";
    assert!(reasons(pointer).ends_with("run `git lfs pull` in its folder"));
}

#[test]
fn a_file_cut_at_any_hundredth_is_an_error() {
    for file in [
        "model.safetensors",
        "pytorch_model.bin",
        "pytorch_model.legacy.bin",
    ] {
        let bytes = fs::read(reference("albert").join(file)).unwrap();
        for hundredth in 0..100 {
            match error(&bytes[..bytes.len() * hundredth / 100]) {
                Error::Pickle { .. } => assert!(file.contains("legacy")),
                error => assert!(error.to_string().contains("truncated"), "{error}"),
            }
        }
    }
}
