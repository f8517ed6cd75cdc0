//! Things that go wrong on demand: webhooks that get lost or come twice, answers that fail, lie or never come.
//!
//! No answer says that a fault was asked for.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde::{Deserialize, Serialize};

/// Everything that is to go wrong.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct FaultPlan {
    pub webhooks: WebhookFaults,
    /// The first rule that fits a call decides it.
    pub rules: Vec<FaultRule>,
}

/// What happens to webhooks; chances are from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct WebhookFaults {
    /// Never sent.
    pub drop: f64,
    /// Sent twice.
    pub double: f64,
    /// Sent late, by up to `delay_ms`.
    pub delay: f64,
    /// Sent after later ones: a delay of up to a minute.
    pub reorder: f64,
    pub delay_ms: i64,
}

/// How late a reordered webhook may come, in milliseconds.
const REORDER_MS_MAX: i64 = 60_000;

/// Whose calls a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum By {
    /// Apps, told by the token that they sign in with.
    Apps,
    People,
}

/// What happens to calls of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FaultRule {
    /// Only their calls; without it, everybody's.
    #[serde(default)]
    pub by: Option<By>,
    /// Only on this site.
    #[serde(default)]
    pub site: Option<String>,
    /// Only this method, in capitals.
    #[serde(default)]
    pub method: Option<String>,
    /// The path, where `*` stands for any text: `/rest/api/3/issue/*/comment`.
    #[serde(default = "any_path")]
    pub path: String,
    /// From 0 to 1.
    #[serde(default = "always")]
    pub chance: f64,
    /// For so many calls; without it, for ever.
    #[serde(default)]
    pub times: Option<u32>,
    pub effect: Effect,
}

fn any_path() -> String {
    "*".to_owned()
}

fn always() -> f64 {
    1.0
}

/// What goes wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Effect {
    /// Nothing happens and this is answered. `retry_after` is sent as it stands; `reason` is the `RateLimit-Reason`,
    /// e.g. `jira-quota-tenant-based` or `jira-cost-based`, and none is sent without it.
    Status {
        code: u16,
        #[serde(default)]
        retry_after: Option<String>,
        #[serde(default)]
        reason: Option<String>,
    },
    /// Nothing happens and the connection breaks.
    TimeoutBefore,
    /// It happens and the connection breaks.
    TimeoutAfter,
    /// It happens, so many milliseconds late.
    Slow { ms: u64 },
    /// It happens, and the answer ends in its middle without a word of it.
    CutShort,
    /// It happens, and something on the way answers 200 with a page of its own.
    Garbled,
    /// A search sees the index as it was so many milliseconds ago.
    StaleSearch { ms: i64 },
}

impl FaultPlan {
    /// What goes wrong with this call, if anything; counted rules are used up by it.
    pub fn strike(
        &mut self,
        rng: &mut ChaCha8Rng,
        by: By,
        site: &str,
        method: &str,
        path: &str,
    ) -> Option<Effect> {
        let fits = |rule: &FaultRule| {
            rule.times != Some(0)
                && rule.by.is_none_or(|only| only == by)
                && rule.site.as_ref().is_none_or(|only| only == site)
                && rule.method.as_ref().is_none_or(|only| only.eq_ignore_ascii_case(method))
                && path_fits(&rule.path, path)
        };
        for rule in self.rules.iter_mut().filter(|rule| fits(rule)) {
            if happens(rng, rule.chance) {
                rule.times = rule.times.map(|left| left.saturating_sub(1));
                return Some(rule.effect.clone());
            }
        }
        None
    }
}

/// `*` stands for any text, slashes included.
fn path_fits(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, rest)) => path.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices().map(|(at, _)| at).chain([tail.len()]).any(|at| path_fits(rest, &tail[at..]))
        }),
    }
}

/// Draws only where chance has a say, so that a plan without chances leaves the seed's course alone.
fn happens(rng: &mut ChaCha8Rng, chance: f64) -> bool {
    if chance <= 0.0 {
        return false;
    }
    chance >= 1.0 || unit(rng) < chance
}

/// Evenly from 0 to 1.
fn unit(rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.next_u32()) / (f64::from(u32::MAX) + 1.0)
}

