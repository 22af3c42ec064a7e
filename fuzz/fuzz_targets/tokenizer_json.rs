#![no_main]

libfuzzer_sys::fuzz_target!(
    init: {
        // The library that reads these panics at some, which the crate makes an error; libFuzzer's
        // hook would end the run. A panic that leaves the target still does.
        drop(std::panic::take_hook());
        std::panic::set_hook(Box::new(|_| ()));
    },
    |data: &[u8]| protattn_fuzz::run("tokenizer_json", data)
);
