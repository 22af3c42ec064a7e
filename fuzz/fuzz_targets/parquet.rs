#![no_main]

use std::panic::{catch_unwind, set_hook};
use std::process::abort;
use std::sync::Once;

static QUIET: Once = Once::new();

// The reader behind this panics on some damaged files, which protattn-io catches; the hook that is
// there would end the process before.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    QUIET.call_once(|| set_hook(Box::new(|_| {})));
    if catch_unwind(|| protattn_fuzz::run("parquet", data)).is_err() {
        abort();
    }
});
