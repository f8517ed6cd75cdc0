//! Names are text that users chose: shown, and never trusted.

/// Characters of a name that is shown.
const NAME_CHARS_MAX: usize = 120;

/// A name fit for a line of text: no controls, no characters that turn the direction of what follows, no invisible
/// ones, blanks joined, bounded. `fallback` where nothing is left.
#[must_use]
pub fn clean_name(name: &str, fallback: &str) -> String {
    let visible: String = name
        .chars()
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    let joined = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let bounded: String = joined.chars().take(NAME_CHARS_MAX).collect();
    if bounded.is_empty() { fallback.to_owned() } else { bounded.trim_end().to_owned() }
}

/// Whether a text holds what nobody sees: two such texts may look the same.
#[must_use]
pub fn has_invisible(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// Overrides, isolates and marks of direction; zero-width characters; tags. The joiners stay: scripts need them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}
