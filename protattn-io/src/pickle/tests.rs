#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::error::Problem;
use super::global::Global;
use super::*;

/// One record in protocols 0 to 5, by `tests/fixtures/pickle/make.py`.
const RECORDS: [&[u8]; 6] = [
    include_bytes!("../../tests/fixtures/pickle/protocol_0.pkl"),
    include_bytes!("../../tests/fixtures/pickle/protocol_1.pkl"),
    include_bytes!("../../tests/fixtures/pickle/protocol_2.pkl"),
    include_bytes!("../../tests/fixtures/pickle/protocol_3.pkl"),
    include_bytes!("../../tests/fixtures/pickle/protocol_4.pkl"),
    include_bytes!("../../tests/fixtures/pickle/protocol_5.pkl"),
];

fn check_record(bytes: &[u8], name: &str) {
    let pickle = read(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let get = |key: &str| {
        pickle
            .root()
            .get(key)
            .unwrap_or_else(|| panic!("{name}: no {key}"))
    };
    assert_eq!(pickle.root().keys().unwrap().count(), 18, "{name}");
    assert_eq!(get("id").text(), Some("1abc.A"), "{name}");
    assert_eq!(get("primary").text(), Some("ACDEF"), "{name}");
    for key in ["positions", "again"] {
        assert_eq!(
            get(key).ints(),
            Some(vec![-3, 5, 255, 256, 70000]),
            "{name} {key}"
        );
    }
    assert_eq!(get("tuple").ints(), Some(vec![1, 2]), "{name}");
    assert_eq!(get("long").int(), Some(-(1 << 40)), "{name}");
    assert_eq!(get("scalar").int(), Some(7), "{name}");
    assert_eq!(get("text").text(), Some("α\n\\"), "{name}");
    assert_eq!(get("nothing").kind(), "None", "{name}");
    assert_eq!(get("yes").flag(), Some(true), "{name}");
    assert_eq!(get("half").float(), Some(0.5), "{name}");
    let f4 = vec![1.5, -2.0, 3.25, 4.0, 5.0, 6.0];
    assert_eq!(get("f4").floats(), Some((&[2, 3][..], f4)), "{name}");
    let fortran = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    assert_eq!(
        get("fortran").floats(),
        Some((&[2, 3][..], fortran)),
        "{name}"
    );
    assert_eq!(get("big").ints(), Some(vec![1, -2, 70000]), "{name}");
    assert_eq!(
        get("mask").flags(),
        Some(vec![true, false, true, true, false]),
        "{name}"
    );
    assert_eq!(get("ss3").ints(), Some(vec![0, 1, 2, -1, 0]), "{name}");
    assert_eq!(get("i1").ints(), Some(vec![-1, 7]), "{name}");
    assert_eq!(get("u1").ints(), Some(vec![255, 7]), "{name}");
    assert_eq!(get("f4").ints(), None, "{name}");
}

#[test]
fn a_record_reads_the_same_in_every_protocol() {
    for (protocol, bytes) in RECORDS.iter().enumerate() {
        check_record(bytes, &format!("protocol {protocol}"));
    }
}

#[test]
fn arrays_of_numpy_1_have_other_module_names() {
    // In protocol 3 the names are lines, so that they can be exchanged.
    let new = b"numpy._core.multiarray";
    let mut bytes = RECORDS[3].to_vec();
    let found: Vec<usize> = (0..bytes.len() - new.len())
        .filter(|at| bytes[*at..].starts_with(new))
        .collect();
    assert!(!found.is_empty());
    for at in found.into_iter().rev() {
        bytes.remove(at + "numpy.".len());
    }
    check_record(&bytes, "numpy 1");
}

#[test]
fn a_record_cut_anywhere_is_an_error() {
    for bytes in RECORDS {
        for end in 0..bytes.len() {
            assert!(
                read(&bytes[..end]).is_err(),
                "{end} of {} bytes",
                bytes.len()
            );
        }
    }
}

fn problem(bytes: &[u8]) -> Problem {
    read(bytes).unwrap_err().problem
}

#[test]
fn nothing_is_called() {
    // Python 3.11: pickle.dumps of an object whose __reduce__ is (os.system, ("id",)), protocols 0, 2, 4.
    let pickles: [&[u8]; 3] = [
        b"cposix\nsystem\np0\n(Vid\np1\ntp2\nRp3\n.",
        b"\x80\x02cposix\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03.",
        b"\x80\x04\x95\x1d\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
    ];
    for pickle in pickles {
        assert_eq!(problem(pickle), Problem::Global("posix.system".into()));
    }
    let message = read(b"\x80\x02cos\nsystem\nq\x00.")
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "the pickle at byte 2 asks for `os.system`; only plain data, arrays and tensors are read"
    );
    for global in [
        "builtins.eval",
        "numpy.load",
        "copy_reg._reconstructor",
        "collections.defaultdict",
        "torch.ComplexFloatStorage",
        "torch._utils._rebuild_qtensor",
    ] {
        let (module, name) = global.rsplit_once('.').unwrap();
        let bytes = format!("c{module}\n{name}\n.");
        assert_eq!(problem(bytes.as_bytes()), Problem::Global(global.into()));
    }
}

