//! The model, its pure update and its pure view.
