//! What the fuzzer found worth keeping is tried again: `tests/fuzz/corpus/`, a folder per target.

use duplex_tests::fuzz::{Check, TARGETS};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The corpus is part of every clone: small before complete.
const FILES_MAX: usize = 400;
const BYTES_MAX: usize = 1024 * 1024;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn names(name: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(name)).expect("a readable folder").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let dir = format!("corpus/{target}");
    let read = |name: String| {
        let bytes = fs::read(folder(&dir).join(&name)).expect("a readable file");
        (format!("{dir}/{name}"), bytes)
    };
    names(&dir).into_iter().map(read).collect()
}

/// Every input of a target, and of all the others: what is odd for one is odd for another.
fn replay(target: &str, check: Check) {
    assert!(!inputs(target).is_empty(), "no corpus for {target}: the test looks at nothing");
    for (name, bytes) in TARGETS.iter().flat_map(|(target, _)| inputs(target)) {
        // A panic says what does not hold; this says for which input.
        let held = std::panic::catch_unwind(|| check(&bytes));
        assert!(held.is_ok(), "{target}: {name}");
    }
}

#[test]
fn the_corpus_holds() {
    TARGETS.iter().for_each(|(target, check)| replay(target, *check));
}

#[test]
fn every_target_has_its_binary_and_its_corpus() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let binaries = names("targets").iter().map(|file| file.trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(targets, binaries);
    assert_eq!(targets, names("corpus"));
}

#[test]
fn the_corpus_is_small() {
    let all: Vec<_> = TARGETS.iter().flat_map(|(target, _)| inputs(target)).collect();
    let bytes: usize = all.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(all.len() <= FILES_MAX && bytes <= BYTES_MAX, "{} files, {bytes} bytes", all.len());
}
