//! What keys, the command line and key files can ask for.

/// Defines [`Command`] and its table from one list, so that a verb can't be without a name, a label or a help sentence.
macro_rules! commands {
    ($($variant:ident = $name:literal, $label:literal, $help:literal $(, takes $argument:literal)?;)+) => {
        /// A verb that a key or the command line can mean; what it does is up to the pane that has the focus.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command {
            $(#[doc = $help] $variant,)+
        }

        impl Command {
            /// Every command, in the order in which help shows them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, in kebab case, as written in `keys.toml` and after `:`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// One or two words for the footer's hints.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// One sentence for the help screen and the palette.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)+ }
            }

            /// What may follow the name on the command line, as help shows it (`NAME`, `[QUERY]`); most take nothing.
            #[must_use]
            pub const fn argument(self) -> Option<&'static str> {
                match self { $($(Self::$variant => Some($argument),)?)+ _ => None }
            }
        }
    };
}

commands! {
    Up = "up", "move", "Moves the cursor up by one row.";
    Down = "down", "move", "Moves the cursor down by one row.";
    Top = "top", "top", "Goes to the first row.";
    Bottom = "bottom", "bottom", "Goes to the last row.";
    HalfPageUp = "half-page-up", "half page", "Moves up by half a page.";
    HalfPageDown = "half-page-down", "half page", "Moves down by half a page.";
    PageUp = "page-up", "page", "Moves up by a page.";
    PageDown = "page-down", "page", "Moves down by a page.";
    NextPane = "next-pane", "next pane", "Gives the focus to the next pane.";
    PreviousPane = "previous-pane", "previous pane", "Gives the focus to the previous pane.";
    Open = "open", "open", "Opens what the cursor is on; a client narrows the tickets to it.";
    Back = "back", "back", "Steps back: closes what is open, then widens what was narrowed; never quits.";
    GoBack = "go-back", "back, forward", "Goes back to where you were before the last jump: view, filter, cursor.";
    GoForward = "go-forward", "back, forward", "Goes forward again to where you went back from.";
    TogglePreview = "toggle-preview", "preview", "Shows or hides the preview.";
    PreviewSide = "preview-side", "preview side", "Puts the preview beside the list or below it, where the screen has room for both.";
    PreviewUp = "preview-up", "scroll preview", "Scrolls the preview up while the list keeps the focus.";
    PreviewDown = "preview-down", "scroll preview", "Scrolls the preview down while the list keeps the focus.";
    ToggleFolds = "toggle-folds", "unfold", "Shows or folds quoted mail, signatures and what the system noted.";
    OpenFold = "open-fold", "unfold one", "Shows the first of what is folded in sight.";
    ToggleOrder = "toggle-order", "order", "Shows the conversation newest or oldest first.";
    Find = "find", "find", "Finds words in the ticket that is shown.";
    FindNext = "find-next", "next match", "Goes to the next place where the words were found.";
    FindPrevious = "find-previous", "next match", "Goes to the previous place where the words were found.";
    NextChanged = "next-changed", "changed", "Goes to the next ticket of the list that changed since you looked at it.";
    Follow = "follow", "files, links", "Lists the ticket's files, links, other tickets, client, site, user and assets: to save, to copy, to go to.";
    OpenFile = "open-file", "open file", "Saves the file under the cursor and opens it with the command of the settings.";
    Filter = "filter", "filter", "Narrows what is listed by a query.", takes "[QUERY]";
    View = "view", "view", "Shows the view of this name.", takes "NAME";
    SaveView = "save-view", "save view", "Saves what is shown as the view that is shown, or as a new one of that name.", takes "[NAME]";
    RenameView = "rename-view", "rename view", "Gives the view that is shown another name.", takes "NAME";
    DeleteView = "delete-view", "delete view", "Takes the view that is shown away.";
    Lists = "lists", "Halo's lists", "Chooses which of the lists that are kept in Halo are views.";
    Sort = "sort", "sort", "Chooses by what the rows are sorted; in the list of choices, turns the direction round.", takes "[KEYS]";
    Columns = "columns", "columns", "Chooses the columns and their order.", takes "[NAMES]";
    Group = "group", "group", "Chooses by what the rows are grouped.", takes "[WORD|none]";
    TurnGroup = "turn-group", "fold", "Folds the group that the cursor is in, or unfolds it.";
    TurnGroups = "turn-groups", "fold all", "Folds all groups, or unfolds them.";
    Toggle = "toggle", "add, take away", "Adds what the cursor is on, or takes it away.";
    Earlier = "earlier", "move", "Puts what the cursor is on further up.";
    Later = "later", "move", "Puts what the cursor is on further down.";
    Board = "board", "board", "Shows how the desk stands, as bars; enter lists the tickets of one.";
    Client = "client", "client", "Shows the client of what the cursor is on in the round; enter goes on from a line.", takes "[NAME]";
    Users = "users", "users", "Lists the users of the client of what the cursor is on; from the users, those of all clients.", takes "[WORDS]";
    Sites = "sites", "sites", "Lists the sites of the client of what the cursor is on; from the sites, those of all clients.", takes "[WORDS]";
    Assets = "assets", "assets", "Lists the assets of the client of what the cursor is on; from the assets, those of all clients.", takes "[WORDS]";
    NextView = "next-view", "view", "Shows the next view.";
    PreviousView = "previous-view", "view", "Shows the previous view.";
    View1 = "view-1", "view", "Shows the first view.";
    View2 = "view-2", "view", "Shows the second view.";
    View3 = "view-3", "view", "Shows the third view.";
    View4 = "view-4", "view", "Shows the fourth view.";
    View5 = "view-5", "view", "Shows the fifth view.";
    View6 = "view-6", "view", "Shows the sixth view.";
    View7 = "view-7", "view", "Shows the seventh view.";
    View8 = "view-8", "view", "Shows the eighth view.";
    View9 = "view-9", "view", "Shows the ninth view.";
    Refresh = "refresh", "refresh", "Asks the server for what changed.";
    RefreshAll = "refresh-all", "refresh all", "Compares all open tickets with the server's, and reads names and clients anew.";
    RefreshEvery = "refresh-every", "pace", "Sets how often it refreshes by itself.", takes "SECONDS|off";
    Pause = "pause", "pause", "Pauses the reading of history and conversations, or goes on with it.";
    CopyId = "copy-id", "copy id", "Copies the number of what the cursor is on.";
    CopyLink = "copy-link", "copy link", "Copies the web link of what the cursor is on.";
    OpenLink = "open-link", "browser", "Opens what the cursor is on in the browser; over SSH it copies the link.";
    Help = "help", "help", "Shows every key of this place.";
    CommandLine = "command-line", "command", "Opens the command line.";
    Theme = "theme", "theme", "Changes the colours at once.", takes "NAME";
    Lean = "lean", "lean", "Sends the least to the terminal from now on, or no more.";
    Meter = "meter", "meter", "Shows or hides what is sent to the terminal and asked of the server.";
    Connect = "connect", "connect", "Opens the connect screen of this profile.";
    Dates = "dates", "dates", "Tells times as dates and hours in your time zone, or as how long ago they are.";
    Mouse = "mouse", "mouse", "Turns the mouse on or off: the wheel scrolls, a click moves the cursor, two open.";
    Redraw = "redraw", "redraw", "Draws the whole screen anew.";
    Suspend = "suspend", "suspend", "Puts the program into the background of the shell.";
    Quit = "quit", "quit", "Ends the program from the dashboard; steps back from anywhere else.";
    ForceQuit = "force-quit", "quit", "Ends the program from anywhere.";
    Accept = "accept", "accept", "Takes what was typed or chosen.";
    Complete = "complete", "complete", "Completes the word before the cursor.";
    CompleteBack = "complete-back", "back", "Goes back to what `complete` put there before.";
    EarlierFilter = "earlier-filter", "earlier filter", "Puts the filter on the line that was taken before.";
    LaterFilter = "later-filter", "later filter", "Goes back to the filter that was taken after it.";
    ClearInput = "clear-input", "clear", "Empties the input field.";
    NextBar = "next-bar", "bar", "Goes to the next day of the board's chart; elsewhere on the board, to the next section.";
    PreviousBar = "previous-bar", "bar", "Goes to the previous day of the board's chart; elsewhere on the board, to the previous section.";
    NextField = "next-field", "next", "Goes to the next field; on the board, to the next section.";
    PreviousField = "previous-field", "previous", "Goes to the previous field; on the board, to the previous section.";
    NextChoice = "next-choice", "choose", "Chooses the next of the field's choices.";
    PreviousChoice = "previous-choice", "choose", "Chooses the previous of the field's choices.";
    Test = "test", "test", "Tests what was filled in and connects.";
    Reveal = "reveal", "show secret", "Shows or masks the client secret.";
    Leave = "leave", "leave", "Leaves this screen without saving.";
}

impl Command {
    /// The command of this [`name`](Self::name).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|command| command.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_lead_back() {
        for command in Command::ALL {
            let name = command.name();
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
            assert_eq!(Command::parse(name), Some(*command), "{name} is used twice");
            assert!(command.label().len() <= 14 && command.help().ends_with('.'), "{name}");
        }
        assert_eq!(Command::parse("Up"), None);
        assert_eq!(Command::parse(""), None);
    }

    #[test]
    fn only_some_take_an_argument() {
        assert_eq!(Command::Theme.argument(), Some("NAME"));
        assert_eq!(Command::Quit.argument(), None);
    }
}
