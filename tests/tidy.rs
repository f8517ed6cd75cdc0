//! The house rules that a compiler does not know: imports run one way, `core` asks nobody for time, chance or the
//! outside, and the project names no registry.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_path_buf()
}

/// All files below `dir` that end in `ending`, with their text, build output left out.
fn files(dir: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(dir)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).expect("a readable folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !(name.starts_with("target") || name == "node_modules" || name == ".git") {
                    open.push(path);
                }
            } else if name.ends_with(ending) {
                let text = fs::read_to_string(&path).expect("a text file");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no *{ending} below {dir}: the rule looks at nothing");
    found
}

/// Says in which line of which file below `dir` a word stands that does not belong there.
fn none_of(dir: &str, words: &[&str]) {
    let mut wrong = Vec::new();
    for (path, text) in files(dir, ".rs") {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in words.iter().filter(|word| code.contains(**word)) {
                wrong.push(format!("{}:{}: `{word}`", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn core_is_pure() {
    none_of(
        "core/src",
        &[
            "std::time",
            "std::fs",
            "std::net",
            "std::env",
            "std::thread",
            "std::process",
            "HashMap",
            "HashSet",
            "Timestamp::now",
            "rand::",
            "println!",
            "async fn",
        ],
    );
}

#[test]
fn rooms_of_the_server_import_one_way() {
    let above = [
        ("egress", vec!["secret", "store", "jira", "sync", "http", "app", "cli"]),
        ("secret", vec!["egress", "store", "jira", "sync", "http", "app", "cli"]),
        ("store", vec!["jira", "reach", "setup", "sync", "http", "app", "cli"]),
        ("jira", vec!["store", "reach", "setup", "sync", "http", "app", "cli"]),
        ("reach", vec!["setup", "sync", "http", "app", "cli"]),
        ("setup", vec!["sync", "http", "app", "cli"]),
        ("sync", vec!["setup", "http", "app", "cli"]),
        ("http", vec!["sync", "cli"]),
    ];
    for (room, others) in above {
        let words: Vec<String> = others.iter().map(|other| format!("crate::{other}::")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let dir = format!("connect-server/src/{room}");
        if root().join(&dir).is_dir() {
            none_of(&dir, &words);
        } else {
            let file = format!("{room}.rs");
            let (_, text) = files("connect-server/src", &file)
                .into_iter()
                .find(|(path, _)| path.ends_with(&file))
                .expect("a room is a folder or a file");
            for word in words {
                assert!(!text.contains(word), "{file} imports `{word}`");
            }
        }
    }
}

#[test]
fn the_twin_knows_nothing_of_duplex() {
    none_of("tests/twin", &["duplex_core", "duplex_server", "duplex_tests"]);
    let manifest = fs::read_to_string(root().join("tests/twin/Cargo.toml")).expect("the twin's manifest");
    assert!(!manifest.contains("duplex-"), "the twin depends on Duplex");
}

#[test]
fn only_the_declared_reasons_bring_a_dependency_in() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let (_, rest) = manifest.split_once("[workspace.dependencies]").expect("dependencies");
    for line in rest.lines().take_while(|line| !line.starts_with('[')).filter(|line| line.contains('=')) {
        let own = line.contains("{ path = \"");
        assert!(own || line.contains('#'), "no reason stands beside `{line}`");
    }
}

/// What people wrote is shown as text: React escapes it, and nothing goes around React.
#[test]
fn the_page_makes_no_html_of_texts() {
    let ways = [
        "dangerouslySetInnerHTML",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ];
    for ending in [".ts", ".tsx"] {
        for (path, text) in files("manifest/ui/src", ending) {
            for way in ways {
                assert!(!text.contains(way), "{}: `{way}`", path.display());
            }
        }
    }
}

#[test]
fn no_registry_is_named() {
    // Put together here, so that this file does not name one either.
    let hosts = [
        ["registry.", "npmjs"].concat(),
        ["index.", "crates.io"].concat(),
        ["static.", "crates.io"].concat(),
    ];
    for file in
        ["Cargo.lock", ".cargo/config.toml", ".npmrc", "manifest/ui/package-lock.json", "manifest/ui/.npmrc"]
    {
        if let Ok(text) = fs::read_to_string(root().join(file)) {
            for host in &hosts {
                assert!(!text.contains(host.as_str()), "{file} names {host}");
            }
        }
    }
}
