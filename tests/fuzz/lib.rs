//! What the targets share: how their input is changed.

/// Changes JSON as JSON most of the time, and its bytes otherwise.
pub fn change(data: &mut [u8], size: usize, size_max: usize, seed: u32) -> usize {
    match duplex_tests::fuzz::shape::changed(&data[..size], seed) {
        Some(changed) if changed.len() <= size_max => {
            data[..changed.len()].copy_from_slice(&changed);
            changed.len()
        }
        Some(_) | None => libfuzzer_sys::fuzzer_mutate(data, size, size_max),
    }
}
