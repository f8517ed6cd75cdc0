//! How the server speaks to its operator: one line per fact, as text or JSON, without issue text or secrets.

use crate::config::{ConfigError, Log, LogFormat};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing::callsite::Identifier;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Warnings and errors of one place in the code within [`WINDOW`].
const TROUBLES_PER_WINDOW_MAX: u32 = 120;
const WINDOW: Duration = Duration::from_secs(60);

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
        LogFormat::Text => lines.with_ansi(false).finish().with(Bound::default()).try_init(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .finish()
            .with(Bound::default())
            .try_init(),
    };
    if started.is_err() {
        tracing::debug!("Logging was started before");
    }
    Ok(())
}

/// Holds warnings and errors of each place in the code to a pace: when the database is gone or the disk is full, every
/// call meets the same trouble, and the log must not fill a disk as well. What is done is never left out.
#[derive(Debug, Default)]
struct Bound {
    places: Mutex<HashMap<Identifier, Window>>,
}

#[derive(Debug)]
struct Window {
    began: Instant,
    lines: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fits {
    Yes,
    /// No, and nobody was told yet.
    NoMore,
    No,
}

impl Bound {
    fn fits(&self, place: Identifier, now: Instant) -> Fits {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let window = places.entry(place).or_insert(Window { began: now, lines: 0 });
        if now.saturating_duration_since(window.began) >= WINDOW {
            *window = Window { began: now, lines: 0 };
        }
        window.lines = window.lines.saturating_add(1);
        match window.lines {
            lines if lines <= TROUBLES_PER_WINDOW_MAX => Fits::Yes,
            lines if lines == TROUBLES_PER_WINDOW_MAX + 1 => Fits::NoMore,
            _ => Fits::No,
        }
    }
}

impl<S: Subscriber> Layer<S> for Bound {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let place = event.metadata();
        if *place.level() > Level::WARN {
            return true;
        }
        #[expect(clippy::disallowed_methods, reason = "the pace of lines, on which nothing is decided")]
        let fits = self.fits(place.callsite(), Instant::now());
        if fits == Fits::NoMore {
            let (of, seconds) = (place.name(), WINDOW.as_secs());
            tracing::warn!(of, "More of the same was left out, for up to {seconds} s");
        }
        fits == Fits::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(event: impl FnOnce()) -> Identifier {
        #[derive(Default)]
        struct Catch(std::sync::Arc<Mutex<Option<Identifier>>>);
        impl<S: Subscriber> Layer<S> for Catch {
            fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
                *self.0.lock().unwrap() = Some(event.metadata().callsite());
            }
        }
        let catch = Catch::default();
        let caught = catch.0.clone();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(catch), event);
        let place = caught.lock().unwrap().clone();
        place.unwrap()
    }

    #[test]
    fn a_place_that_floods_is_held_to_its_pace_and_no_other_is() {
        let bound = Bound::default();
        let flood = place(|| tracing::error!("the database is gone"));
        let other = place(|| tracing::error!("something else"));
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let now = Instant::now();
        for _ in 0..TROUBLES_PER_WINDOW_MAX {
            assert_eq!(bound.fits(flood.clone(), now), Fits::Yes);
        }
        assert_eq!(bound.fits(flood.clone(), now), Fits::NoMore);
        assert_eq!(bound.fits(flood.clone(), now + WINDOW / 2), Fits::No);
        assert_eq!(bound.fits(other, now), Fits::Yes);
        assert_eq!(bound.fits(flood, now + WINDOW), Fits::Yes);
    }

    #[test]
    fn what_is_done_is_never_left_out() {
        let lines = Kept::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
            .with(Bound::default());
        tracing::subscriber::with_default(subscriber, || {
            for nth in 0..500 {
                tracing::warn!("not ready");
                tracing::info!("did {nth}");
            }
        });
        let text = lines.text();
        let count = |words: &str| text.matches(words).count();
        assert_eq!(count("not ready"), TROUBLES_PER_WINDOW_MAX as usize);
        assert_eq!(count("did "), 500);
    }

    #[derive(Debug, Clone, Default)]
    struct Kept(std::sync::Arc<Mutex<Vec<u8>>>);

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
        }
    }

    impl std::io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
