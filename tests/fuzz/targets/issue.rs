#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| duplex_tests::fuzz::issue::check(input));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, size_max: usize, seed: u32| {
    duplex_fuzz::change(data, size, size_max, seed)
});
