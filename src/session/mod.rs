//! One signed-in profile, running.