/// How often one webhook is sent, and how late each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fate(Vec<i64>);

impl Fate {
    pub(crate) fn delays_ms(&self) -> impl Iterator<Item = i64> + '_ {
        self.0.iter().copied()
    }
}

impl WebhookFaults {
    /// Decides over one webhook.
    pub(crate) fn fate(&self, rng: &mut ChaCha8Rng) -> Fate {
        if happens(rng, self.drop) {
            return Fate(Vec::new());
        }
        let copies = if happens(rng, self.double) { 2 } else { 1 };
        Fate((0..copies).map(|_| self.delay_of(rng)).collect())
    }

    fn delay_of(&self, rng: &mut ChaCha8Rng) -> i64 {
        let late_by = |rng: &mut ChaCha8Rng, most: i64| (unit(rng) * most.max(0) as f64) as i64;
        let delay = if happens(rng, self.delay) { late_by(rng, self.delay_ms) } else { 0 };
        let reorder = if happens(rng, self.reorder) { late_by(rng, REORDER_MS_MAX) } else { 0 };
        delay + reorder
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn rng() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(7)
    }

    #[test]
    fn patterns_fit_paths() {
        let check = |pattern: &str, path: &str, fits: bool| {
            assert_eq!(path_fits(pattern, path), fits, "{pattern} {path}")
        };
        check("*", "/anything", true);
        check("/rest/api/3/issue", "/rest/api/3/issue", true);
        check("/rest/api/3/issue", "/rest/api/3/issue/1", false);
        check("/rest/api/*/issue/*/comment", "/rest/api/3/issue/ITA-1/comment", true);
        check("/rest/api/*/issue/*/comment", "/rest/api/3/issue/ITA-1/comment/7", false);
        check("*/comment*", "/rest/api/3/issue/ITA-1/comment/7", true);
    }

    #[test]
    fn a_counted_rule_is_used_up() {
        let rule: FaultRule =
            serde_json::from_str(r#"{"method":"POST","path":"*/comment","times":2,"effect":{"status":{"code":429,"retryAfter":"7"}}}"#)
                .expect("a rule");
        let mut plan = FaultPlan { rules: vec![rule], ..FaultPlan::default() };
        let mut rng = rng();
        let mut strike =
            |method: &str| plan.strike(&mut rng, By::Apps, "acme", method, "/x/comment").is_some();
        assert!(!strike("GET"));
        assert!(strike("POST") && strike("post") && !strike("POST"));
    }

    #[test]
    fn a_rule_for_apps_leaves_people_alone() {
        let rule: FaultRule =
            serde_json::from_str(r#"{"by":"apps","effect":"timeoutBefore"}"#).expect("a rule");
        let mut plan = FaultPlan { rules: vec![rule], ..FaultPlan::default() };
        let mut rng = rng();
        assert_eq!(plan.strike(&mut rng, By::People, "acme", "GET", "/"), None);
        assert_eq!(plan.strike(&mut rng, By::Apps, "acme", "GET", "/"), Some(Effect::TimeoutBefore));
    }

    #[test]
    fn chances_come_out_as_asked() {
        let faults =
            WebhookFaults { drop: 0.2, double: 0.2, delay: 0.5, delay_ms: 1000, ..WebhookFaults::default() };
        let mut rng = rng();
        let fates: Vec<Vec<i64>> = (0..2000).map(|_| faults.fate(&mut rng).delays_ms().collect()).collect();
        let count = |n: usize| fates.iter().filter(|fate| fate.len() == n).count();
        assert!((350..450).contains(&count(0)), "{}", count(0));
        assert!((270..370).contains(&count(2)), "{}", count(2));
        assert!(fates.iter().flatten().all(|delay| (0..1000).contains(delay)));
    }

    #[test]
    fn nothing_happens_by_default() {
        let mut plan = FaultPlan::default();
        let mut rng = rng();
        assert_eq!(plan.strike(&mut rng, By::People, "acme", "GET", "/"), None);
        assert_eq!(plan.webhooks.fate(&mut rng), Fate(vec![0]));
        let mut untouched = self::rng();
        assert_eq!(rng.next_u64(), untouched.next_u64());
    }
}
