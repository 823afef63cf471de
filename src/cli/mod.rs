//! The command line and the commands that need no screen.

mod arguments;
mod begin;
mod doctor;
mod forget;
mod generate;
mod list;
mod listing;
mod output;
mod run;
mod show;
mod stand_in;
mod sync;
mod table;
mod ticket;

pub use arguments::{Action, Arguments, DemoFault, DemoServer, ListOptions, Scope};
pub use doctor::Appearance;
pub use generate::{completions, man_page};
pub use listing::{Cell, Format, Listed, Listing};
pub use output::{exit_code, print_failure, to_stdout};
pub use run::{Surroundings, run};
pub use show::{TicketDetail, print_ticket};
pub use table::Layout;
