//! Keeps the mirror fresh.