/// A storage of 24 single-precision numbers; `part` is the sixth item of its persistent id.
fn storage(part: &str) -> String {
    format!("(Vstorage\nctorch\nFloatStorage\nV7\nVcpu\nI24\n{part}tQ")
}

fn tuple(sizes: &[i64]) -> String {
    let items: String = sizes.iter().map(|size| format!("I{size}\n")).collect();
    format!("({items}t")
}

/// A pickle of one tensor over a storage, as PyTorch calls for it.
fn tensor(storage: &str, offset: i64, shape: &[i64], strides: &[i64]) -> Vec<u8> {
    let (shape, strides) = (tuple(shape), tuple(strides));
    format!(
        "ctorch._utils\n_rebuild_tensor_v2\n({storage}I{offset}\n{shape}{strides}I00\n\
         ccollections\nOrderedDict\n(tRtR."
    )
    .into_bytes()
}

#[test]
fn tensors_are_described() {
    let bytes = tensor(&storage(""), 4, &[3, 4], &[1, 5]);
    let pickle = read(&bytes).unwrap();
    let expected = Tensor {
        storage: Storage {
            key: "7",
            element: Element::F32,
            len: 24,
        },
        offset: 4,
        shape: vec![3, 4],
        strides: vec![1, 5],
    };
    assert_eq!(pickle.root().tensor(), Some(expected.clone()));
    assert_eq!(pickle.root().kind(), "a tensor");
    assert_eq!(pickle.storages().collect::<Vec<_>>(), [expected.storage]);
    assert_eq!(pickle.root().ints(), None);

    // In the format before PyTorch 1.6 a storage can be a part of another: 20 elements from 2 on.
    for (part, offset) in [("N", 2), ("(Vv\nI2\nI20\nt", 4)] {
        let bytes = tensor(&storage(part), 2, &[3, 4], &[1, 5]);
        let tensor = read(&bytes).unwrap().root().tensor().map(|t| t.offset);
        assert_eq!(tensor, Some(offset));
    }
    // A parameter is its tensor, and so is one of no axes.
    let mut bytes = b"ctorch._utils\n_rebuild_parameter\n(".to_vec();
    bytes.extend(tensor(&storage(""), 23, &[], &[]));
    bytes.pop();
    bytes.extend(b"I01\nNtR.");
    let pickle = read(&bytes).unwrap();
    let scalar = pickle.root().tensor().unwrap();
    assert_eq!((scalar.offset, scalar.shape), (23, vec![]));
}

