//! Every time and bound that an operator may change, in one table: name, unit, default, setting, meaning.

use super::ConfigError;
use clap::Args;

macro_rules! times {
    ($( $name:ident = $default:literal, $flag:literal, $variable:literal, $doc:literal; )*) => {
        /// Times and bounds; the unit is the end of the name. Tests build it with `..Times::default()`.
        #[derive(Debug, Clone, PartialEq, Eq, Args)]
        #[command(next_help_heading = "Times and bounds")]
        pub struct Times { $(
            #[doc = $doc]
            #[arg(long = $flag, env = $variable, default_value_t = $default,
                  value_parser = clap::value_parser!(i64).range(0..=MAX))]
            pub $name: i64,
        )* }

        impl Default for Times {
            fn default() -> Self {
                Self { $( $name: $default, )* }
            }
        }
    };
}

/// No setting is larger: a year in milliseconds.
const MAX: i64 = 366 * 24 * 3_600_000;

times! {
    lease_ms = 120_000, "lease-ms", "DUPLEX_LEASE_MS",
        "A worker owns a link for so long; when it dies, another takes over after it.";
    http_timeout_ms = 20_000, "http-timeout-ms", "DUPLEX_HTTP_TIMEOUT_MS",
        "A call to Jira is given up after so long. A write starts only if the lease outlasts it.";
    grace_ms = 60_000, "grace-ms", "DUPLEX_GRACE_MS",
        "A write of unknown outcome rests for so long before \"not found\" is believed: Jira's own time-out and the lag of its index.";
    tick_ms = 1_000, "tick-ms", "DUPLEX_TICK_MS",
        "An idle worker looks for work so often, should the bell be missed.";
    sweep_interval_ms = 300_000, "sweep-interval-ms", "DUPLEX_SWEEP_INTERVAL_MS",
        "Each site is swept so often for changes whose event was lost.";
    sweep_overlap_ms = 900_000, "sweep-overlap-ms", "DUPLEX_SWEEP_OVERLAP_MS",
        "A sweep looks so far behind the last one, because Jira's index lags.";
    audit_interval_ms = 86_400_000, "audit-interval-ms", "DUPLEX_AUDIT_INTERVAL_MS",
        "All links are compared so often for what no sweep shows: deletions, moves, lost rights.";
    retry_first_ms = 5_000, "retry-first-ms", "DUPLEX_RETRY_FIRST_MS",
        "A failed link rests for so long before the first retry; each further rest is twice as long, with jitter.";
    retry_max_ms = 900_000, "retry-max-ms", "DUPLEX_RETRY_MAX_MS",
        "No rest between retries is longer.";
    backfill_slice_issues = 50, "backfill-slice-issues", "DUPLEX_BACKFILL_SLICE_ISSUES",
        "Existing issues are taken in slices of so many.";
    points_per_hour = 60_000, "points-per-hour", "DUPLEX_POINTS_PER_HOUR",
        "The whole app, over all sites, spends no more of Jira's rate-limit points in an hour; hiding alone goes on.";
    intake_commit_ms = 3_000, "intake-commit-ms", "DUPLEX_INTAKE_COMMIT_MS",
        "An event that is not stored within so long is answered 503, so that Jira delivers it again.";
    events_per_minute = 12_000, "events-per-minute", "DUPLEX_EVENTS_PER_MINUTE",
        "Of one site, so many events are taken in a minute; more are answered 429, for Jira to deliver again.";
    page_calls_per_minute = 3_000, "page-calls-per-minute", "DUPLEX_PAGE_CALLS_PER_MINUTE",
        "Of all pages of one site, so many calls are answered in a minute.";
    stranger_calls_per_minute = 1_200, "stranger-calls-per-minute", "DUPLEX_STRANGER_CALLS_PER_MINUTE",
        "Of one address, so many calls are looked at in a minute that nobody proves to be a site's.";
    invitation_ms = 604_800_000, "invitation-ms", "DUPLEX_INVITATION_MS",
        "An invitation that nobody accepts lapses after so long.";
    admin_cache_ms = 30_000, "admin-cache-ms", "DUPLEX_ADMIN_CACHE_MS",
        "Whether an account administers a project is asked again after so long.";
    schema_cache_ms = 3_600_000, "schema-cache-ms", "DUPLEX_SCHEMA_CACHE_MS",
        "What a project offers (types, fields, request types) is read again after so long.";
    housekeeping_ms = 3_600_000, "housekeeping-ms", "DUPLEX_HOUSEKEEPING_MS",
        "What is older than it is kept (activity, lost values, pauses) is dropped so often.";
    shutdown_ms = 25_000, "shutdown-ms", "DUPLEX_SHUTDOWN_MS",
        "At shutdown, running work is given so long to end.";
}

impl Times {
    /// # Errors
    /// A pair of times that would lose the guarantees built on them.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.lease_ms < 2 * self.http_timeout_ms {
            return Err(ConfigError::Setting {
                flag: "--lease-ms",
                variable: "DUPLEX_LEASE_MS",
                why: format!(
                    "{} is less than twice --http-timeout-ms ({}): no write could start under such a lease",
                    self.lease_ms, self.http_timeout_ms
                ),
            });
        }
        if self.grace_ms < self.http_timeout_ms {
            return Err(ConfigError::Setting {
                flag: "--grace-ms",
                variable: "DUPLEX_GRACE_MS",
                why: format!(
                    "{} is less than --http-timeout-ms ({}): a call still under way would count as lost",
                    self.grace_ms, self.http_timeout_ms
                ),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_go_together() {
        Times::default().check().expect("good defaults");
    }

    #[test]
    fn times_that_break_a_guarantee_are_refused() {
        let short_lease = Times { lease_ms: 30_000, ..Times::default() };
        let short_grace = Times { grace_ms: 1_000, ..Times::default() };
        for (times, flag) in [(short_lease, "--lease-ms"), (short_grace, "--grace-ms")] {
            let said = times.check().expect_err("refused").to_string();
            assert!(said.contains(flag), "{said}");
        }
    }
}
