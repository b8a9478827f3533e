//! Time as a value: what the pure rooms are given instead of a clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now(i64);

impl Now {
    /// The moment so many nanoseconds after 1970.
    #[must_use]
    pub fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// What the system's clock says. Only the loop asks.
    #[must_use]
    pub fn read() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub fn nanos(self) -> i64 {
        self.0
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0 / 1000
    }

    /// The moment `wait` later.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// How long it is until `later`; nothing if that is past.
    #[must_use]
    pub fn until(self, later: Now) -> Duration {
        Duration::from_nanos(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or_default())
    }
}
