//! Files of more than 4 GiB. They are made with holes and take a few kilobytes of disk.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::made::end_of_directory;
use crate::checkpoint::{Checkpoint, Fill, Weights};

/// Elements of the storage, 4 bytes each; its last is 1.5.
const ELEMENTS: u64 = (1 << 30) + 100;
const BYTES: u64 = 4 * ELEMENTS;

/// The pickle of a tensor of the last three elements of a storage.
fn state_dict() -> Vec<u8> {
    let storage = format!("(Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI{ELEMENTS}\ntQ");
    let offset = ELEMENTS - 3;
    format!("(Vx\nctorch._utils\n_rebuild_tensor\n({storage}I{offset}\n(I3\nt(I1\nttRd.")
        .into_bytes()
}

/// A file in a folder: `before`, the storage, `after`.
fn file(folder: &Path, before: &[u8], after: &[u8]) -> PathBuf {
    let path = folder.join("pytorch_model.bin");
    let mut file = File::create(&path).unwrap();
    file.write_all(before).unwrap();
    file.seek(SeekFrom::Current(BYTES as i64 - 4)).unwrap();
    file.write_all(&1.5_f32.to_le_bytes()).unwrap();
    file.write_all(after).unwrap();
    path
}

fn check(path: PathBuf) {
    let mut checkpoint = Checkpoint::open(&Weights::at(path)).unwrap();
    let values = checkpoint.vector("x", 3, Fill::Ones).unwrap();
    assert_eq!(values, [0.0, 0.0, 1.5]);
}

fn local(name: &str, content: &[u8]) -> Vec<u8> {
    let length = (name.len() as u16).to_le_bytes();
    [
        b"PK\x03\x04",
        &[0; 22][..],
        &length,
        &[0; 2],
        name.as_bytes(),
        content,
    ]
    .concat()
}

/// A record of the directory whose sizes and offset are in 64 bits.
fn central(name: &str, length: u64, offset: u64) -> Vec<u8> {
    let mut record = b"PK\x01\x02".to_vec();
    record.extend([0; 16]);
    record.extend([0xff; 8]);
    record.extend((name.len() as u16).to_le_bytes());
    record.extend(34_u16.to_le_bytes());
    record.extend([0; 10]);
    record.extend([0xff; 4]);
    record.extend(name.as_bytes());
    // A field of another kind, then the long ones.
    record.extend(b"FB\x02\x00ZZ\x01\x00\x18\x00");
    for number in [length, length, offset] {
        record.extend(number.to_le_bytes());
    }
    record
}

#[test]
fn an_archive_beyond_32_bits_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let pickle = state_dict();
    let before = local("a/data/0", b"");
    let offset = before.len() as u64 + BYTES;
    let after = local("a/data.pkl", &pickle);
    let directory = [
        central("a/data/0", BYTES, 0),
        central("a/data.pkl", pickle.len() as u64, offset),
    ]
    .concat();
    let end = offset + after.len() as u64;
    let end = end_of_directory(2, directory.len() as u64, end, true);
    check(file(
        folder.path(),
        &before,
        &[after, directory, end].concat(),
    ));
}

#[test]
fn a_file_of_the_old_format_beyond_32_bits_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let head = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.I1001\n.(Vlittle_endian\nI01\nd.";
    let count = ELEMENTS.to_le_bytes();
    let before = [&head[..], &state_dict(), b"(V0\nl.", &count].concat();
    check(file(folder.path(), &before, b""));
}
