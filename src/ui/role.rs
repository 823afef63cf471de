//! [`Role`]: what a style is for; themes give each role its looks.

/// Defines [`Role`] with the names that theme files use.
macro_rules! roles {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// What a style is for. State is never told by colour alone, so any role may look like any other.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Role {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Role {
            /// Every role, in the order of the theme files.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in theme files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

roles! {
    /// Ordinary text.
    Text = "text",
    /// Text that matters less.
    Dim = "dim",
    /// The row under the cursor.
    Accent = "accent",
    /// The mark in front of the row under the cursor.
    Marker = "marker",
    /// The mark of what changed since it was looked at.
    Changed = "changed",
    /// The first line: profile and agent.
    Header = "header",
    /// The first line: what matters less.
    HeaderDim = "header_dim",
    /// Lines between areas.
    Rule = "rule",
    /// Column heads and titles.
    Title = "title",
    /// A tab that is not shown.
    Tab = "tab",
    /// The tab that is shown.
    TabActive = "tab_active",
    /// Keys in hints and help.
    HintKey = "hint_key",
    /// What those keys do.
    HintLabel = "hint_label",
    /// Done, met, live.
    Ok = "ok",
    /// Near its limit, retrying.
    Warn = "warn",
    /// Failed, breached.
    Bad = "bad",
    /// News that asks for nothing.
    Info = "info",
    /// A note that the customer does not see.
    PrivateNote = "private_note",
    /// What a customer wrote.
    Customer = "customer",
    /// What an agent wrote.
    Agent = "agent",
    /// What the system noted.
    System = "system",
    /// A link.
    Link = "link",
    /// What a search found.
    Match = "match",
    /// A text field.
    Input = "input",
    /// The text field that has the focus.
    InputFocused = "input_focused",
    /// What an empty text field says.
    Placeholder = "input_placeholder",
    /// A short word set apart, such as VIP.
    Badge = "badge",
}
