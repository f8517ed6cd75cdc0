//! What must survive: one narrow seam over SQLite and PostgreSQL.
