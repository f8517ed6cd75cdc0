//! What comes in: lifecycle, webhooks, the admin API, operations.
