//! Observe, let the core decide, execute; and sweep for what events missed.
