//! Configuration, credential storage, paths; theme and keymap files handed over as text.
