#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| duplex_tests::fuzz::qsh::check(input));
