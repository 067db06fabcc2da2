//! The clock: the only place that reads the time of day. Everything else is told what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::span::Instant;

/// Tells the time: the machine's, or one that a test sets.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    set: Option<Arc<AtomicI64>>,
}

impl Clock {
    pub fn real() -> Self {
        Self { set: None }
    }

    /// A clock that stands still until it is moved.
    pub fn fixed(at: Instant) -> Self {
        Self { set: Some(Arc::new(AtomicI64::new(at.seconds()))) }
    }

    /// Moves a fixed clock; a real one takes no notice.
    pub fn set(&self, at: Instant) {
        if let Some(set) = &self.set {
            set.store(at.seconds(), Ordering::SeqCst);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(&self) -> Instant {
        let seconds =
            self.set.as_ref().map_or_else(|| chrono::Utc::now().timestamp(), |set| set.load(Ordering::SeqCst));
        Instant::from_seconds(seconds)
    }
}
