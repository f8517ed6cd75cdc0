//! The page's types are ours: what stands in `manifest/ui/src/*/generated/` is what the Rust types say.
//!
//! A type that the page sees derives `ts_rs::TS` behind its package's feature `ts` and names its folder
//! (`export_to = "core/generated/"` for the core, `"api/generated/"` for the rows of the admin API). What the page
//! starts from is listed here; the types that those are made of follow by themselves. `make types` writes them.
//! Values are complete in both directions: what the server may leave out when it reads is there when it writes.

use duplex_core::check::{Facts, Finding, Permission};
use duplex_core::config::Config;
use duplex_core::config::diff::Comparison;
use duplex_core::id::{IssueTypeId, SyncId};
use duplex_core::plan::{Conflict, Trouble};
use duplex_core::preview::{Preview, PreviewFacts};
use duplex_core::schema::ProjectSchema;
use duplex_core::suggest::{FieldSuggestion, Suggestion};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use ts_rs::{Config as Settings, ExportError, TS};

/// The folders below `manifest/ui/src`.
const FOLDERS: [&str; 2] = ["core/generated", "api/generated"];

/// Writes a type with all that it is made of.
type Export = fn(&Settings) -> Result<(), ExportError>;

/// What the page starts from.
const TYPES: &[Export] = &[
    Config::export_all,
    ProjectSchema::export_all,
    Facts::export_all,
    Finding::export_all,
    Permission::export_all,
    Comparison::export_all,
    Suggestion::<IssueTypeId>::export_all,
    FieldSuggestion::export_all,
    PreviewFacts::export_all,
    Preview::export_all,
    Trouble::export_all,
    Conflict::export_all,
    SyncId::export_all,
    duplex_server::http::export_types,
];

#[test]
fn the_types_of_the_page_are_ours() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    // Numbers, not bigints: JSON has nothing else, and ours stay below 2^53.
    let settings = Settings::new().with_large_int("number").with_out_dir(scratch.path());
    for export in TYPES {
        export(&settings).expect("a type that can be exported");
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../manifest/ui/src");
    for folder in FOLDERS {
        let ours = with_index(read(&scratch.path().join(folder)));
        let committed = page.join(folder);
        if std::env::var("DUPLEX_TYPES").is_ok_and(|wish| wish == "write") {
            write(&committed, &ours);
        }
        let theirs = read(&committed);
        let names = || ours.keys().chain(theirs.keys());
        let stale: Vec<&String> = names().filter(|name| ours.get(*name) != theirs.get(*name)).collect();
        assert!(stale.is_empty(), "out of date below manifest/ui/src/{folder}; run `make types`: {stale:?}");
    }
}

/// File name -> text; nothing where there is no folder.
fn read(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let file = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name, fs::read_to_string(path).ok()?))
    };
    files.filter_map(|entry| file(entry.path())).collect()
}

/// One file to import all of them from.
fn with_index(mut files: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let line = |name: &String| {
        let name = name.trim_end_matches(".ts");
        format!("export type {{ {name} }} from \"./{name}\";\n")
    };
    let index: String = files.keys().map(line).collect();
    assert!(!index.is_empty(), "nothing was exported");
    files.insert("index.ts".to_owned(), index);
    files
}

fn write(folder: &Path, files: &BTreeMap<String, String>) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("the old types go");
    }
    fs::create_dir_all(folder).expect("a folder for the types");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a type is written");
    }
}
