//! The tty: modes and their restoring, the input decoder, the screen writer.
