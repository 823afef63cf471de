//! Completion scripts and the manual page, from the one definition of the command line.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_mangen::Man;

use super::Arguments;

/// Writes the completion script of a shell.
///
/// # Errors
/// Trouble with the output.
pub fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> io::Result<()> {
    // The generator panics where it can't write: it writes into memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "halo-tui", &mut script);
    out.write_all(&script)
}

/// Writes the manual page, with a section for each command.
///
/// # Errors
/// Trouble with the output.
pub fn man_page(out: &mut dyn Write) -> io::Result<()> {
    let mut program = Arguments::command();
    program.build();
    let page = Man::new(program.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        // The options that every command takes were described above.
        let own = command.clone().mut_args(|option| if option.is_global_set() { option.hide(true) } else { option });
        let own = Man::new(own);
        let mut sections = Vec::new();
        own.render_synopsis_section(&mut sections)?;
        own.render_description_section(&mut sections)?;
        own.render_options_section(&mut sections)?;
        writeln!(out, ".SH {}", command.get_name().to_uppercase())?;
        // One level down, so that they belong to the command's own section.
        out.write_all(String::from_utf8_lossy(&sections).replace(".SH ", ".SS ").as_bytes())?;
    }
    page.render_extra_section(out)?;
    page.render_version_section(out)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_has_a_script_that_knows_the_commands() {
        for shell in clap_complete::Shell::value_variants() {
            let mut script = Vec::new();
            completions(*shell, &mut script).unwrap();
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("demo-server") && script.contains("config-dir"), "{shell}");
        }
    }

    #[test]
    fn the_manual_describes_every_command_and_status() {
        let mut page = Vec::new();
        man_page(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for command in Arguments::command().get_subcommands() {
            assert!(page.contains(&format!(".SH {}\n", command.get_name().to_uppercase())), "{}", command.get_name());
        }
        assert!(page.contains("latency") && page.contains("Exit status"));
    }
}
