//! How alike two names are, and pairing without using anything twice.

/// From this score on, two names are called similar.
const SIMILAR: u8 = 88;
/// Same but for letter case, spaces and signs.
const SAME: u8 = 99;

/// A score of 0 to 100, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Likeness {
    pub(super) score: u8,
    pub(super) reason: String,
}

/// `None` where the names have nothing to do with each other.
pub(super) fn likeness(a: &str, b: &str) -> Option<Likeness> {
    if a == b {
        return Some(Likeness { score: 100, reason: "the same name".to_owned() });
    }
    if same(a, b) {
        return Some(Likeness {
            score: SAME,
            reason: "the same name but for case, spaces and signs".to_owned(),
        });
    }
    let score = nearness(a, b).min(SAME - 1);
    (score >= SIMILAR).then(|| Likeness { score, reason: format!("similar names, {score} of 100") })
}

/// Whether two names are the same but for letter case, spaces and signs.
pub(super) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (tokens(a), tokens(b));
    !a.is_empty() && a == b
}

/// Jaro-Winkler over the sorted words, so that *Help, IT* is near *IT Help*; 0 to 100.
pub(super) fn nearness(a: &str, b: &str) -> u8 {
    let (mut a, mut b) = (tokens(a), tokens(b));
    let plain = either_way(&a.join(" "), &b.join(" "));
    a.sort_unstable();
    b.sort_unstable();
    let sorted = either_way(&a.join(" "), &b.join(" "));
    // Within 0 and 100 after the clamp, so the cast is exact.
    (plain.max(sorted) * 100.0).clamp(0.0, 100.0) as u8
}

/// The measure itself can depend on which name comes first.
fn either_way(a: &str, b: &str) -> f64 {
    strsim::jaro_winkler(a, b).max(strsim::jaro_winkler(b, a))
}

fn tokens(name: &str) -> Vec<String> {
    name.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The best pairs first, each thing in one pair at most. Of equal scores, what stands nearer to the
/// top of both lists.
pub(super) fn pair_up<'t, T>(
    a: &'t [T],
    b: &'t [T],
    like: impl Fn(&T, &T) -> Option<Likeness>,
) -> Vec<(&'t T, &'t T, Likeness)> {
    let mut candidates = Vec::new();
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            if let Some(like) = like(x, y) {
                candidates.push((i, j, like));
            }
        }
    }
    // Seen from the other end the keys are the same, so the pairs are too.
    candidates.sort_by_key(|(i, j, like)| (std::cmp::Reverse(like.score), i + j, (*i).min(*j), *i));
    let (mut used_a, mut used_b) = (vec![false; a.len()], vec![false; b.len()]);
    let mut pairs = Vec::new();
    for (i, j, like) in candidates {
        if !used_a[i] && !used_b[j] {
            (used_a[i], used_b[j]) = (true, true);
            pairs.push((&a[i], &b[j], like));
        }
    }
    pairs
}
