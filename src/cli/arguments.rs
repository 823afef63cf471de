//! [`Arguments`]: the command line's definition.
//!
//! There is no option for the client secret: every account on a machine can read the arguments of every process.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};
use jiff::Timestamp;

use super::listing::Format;
use crate::domain::{ProfileName, TicketId};

/// A terminal dashboard for HaloPSA: tickets and clients over SSH, answered from a local mirror.
///
/// Without a command it opens the dashboard; where nothing is configured yet, it asks how to connect first.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "halo-tui",
    version,
    after_long_help = "Environment: HALO_AUTH_URL, HALO_RESOURCE_URL, HALO_CLIENT_ID, HALO_CLIENT_SECRET, HALO_TENANT and \
        HALO_SCOPE override the settings; XDG_CONFIG_HOME, XDG_STATE_HOME, NO_COLOR, HTTPS_PROXY and NO_PROXY mean what they \
        mean elsewhere.\n\nExit status: 0 done, 1 failed, 2 usage, settings or no terminal, 3 credentials or rights refused, \
        4 server unreachable, 5 no such thing, 128+N ended by signal N."
)]
pub struct Arguments {
    /// What to do; the dashboard where nothing is named.
    #[command(subcommand)]
    pub action: Option<Action>,

    /// Try it out on an embedded stand-in for HaloPSA; nothing is kept
    #[arg(long, global = true)]
    pub demo: bool,

    /// How many tickets the stand-in has, 5000 by default
    #[arg(long, global = true, value_name = "N")]
    demo_tickets: Option<u32>,

    /// The saved profile to use instead of the one used last
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<ProfileName>,

    /// The folder of the settings, instead of $XDG_CONFIG_HOME/halo-tui
    #[arg(long, global = true, value_name = "DIR")]
    pub config_dir: Option<PathBuf>,

    /// The folder of mirrors and logs, instead of $XDG_STATE_HOME/halo-tui
    #[arg(long, global = true, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,

    /// Requests that may leave in any 5 minutes; 0 for no limit
    #[arg(long, global = true, value_name = "N")]
    pub budget: Option<u32>,

    /// The theme to start with
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,

    /// Send the least to the terminal, for slow lines
    #[arg(long)]
    pub lean: bool,

    /// Never write anything to HaloPSA
    #[arg(long)]
    pub read_only: bool,
}

impl Arguments {
    /// Reads the words of a command line, the program's name first.
    ///
    /// # Errors
    /// Wrong usage, or a call for help or the version: print it and end with its `exit_code()`.
    pub fn read<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Result<Self, clap::Error> {
        let arguments = Self::try_parse_from(words)?;
        // Not said in the definition: there, options on either side of a command don't see each other.
        let wrong = |what: &str| Self::command().error(ErrorKind::ArgumentConflict, what);
        if arguments.demo_tickets.is_some() && !arguments.demo {
            return Err(wrong("--demo-tickets is of use only with --demo"));
        }
        if arguments.demo && arguments.profile.is_some() {
            return Err(wrong("--demo uses none of the saved profiles"));
        }
        Ok(arguments)
    }

