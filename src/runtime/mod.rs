//! The loop, the effect runner, wake-ups, logging.
