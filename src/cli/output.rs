//! Data on standard output, words on standard error, and the exit status.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use crate::domain::{Failure, FailureKind};

/// Writes to standard output through a buffer. A reader that has gone (`halo-tui list | head`) is no failure.
///
/// # Errors
/// Any other trouble with the output, such as a full disk.
pub fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    forgiving_a_gone_reader(write(&mut out).and_then(|()| out.flush()))
}

fn forgiving_a_gone_reader(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if is_gone(&error) => Ok(()),
        written => written,
    }
}

/// Whether nobody reads any more; the CSV writer wraps what the system says.
fn is_gone(error: &io::Error) -> bool {
    let within = error.get_ref().and_then(|inner| inner.downcast_ref::<csv::Error>());
    let wrapped = within.and_then(|csv| if let csv::ErrorKind::Io(error) = csv.kind() { Some(error.kind()) } else { None });
    [Some(error.kind()), wrapped].contains(&Some(io::ErrorKind::BrokenPipe))
}

/// The exit status of a failed command.
pub fn exit_code(failure: &Failure) -> ExitCode {
    ExitCode::from(status(failure))
}

pub(super) fn status(failure: &Failure) -> u8 {
    match failure.kind {
        FailureKind::Settings | FailureKind::SecretUnavailable => 2,
        FailureKind::NotFound => 5,
        _ if failure.is_refusal() => 3,
        _ if failure.is_unreachable() => 4,
        _ => 1,
    }
}

/// Tells a failure in words: `halo-tui: what happened`, then what to do.
///
/// # Errors
/// Trouble with the output.
pub fn print_failure(failure: &Failure, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    writeln!(out, "halo-tui: {}", failure.what)?;
    if failure.advice.is_empty() { Ok(()) } else { writeln!(out, "  {}", failure.advice) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_failure_has_its_status() {
        for (kind, expected) in [
            (FailureKind::Settings, 2),
            (FailureKind::SecretUnavailable, 2),
            (FailureKind::InvalidClient, 3),
            (FailureKind::WrongTenant, 3),
            (FailureKind::Forbidden, 3),
            (FailureKind::NameNotFound, 4),
            (FailureKind::CertificateNotTrusted, 4),
            (FailureKind::TimedOut, 4),
            (FailureKind::NotFound, 5),
            (FailureKind::RateLimited(None), 1),
            (FailureKind::Server(502), 1),
            (FailureKind::WrongUrl, 1),
            (FailureKind::Storage, 1),
        ] {
            assert_eq!(status(&Failure::new(kind, "x")), expected, "{kind:?}");
        }
    }

    #[test]
    fn only_a_gone_reader_is_forgiven() {
        assert!(forgiving_a_gone_reader(Err(io::ErrorKind::BrokenPipe.into())).is_ok());
        assert!(forgiving_a_gone_reader(Err(io::ErrorKind::StorageFull.into())).is_err());
        let wrapped = |kind: io::ErrorKind| io::Error::from(csv::Error::from(io::Error::from(kind)));
        assert!(forgiving_a_gone_reader(Err(wrapped(io::ErrorKind::BrokenPipe))).is_ok());
        assert!(forgiving_a_gone_reader(Err(wrapped(io::ErrorKind::StorageFull))).is_err());
    }

    #[test]
    fn a_failure_is_told_with_its_advice() {
        let mut out = Vec::new();
        print_failure(&Failure::new(FailureKind::Settings, "it broke").advise("mend it"), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "halo-tui: it broke\n  mend it\n");
    }
}