#[test]
fn tensors_that_do_not_fit_their_storage_are_refused() {
    let fits = |offset, shape: &[i64], strides: &[i64]| {
        read(&tensor(&storage(""), offset, shape, strides)).is_ok()
    };
    assert!(fits(0, &[24], &[1]) && fits(0, &[4, 6], &[1, 4]) && fits(23, &[1, 1], &[99, 99]));
    assert!(fits(24, &[0, 5], &[5, 1]));
    for (offset, shape, strides) in [
        (0, &[25][..], &[1][..]),
        (1, &[24], &[1]),
        (24, &[1], &[1]),
        (25, &[0], &[1]),
        (0, &[2, 2], &[23, 1]),
        (0, &[2], &[1, 1]),
        (0, &[5, 5], &[1, 1]),
        // 10¹² elements, all of them the first; 2⁶⁴ of them; and strides beyond everything.
        (0, &[1_000_000, 1_000_000], &[0, 0]),
        (0, &[1 << 32, 1 << 32], &[0, 0]),
        (0, &[3, 3], &[i64::MAX, i64::MAX]),
        (i64::MAX, &[2], &[i64::MAX]),
    ] {
        let bytes = tensor(&storage(""), offset, shape, strides);
        assert!(
            matches!(problem(&bytes), Problem::Tensor(_)),
            "{offset} {shape:?} {strides:?}"
        );
    }
    for (offset, shape, strides) in [(-1, [2], [1]), (0, [-2], [1]), (0, [2], [-1])] {
        let bytes = tensor(&storage(""), offset, &shape, &strides);
        assert!(matches!(problem(&bytes), Problem::Size(-2..0)));
    }
    for part in ["(Vv\nI5\nI20\nt", "(Vv\nI9223372036854775807\nI2\nt"] {
        let bytes = tensor(&storage(part), 0, &[1], &[1]);
        assert!(matches!(problem(&bytes), Problem::Tensor(_)));
    }
    let bytes = tensor(&storage(""), 0, &[5, 5], &[5, 1]);
    assert_eq!(
        read(&bytes).unwrap_err().to_string(),
        "the pickle at byte 130 describes a tensor that cannot be read: shape [5, 5] with strides \
         [5, 1] from element 0 on does not fit a storage of 24 elements"
    );
}

#[test]
fn persistent_ids_are_storages_or_nothing() {
    assert!(matches!(problem(b"P7\n."), Problem::Type { .. }));
    assert!(matches!(problem(b"I7\nQ."), Problem::Type { .. }));
    assert!(matches!(problem(b")Q."), Problem::Tensor(_)));
    let module = storage("").replace("Vstorage", "Vmodule");
    assert!(matches!(
        problem(module.as_bytes()),
        Problem::Type {
            expected: "the class of a storage",
            ..
        }
    ));
    let class = storage("").replace("ctorch\nFloatStorage\n", "cnumpy\nndarray\n");
    assert!(matches!(problem(class.as_bytes()), Problem::Type { .. }));
    let negative = storage("").replace("I24", "I-24");
    assert_eq!(problem(negative.as_bytes()), Problem::Size(-24));
}

#[test]
fn an_ordered_dict_is_a_dict_and_loses_its_attributes() {
    // Python 3.11, protocol 2: an OrderedDict with one item and an attribute `_metadata`.
    let bytes = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00aq\x02K\x01s\
        }q\x03X\x09\x00\x00\x00_metadataq\x04}sb.";
    let pickle = read(bytes).unwrap();
    let entries: Vec<_> = pickle.root().entries().unwrap().collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].0.text(), entries[0].1.int()),
        (Some("a"), Some(1))
    );
    assert_eq!(
        problem(b"ccollections\nOrderedDict\n((ltR."),
        Problem::Call {
            function: Global::OrderedDict,
            arguments: 1
        }
    );
}

#[test]
fn several_pickles_follow_each_other() {
    let bytes = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.rest";
    let magic = read(bytes).unwrap();
    assert_eq!(
        magic.root().long_int(),
        Some(&b"l\xfc\x9cF\xf9 j\xa8P\x19"[..])
    );
    assert_eq!(magic.root().int(), None);
    let version = read(&bytes[magic.end()..]).unwrap();
    assert_eq!(version.root().int(), Some(1001));
    assert_eq!(&bytes[magic.end() + version.end()..], b"rest");
}

