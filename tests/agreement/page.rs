//! The page's core as a browser has it, run in Node: all previews in one process.

use anyhow::{Context, Result, ensure};
use duplex_core::config::Config;
use duplex_core::preview::PreviewFacts;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the page's core makes of the facts, in order.
pub(crate) fn previews<'c>(
    cases: impl Iterator<Item = (&'c Config, &'c PreviewFacts)>,
) -> Result<Vec<Value>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = root.join("../manifest/ui/src/core/pkg");
    let room = tempfile::tempdir()?;
    // Node takes it for a module by its name.
    for (from, to) in [("preview.js", "preview.mjs"), ("preview_bg.wasm", "preview_bg.wasm")] {
        fs::copy(built.join(from), room.path().join(to))
            .context("the page's core is not built; run `make wasm`")?;
    }
    fs::copy(root.join("agreement/previews.mjs"), room.path().join("previews.mjs"))?;
    let cases: Vec<Value> = cases.map(|(config, facts)| json!({"config": config, "facts": facts})).collect();
    fs::write(room.path().join("cases.json"), serde_json::to_vec(&cases)?)?;
    let node = Command::new("node").arg("previews.mjs").current_dir(room.path()).output().context("node")?;
    ensure!(node.status.success(), "node: {}", String::from_utf8_lossy(&node.stderr));
    Ok(serde_json::from_slice(&node.stdout)?)
}