    /// How many tickets the stand-in of `--demo` has.
    pub fn demo_tickets(&self) -> u32 {
        self.demo_tickets.unwrap_or(5000)
    }
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// Print tickets
    List(ListOptions),
    /// Print one ticket with its conversation
    Show {
        /// The ticket's number
        #[arg(value_parser = ticket_id)]
        id: TicketId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print clients
    Clients(ListOptions),
    /// Fill the mirror once, with progress on standard error
    Sync {
        /// With the conversations of open tickets: where the server lists them by days a few requests, else one for each ticket
        #[arg(long)]
        conversations: bool,
    },
    /// Check everything between this keyboard and HaloPSA, in plain words
    Doctor {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Forget the stored secret of a profile
    Logout,
    /// Remove the mirror of a profile
    Purge,
    /// Run the stand-in for HaloPSA alone, on the loopback address
    DemoServer(DemoServer),
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What to print and how.
#[derive(Clone, Debug, Default, Args)]
pub struct ListOptions {
    /// Which ones, in the query language: is:open client:acme pri:<=2 (quote it; write -- before one that starts with -)
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Ask the server, not the mirror
    #[arg(long, conflicts_with = "offline")]
    live: bool,
    /// Ask nobody, only the mirror
    #[arg(long)]
    offline: bool,
    /// Print a JSON array
    #[arg(long, conflicts_with_all = ["jsonl", "csv"])]
    json: bool,
    /// Print one JSON object a line
    #[arg(long, conflicts_with = "csv")]
    jsonl: bool,
    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
}

/// Whom a listing asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The mirror after a short refresh.
    #[default]
    Fresh,
    /// The server.
    Live,
    /// The mirror as it is.
    Offline,
}

impl ListOptions {
    /// The query, its words joined; empty where none was given.
    pub fn query(&self) -> String {
        self.query.join(" ")
    }

    /// Whom to ask.
    pub fn scope(&self) -> Scope {
        match (self.live, self.offline) {
            (true, _) => Scope::Live,
            (_, true) => Scope::Offline,
            _ => Scope::Fresh,
        }
    }

    /// How to print.
    pub fn format(&self) -> Format {
        match (self.json, self.jsonl, self.csv) {
            (true, ..) => Format::Json,
            (_, true, _) => Format::JsonLines,
            (.., true) => Format::Csv,
            _ => Format::Table,
        }
    }
}

/// How the stand-in behaves.
#[derive(Clone, Debug, Args)]
pub struct DemoServer {
    /// The port; 0 for any free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// How many tickets there are
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub tickets: u32,
    /// How many clients there are
    #[arg(long, value_name = "N", default_value_t = 120)]
    pub clients: u32,
    /// What the world is made from: the same seed makes the same world
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// How long each answer takes
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency_ms: u64,
    /// Nothing happens by itself, so that runs repeat exactly
    #[arg(long)]
    pub still: bool,
    /// The time at which a still world stands, such as 2026-11-20T10:00:00Z
    #[arg(long, value_name = "RFC3339", requires = "still")]
    pub at: Option<Timestamp>,
    /// How long a token lives
    #[arg(long, value_name = "SECONDS")]
    pub token_ttl: Option<u64>,
    /// Requests allowed in any 5 minutes
    #[arg(long, value_name = "N")]
    pub rate: Option<u32>,
    /// Answer in a broken way
    #[arg(long, value_name = "MODE", value_enum)]
    pub fault: Option<DemoFault>,
}

/// Ways in which the stand-in misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DemoFault {
    /// A web page where JSON is due
    Html,
    /// JSON that is cut off
    Truncate,
    /// One byte at a time
    Slow,
    /// Status 500
    #[value(name = "500")]
    ServerError,
    /// The connection is closed without an answer
    Drop,
    /// Status 401 whatever the token
    #[value(name = "401")]
    Unauthorised,
    /// One record of a page has wrong types
    BadRecord,
    /// Asked for changes, it sends everything
    IgnoreDelta,
    /// Asked for a stretch of days, it sends all of them
    IgnoreDates,
    /// Asked for closed tickets, it sends open ones too
    IgnoreClosed,
}

impl DemoFault {
    /// The mode's name as on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// A ticket's number, with or without the `#` that people write.
fn ticket_id(text: &str) -> Result<TicketId, String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    digits.parse().map(TicketId).map_err(|_| "a ticket's number is digits alone".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Arguments, clap::Error> {
        Arguments::read(std::iter::once("halo-tui").chain(words.split_whitespace()))
    }

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn global_options_stand_on_either_side() {
        for words in ["--profile acme --budget 9 list", "list --profile acme --budget 9"] {
            let arguments = parse(words).unwrap();
            assert_eq!(arguments.profile, ProfileName::parse("acme"), "{words}");
            assert_eq!(arguments.budget, Some(9), "{words}");
        }
        assert_eq!(parse("--demo list --demo-tickets 7").unwrap().demo_tickets(), 7);
        assert_eq!(parse("list --demo").unwrap().demo_tickets(), 5000);
    }

    #[test]
    fn a_listing_says_what_and_how() {
        let Some(Action::List(list)) = parse("list is:open client:acme --jsonl --offline --limit 3 -- -is:vip").unwrap().action
        else {
            unreachable!("list was asked for")
        };
        assert_eq!(list.query(), "is:open client:acme -is:vip");
        assert_eq!((list.format(), list.scope(), list.limit), (Format::JsonLines, Scope::Offline, Some(3)));
    }

    #[test]
    fn wrong_usage_ends_with_status_2() {
        for words in [
            "list --json --csv",
            "list --live --offline",
            "show twelve",
            "--profile ../x",
            "demo-server --at 2026-11-20T10:00:00Z",
            "demo-server --still --at yesterday",
            "--demo-tickets 5",
            "--demo list --profile acme",
            "--client-secret x",
            "list --theme x",
            "nonsense",
        ] {
            assert_eq!(parse(words).map(|_| ()).map_err(|error| error.exit_code()), Err(2), "{words}");
        }
        assert_eq!(parse("--version").unwrap_err().kind(), ErrorKind::DisplayVersion);
        assert_eq!(parse("--help").unwrap_err().exit_code(), 0);
    }

    #[test]
    fn the_stand_in_takes_its_flags() {
        let words = "demo-server --port 8080 --tickets 9 --clients 2 --seed 4 --latency-ms 5 --still --at 2026-11-20T10:00:00Z \
                     --token-ttl 10 --rate 300 --fault 401";
        let Some(Action::DemoServer(server)) = parse(words).unwrap().action else { unreachable!("demo-server was asked for") };
        assert_eq!((server.port, server.tickets, server.clients, server.seed), (8080, 9, 2, 4));
        assert_eq!(server.at, "2026-11-20T10:00:00Z".parse().ok());
        assert_eq!(server.fault.map(DemoFault::name).as_deref(), Some("401"));
        let modes =
            ["html", "truncate", "slow", "500", "drop", "401", "bad-record", "ignore-delta", "ignore-dates", "ignore-closed"];
        assert_eq!(DemoFault::value_variants().iter().map(|mode| mode.name()).collect::<Vec<_>>(), modes);
    }

    #[test]
    fn show_takes_a_number_as_people_write_it() {
        for words in ["show 10482", "show #10482"] {
            let Some(Action::Show { id, .. }) = parse(words).unwrap().action else { unreachable!("show was asked for") };
            assert_eq!(id, TicketId(10482));
        }
    }
}
