//! Theme roles, pure layout and small widgets.
