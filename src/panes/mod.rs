//! One file a pane; this file is the registry.
