//! The command line and the commands that need no screen.
