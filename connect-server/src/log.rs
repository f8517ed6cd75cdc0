//! How the server speaks to its operator: one line per fact, as text or JSON, without issue text or secrets.

use crate::config::{ConfigError, Log, LogFormat};
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error; once per process.
///
/// # Errors
/// A filter that does not parse.
pub fn start(settings: &Log) -> Result<(), ConfigError> {
    let filter = EnvFilter::try_new(&settings.log_filter).map_err(|error| ConfigError::Setting {
        flag: "--log",
        variable: "DUPLEX_LOG",
        why: error.to_string(),
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.log_format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("Logging was started before");
    }
    Ok(())
}
