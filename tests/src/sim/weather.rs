//! What goes wrong while people work. Each seed draws which faults are on at all, and how often they come: a fault that
//! is always there hides what another one alone would find.

use crate::chance::Chance;
use jira_twin::faults::{By, Effect, FaultPlan, FaultRule};

/// `Retry-After` as gateways send it: sane, and not.
const RETRY_AFTERS: [&str; 7] = ["7", "0", "-30", "soon", "999999999", "Thu, 01 Jan 2099 00:00:00 GMT", ""];
const REASONS: [Option<&str>; 4] =
    [None, Some("jira-burst-based"), Some("jira-quota-tenant-based"), Some("jira-brand-new-reason")];
/// The rarest and the most frequent fault of a call, in percent.
const CALL_PERCENT: (u64, u64) = (2, 12);
const WEBHOOK_PERCENT: (u64, u64) = (5, 50);
/// How long a transaction waits for a slow database, in milliseconds: from a moment to far beyond the lease.
const DATABASE_MS: [i64; 5] = [50, 300, 1_500, 6_000, 40_000];

/// One kind of fault, by the name under which a seed tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    WebhooksLost,
    WebhooksTwice,
    WebhooksLate,
    WebhooksOutOfOrder,
    AnswersLost,
    CallsLost,
    RateLimits,
    ServerErrors,
    AnswersCutShort,
    AnswersGarbled,
    SlowCalls,
    StaleSearch,
    Deaths,
    Sleeps,
    SlowDatabase,
}

impl Fault {
    pub const ALL: [Self; 15] = [
        Self::WebhooksLost,
        Self::WebhooksTwice,
        Self::WebhooksLate,
        Self::WebhooksOutOfOrder,
        Self::AnswersLost,
        Self::CallsLost,
        Self::RateLimits,
        Self::ServerErrors,
        Self::AnswersCutShort,
        Self::AnswersGarbled,
        Self::SlowCalls,
        Self::StaleSearch,
        Self::Deaths,
        Self::Sleeps,
        Self::SlowDatabase,
    ];
}

/// The faults of a seed.
#[derive(Debug, Clone)]
pub struct Weather {
    pub on: Vec<Fault>,
    pub plan: FaultPlan,
    /// Of a hundred transactions so many wait, and how long, in milliseconds.
    pub slow_database: Option<(u64, i64)>,
}

impl Weather {
    /// Every fourth seed has fine weather or nearly: one fault at most.
    pub(super) fn draw(chance: &mut Chance) -> Self {
        let percent = match chance.below(4) {
            0 => 6,
            1 => 25,
            _ => 50,
        };
        // A slow database came later, and is drawn apart: seeds keep what they were.
        let drawn = Fault::ALL.into_iter().filter(|fault| *fault != Fault::SlowDatabase);
        let on = drawn.filter(|_| chance.below(100) < percent).collect();
        Self::of(on, chance)
    }

    pub(super) fn slow_database(&mut self, chance: &mut Chance) {
        self.on.push(Fault::SlowDatabase);
        self.slow_database = Some(slow(chance));
    }

    /// One fault alone, at a rate in percent.
    pub(super) fn alone(fault: Fault, percent: u64, chance: &mut Chance) -> Self {
        let mut weather = Self::of(vec![fault], chance);
        if let Some((often, _)) = &mut weather.slow_database {
            *often = percent;
        }
        let rate = share(percent);
        for rule in &mut weather.plan.rules {
            rule.chance = rate;
        }
        let hooks = &mut weather.plan.webhooks;
        for chance in [&mut hooks.drop, &mut hooks.double, &mut hooks.delay, &mut hooks.reorder] {
            if *chance > 0.0 {
                *chance = rate;
            }
        }
        weather
    }

    fn of(on: Vec<Fault>, chance: &mut Chance) -> Self {
        let mut plan = FaultPlan::default();
        for fault in &on {
            add(*fault, &mut plan, chance);
        }
        let slow_database = on.contains(&Fault::SlowDatabase).then(|| slow(chance));
        Self { on, plan, slow_database }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.on.contains(&fault)
    }
}

fn add(fault: Fault, plan: &mut FaultPlan, chance: &mut Chance) {
    let hooks = &mut plan.webhooks;
    let often = share(between(chance, WEBHOOK_PERCENT));
    match fault {
        Fault::WebhooksLost => hooks.drop = often,
        Fault::WebhooksTwice => hooks.double = often,
        Fault::WebhooksLate => {
            hooks.delay = often;
            hooks.delay_ms = 5_000 << chance.below(7);
        }
        Fault::WebhooksOutOfOrder => hooks.reorder = often,
        Fault::AnswersLost => rule(plan, "*", Effect::TimeoutAfter, chance),
        Fault::CallsLost => rule(plan, "*", Effect::TimeoutBefore, chance),
        Fault::RateLimits => {
            for _ in 0..2 {
                let retry_after = RETRY_AFTERS[chance.pick(RETRY_AFTERS.len())];
                let retry_after = Some(retry_after.to_owned()).filter(|it| !it.is_empty());
                let reason = REASONS[chance.pick(REASONS.len())].map(str::to_owned);
                rule(plan, "*", Effect::Status { code: 429, retry_after, reason }, chance);
            }
        }
        Fault::ServerErrors => {
            for code in [500, 502, 503] {
                rule(plan, "*", Effect::Status { code, retry_after: None, reason: None }, chance);
            }
        }
        Fault::AnswersCutShort => rule(plan, "*", Effect::CutShort, chance),
        Fault::AnswersGarbled => rule(plan, "*", Effect::Garbled, chance),
        Fault::SlowCalls => rule(plan, "*", Effect::Slow { ms: 500 << chance.below(5) }, chance),
        Fault::StaleSearch => {
            rule(plan, "*/search/jql", Effect::StaleSearch { ms: 1_000 << chance.below(4) }, chance);
        }
        // These come as transitions, and from within.
        Fault::Deaths | Fault::Sleeps | Fault::SlowDatabase => {}
    }
}

fn slow(chance: &mut Chance) -> (u64, i64) {
    (between(chance, CALL_PERCENT), DATABASE_MS[chance.pick(DATABASE_MS.len())])
}

fn rule(plan: &mut FaultPlan, path: &str, effect: Effect, chance: &mut Chance) {
    let rate = share(between(chance, CALL_PERCENT));
    plan.rules.push(FaultRule {
        by: Some(By::Apps),
        site: None,
        method: None,
        path: path.to_owned(),
        chance: rate,
        times: None,
        effect,
    });
}

fn between(chance: &mut Chance, (least, most): (u64, u64)) -> u64 {
    least + chance.below(most - least + 1)
}

fn share(percent: u64) -> f64 {
    f64::from(u32::try_from(percent).unwrap_or(100)) / 100.0
}
