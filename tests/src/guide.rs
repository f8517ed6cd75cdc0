//! The guide's sync as a configuration file: three issue types both ways, default request types, summary and
//! description, enriched comments, internal <> internal and public <> public.

/// The file for two projects, each named by its site's host and its key.
#[must_use]
pub fn config(name: &str, a: (&str, &str), b: (&str, &str)) -> String {
    format!("name = \"{name}\"\n{}{}", side("a", a), side("b", b))
}

fn side(side: &str, (host, project): (&str, &str)) -> String {
    format!(
        r#"
[side.{side}]
site = "{host}"
project = "{project}"
issue_types = [
  {{ from = "IT Help", to = "IT Help" }},
  {{ from = "Purchase", to = "Purchase" }},
  {{ from = "Access", to = "Access" }},
]
fields = [
  {{ from = "Summary", to = "Summary" }},
  {{ from = "Description", to = "Description" }},
]
defaults = [
  {{ field = "Customer Request Type", per_issue_type = [
    {{ issue_type = "IT Help", value = "Get IT Help" }},
    {{ issue_type = "Purchase", value = "Purchase request" }},
    {{ issue_type = "Access", value = "Request a new account" }},
  ] }},
]

[side.{side}.comments]
enabled = true
copy = "enriched"
public = "public"
internal = "internal"
"#
    )
}

/// The file with one side's part changed.
#[must_use]
pub fn changed(file: &str, side: &str, change: impl FnOnce(&str) -> String) -> String {
    let (head, rest) = file.split_once("\n[side.a]\n").unwrap_or((file, ""));
    let (a, b) = rest.split_once("\n[side.b]\n").unwrap_or((rest, ""));
    let (a, b) = match side {
        "a" => (change(a), b.to_owned()),
        _ => (a.to_owned(), change(b)),
    };
    format!("{head}\n[side.a]\n{a}\n[side.b]\n{b}")
}

/// A side's part with one more field that leaves.
#[must_use]
pub fn field(part: &str, row: &str) -> String {
    part.replacen("fields = [", &format!("fields = [\n  {row},"), 1)
}
