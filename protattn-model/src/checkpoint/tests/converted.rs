//! What `convert` writes.

use std::fs;
use std::path::Path;

use super::made::{Zip, state_dict};
use super::{read, reference};
use crate::checkpoint::{Converted, IfExists, convert};
use crate::error::Error;

fn converted(input: &Path, output: &Path) -> Converted {
    let converted = convert(input, output, IfExists::Fail).unwrap();
    let bytes = fs::read(&converted.path).unwrap();
    assert_eq!(converted.bytes, bytes.len() as u64);
    let file = ::safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.len(), converted.tensors);
    assert_eq!(converted.dtypes.values().sum::<usize>(), converted.tensors);
    for (name, tensor) in file.iter() {
        let size = tensor.dtype().bitsize() / 8;
        let offset = tensor.data().as_ptr() as usize - bytes.as_ptr() as usize;
        assert_eq!(offset % size, 0, "{name} is not aligned");
    }
    let (_, header) = ::safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header.metadata().as_ref().unwrap()["format"], "pt");
    converted
}

#[test]
fn every_format_becomes_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    for (input, same) in [
        ("albert/model.safetensors", "albert/model.safetensors"),
        ("albert/pytorch_model.bin", "albert/model.safetensors"),
        (
            "albert/pytorch_model.legacy.bin",
            "albert/model.safetensors",
        ),
        ("checkpoints/views.bin", "checkpoints/views.safetensors"),
        (
            "checkpoints/views.legacy.bin",
            "checkpoints/views.safetensors",
        ),
        (
            "checkpoints/sharded_bin",
            "checkpoints/sharded_f16/model.safetensors.index.json",
        ),
        (
            "checkpoints/sharded_f16",
            "checkpoints/sharded_f16/model.safetensors.index.json",
        ),
    ] {
        let output = folder
            .path()
            .join(format!("{}.st", input.replace('/', "_")));
        let converted = converted(&reference(input), &output);
        assert_eq!(converted.path, output);
        assert!(
            read(&output).unwrap() == read(reference(same)).unwrap(),
            "{input}"
        );
    }
    let [a, b] = [
        "albert_pytorch_model.bin.st",
        "albert_pytorch_model.legacy.bin.st",
    ]
    .map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(a == b);
    let n_files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(n_files, 7, "no temporary file is left");
}

#[test]
fn number_formats_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let converted = converted(&reference("checkpoints/views.bin"), folder.path());
    assert_eq!(converted.path, folder.path().join("model.safetensors"));
    let counts: Vec<_> = converted
        .dtypes
        .iter()
        .map(|(dtype, count)| format!("{dtype} {count}"))
        .collect();
    assert_eq!(
        counts,
        [
            "BOOL 1", "U8 1", "I8 1", "I16 1", "F16 2", "BF16 1", "I32 1", "F32 8", "F64 1",
            "I64 1"
        ]
    );
}

#[test]
fn a_file_is_replaced_only_if_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    fs::write(&path, "mine").unwrap();
    let input = reference("checkpoints/views.bin");
    let error = convert(&input, folder.path(), IfExists::Fail).unwrap_err();
    assert!(
        matches!(&error, Error::Exists { path: found } if *found == path),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    convert(&input, &path, IfExists::Replace).unwrap();
    // Its own input can be replaced too.
    convert(folder.path(), folder.path(), IfExists::Replace).unwrap();
    assert_eq!(read(&path).unwrap(), read(input).unwrap());
}

#[test]
fn what_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.safetensors");
    // A hundred tensors of 80 kB share one storage.
    let tensor = "(Vstorage\nctorch\nDoubleStorage\nV0\nVcpu\nI10000\ntQI0\n(I10000\nt(I1\nt";
    let many: String = (0..100)
        .map(|n| format!("V{n}\nctorch._utils\n_rebuild_tensor\n({tensor}tR"))
        .collect();
    let many = Zip::default()
        .entry("a/data.pkl", format!("({many}d.").as_bytes())
        .entry("a/data/0", &[0; 80_000])
        .bytes();
    let reserved = Zip::default()
        .entry(
            "a/data.pkl",
            &state_dict("__metadata__", 6, &[2, 3], &[3, 1]),
        )
        .entry("a/data/0", &[0; 24])
        .bytes();
    for (bytes, expected) in [
        (many, "the tensors would take more than 8 times the "),
        (reserved, "no tensor can have the name `__metadata__`"),
    ] {
        let input = folder.path().join("in.bin");
        fs::write(&input, bytes).unwrap();
        match convert(&input, &output, IfExists::Fail).unwrap_err() {
            Error::Write { source, .. } => {
                assert!(source.to_string().starts_with(expected), "{source}");
            }
            other => panic!("{other}"),
        }
    }
    let nowhere = folder.path().join("no/where.safetensors");
    let error = convert(reference("albert"), nowhere, IfExists::Fail).unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error}");
    let missing = convert(folder.path().join("none"), &output, IfExists::Fail).unwrap_err();
    assert!(matches!(missing, Error::Io { .. }), "{missing}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
