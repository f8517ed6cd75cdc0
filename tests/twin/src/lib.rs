//! tests/twin
