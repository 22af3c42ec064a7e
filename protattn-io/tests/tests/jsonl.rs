//! What is written is what is read.

use proptest::collection::vec;
use proptest::prelude::*;
use protattn_io::{Protein, jsonl};

use crate::any_protein::protein;

proptest! {
    #[test]
    fn writing_then_reading_is_identity(proteins in vec(protein(), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proteins.jsonl");
        let mut writer = jsonl::Writer::create(&path).unwrap();
        for protein in &proteins {
            writer.write(protein).unwrap();
        }
        writer.finish().unwrap();
        let again: Vec<Protein> = jsonl::Reader::open(&path).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(again, proteins);
    }

    #[test]
    fn any_bytes_are_an_answer(bytes in vec(any::<u8>(), 0..200)) {
        let records = jsonl::Reader::new(bytes.as_slice(), "bytes").count();
        prop_assert!(records <= bytes.len() + 1);
    }
}
