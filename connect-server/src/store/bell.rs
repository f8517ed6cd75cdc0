//! The bell wakes whoever waits for work. It may be lost: truth stays in SQL, and waiters look again by themselves.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Returns when the bell rings, or when `at_most` is over.
    pub async fn wait(&self, at_most: Duration) {
        // Both outcomes mean the same: look.
        let _ = tokio::time::timeout(at_most, self.0.notified()).await;
    }
}
