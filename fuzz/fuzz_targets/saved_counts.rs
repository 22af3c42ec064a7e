#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| protattn_fuzz::run("saved_counts", data));