#[test]
fn announced_sizes_are_checked_before_memory_is_taken() {
    assert_eq!(
        problem(b"B\xff\xff\xff\xffAC."),
        Problem::Truncated {
            needed: u32::MAX.into(),
            left: 3
        }
    );
    assert_eq!(
        problem(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff."),
        Problem::Truncated {
            needed: u64::MAX,
            left: 1
        }
    );
    // An array of 2^62 elements with one byte of data.
    let array = b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R\
        (K\x01\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x40\x85cnumpy\ndtype\nX\x02\x00\x00\x00f8K\x00K\x01\x87R\
        \x89C\x01xtb.";
    assert!(matches!(problem(array), Problem::Array(_)));
}

#[test]
fn nesting_is_limited_where_it_is_open_and_harmless_where_it_is_closed() {
    let open = b"(".repeat(MAX_DEPTH + 1);
    assert_eq!(
        problem(&open),
        Problem::Limit {
            what: "open collections",
            limit: MAX_DEPTH
        }
    );
    let mut tuples = b"N".to_vec();
    tuples.extend(b"\x85".repeat(1_000_000));
    tuples.push(b'.');
    assert_eq!(read(&tuples).unwrap().root().kind(), "a tuple");
    // A list that holds itself.
    let cycle = read(b"]q\x00h\x00a.").unwrap();
    assert_eq!(cycle.root().ints(), None);
}

#[test]
fn values_are_limited() {
    let mut many = b"N0".repeat(MAX_VALUES + 1);
    many.push(b'.');
    assert_eq!(
        problem(&many),
        Problem::Limit {
            what: "values",
            limit: MAX_VALUES
        }
    );
    // Encoding one long text again and again would multiply it.
    let mut pickle = b"c_codecs\nencode\nq\x00X\xe8\x03\x00\x00".to_vec();
    pickle.extend(b"A".repeat(1000));
    pickle.extend(b"X\x06\x00\x00\x00latin1\x86q\x01R");
    pickle.extend(b"h\x00h\x01R".repeat(100));
    pickle.push(b'.');
    assert!(matches!(
        problem(&pickle),
        Problem::Limit {
            what: "bytes of encoded text",
            ..
        }
    ));
}

#[test]
fn what_makes_no_sense_is_refused() {
    assert_eq!(problem(b"."), Problem::StackUnderflow);
    assert_eq!(problem(b"N(a."), Problem::StackUnderflow);
    assert_eq!(
        problem(b"N(\x85."),
        Problem::StackUnderflow,
        "a tuple cannot reach below the mark"
    );
    assert_eq!(
        problem(b"(K\x01d."),
        Problem::StackUnderflow,
        "a key without a value"
    );
    assert_eq!(problem(b"h\x07."), Problem::Memo(7));
    assert_eq!(
        problem(b"K\x01K\x02a."),
        Problem::Type {
            expected: "a list",
            found: "a whole number"
        }
    );
    assert_eq!(
        problem(b"K\x01)R."),
        Problem::Type {
            expected: "a function",
            found: "a whole number"
        }
    );
    assert_eq!(
        problem(b"])b."),
        Problem::Type {
            expected: "an unfinished array",
            found: "a list"
        }
    );
    assert_eq!(problem(b"X\x01\x00\x00\x00\xff."), Problem::Utf8);
    let dtype = b"cnumpy\ndtype\nX\x02\x00\x00\x00O8K\x00K\x01\x87R.";
    assert_eq!(
        problem(dtype),
        Problem::Array("elements of type \"O8\"".into())
    );
}

proptest! {
    /// Whatever the bytes are, there is an answer.
    #[test]
    fn a_damaged_record_never_panics(
        protocol in 0..RECORDS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = RECORDS[protocol].to_vec();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(pickle) = read(&bytes) {
            for key in ["id", "f4", "fortran", "big", "mask", "ss3"] {
                let Some(value) = pickle.root().get(key) else { continue };
                prop_assert!(value.ints().is_none() || value.floats().is_none());
                prop_assert!(value.flags().is_none() || value.text().is_none());
            }
        }
    }
}
