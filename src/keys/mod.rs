//! Layered keymaps; help, footer and palette are generated from the same tables.
