//! Addresses that may be carried to another site.

/// Schemes that run code or carry a document inside the address.
const UNSAFE: [&str; 5] = ["javascript", "vbscript", "data", "blob", "filesystem"];

/// Whether a link to it may be carried. Reads the scheme as a browser does: leading controls and blanks don't count,
/// tabs and line ends don't count anywhere.
#[must_use]
pub fn is_safe_url(url: &str) -> bool {
    let seen: String = url
        .trim_start_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let Some((scheme, _)) = seen.split_once(':') else { return true };
    !UNSAFE.contains(&scheme.trim().to_ascii_lowercase().as_str())
}
