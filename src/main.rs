//! The halo-tui program.

fn main() {}
