//! The descriptors of the tty, and what may be done with them without waiting for ever.
//!
//! Reading and writing must never wait for the tty: a terminal that stops reading would else stop the program. `O_NONBLOCK`
//! is a property of the open file description, and the one behind standard input and output is shared with the shell, which
//! breaks when it finds it non-blocking. So the device is opened once more, by its name or, where that name can't be opened
//! (after `su`, in a container), as `/dev/tty`: that description is ours alone. Only where neither works the shared one
//! is used, in pieces small enough that a tty which says it is ready rarely makes one wait; a write that waits all the same
//! holds up the writer's thread and nothing else.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::screen::LARGEST;

/// The most bytes in one write to a shared, blocking description.
const SMALL_PIECE: usize = 64;
/// The size of a terminal that doesn't know its own, as serial lines don't.
const UNKNOWN: Size = Size { width: 80, height: 24 };

/// The tty, opened for reading and for writing.
pub(super) struct Tty {
    input: OwnedFd,
    output: OwnedFd,
    piece: usize,
}

impl Tty {
    /// The ttys of standard input and output, which must be ttys.
    pub(super) fn of_standard_streams() -> io::Result<Self> {
        let (input, _) = reopen(rustix::stdio::stdin())?;
        let (output, own) = reopen(rustix::stdio::stdout())?;
        Ok(Self { input, output, piece: if own { usize::MAX } else { SMALL_PIECE } })
    }

    /// The tty at `path`.
    #[cfg(test)]
    pub(super) fn at(path: &CStr) -> io::Result<Self> {
        Ok(Self { input: open(path)?, output: open(path)?, piece: usize::MAX })
    }

    pub(super) fn input(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    pub(super) fn output(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }

    /// The terminal's size in columns and rows, no larger than is drawn; 80x24 where it isn't known.
    pub(super) fn size(&self) -> Size {
        let Ok(size) = rustix::termios::tcgetwinsize(&self.output) else { return UNKNOWN };
        Size {
            width: if size.ws_col == 0 { UNKNOWN.width } else { size.ws_col.min(LARGEST.width) },
            height: if size.ws_row == 0 { UNKNOWN.height } else { size.ws_row.min(LARGEST.height) },
        }
    }

    /// Reads what is there. An error of kind `WouldBlock` says that nothing is; 0 bytes that nothing will ever be.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(&self.input, buffer)?)
    }

    /// Writes the beginning of `bytes`, as much as the tty takes at once: none of it, perhaps.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let piece = bytes.get(..self.piece).unwrap_or(bytes);
        match rustix::io::write(&self.output, piece) {
            Ok(count) => Ok(count),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes all of `bytes`, unless that takes until `deadline`: then an error of kind `TimedOut`.
    pub(super) fn write_by(&self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut fds = [PollFd::new(&self.output, PollFlags::OUT)];
            wait(&mut fds, Some(left))?;
            let [ready] = fds;
            if ready.revents().is_empty() {
                if left.is_zero() {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                continue;
            }
            let count = self.write(bytes)?;
            bytes = bytes.get(count..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Waits until one of `fds` is ready or `timeout` is over; a signal ends the wait as well.
pub(super) fn wait(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<()> {
    let timeout = timeout.map(|timeout| Timespec {
        tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    match rustix::event::poll(fds, timeout.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a descriptor is at its end: the tty is gone.
pub(super) fn is_gone(ready: PollFlags) -> bool {
    ready.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
}

/// Opens the tty behind `fd` once more. True if the description is ours alone.
fn reopen(fd: BorrowedFd<'_>) -> io::Result<(OwnedFd, bool)> {
    let device = rustix::fs::fstat(fd)?.st_rdev;
    if let Ok(name) = rustix::termios::ttyname(fd, Vec::new())
        && let Ok(own) = open(&name)
        && rustix::fs::fstat(&own)?.st_rdev == device
    {
        return Ok((own, true));
    }
    // The controlling terminal has a second name, which may be opened by whoever runs on it.
    if rustix::termios::tcgetsid(fd).ok() == rustix::process::getsid(None).ok()
        && let Ok(own) = open(c"/dev/tty")
    {
        return Ok((own, true));
    }
    Ok((rustix::io::fcntl_dupfd_cloexec(fd, 3)?, false))
}

fn open(path: &CStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// Ends another thread's wait.
pub(super) struct Wake {
    hear: io::PipeReader,
    tell: io::PipeWriter,
}

impl Wake {
    pub(super) fn new() -> io::Result<Self> {
        let (hear, tell) = io::pipe()?;
        rustix::io::ioctl_fionbio(&hear, true)?;
        rustix::io::ioctl_fionbio(&tell, true)?;
        Ok(Self { hear, tell })
    }

    /// Wakes the thread. A pipe that is full has told it already.
    pub(super) fn tell(&self) {
        let _ = rustix::io::write(&self.tell, &[1]);
    }

    /// What the thread waits on.
    pub(super) fn poll_fd(&self) -> PollFd<'_> {
        PollFd::new(&self.hear, PollFlags::IN)
    }

    /// Forgets all calls so far.
    pub(super) fn clear(&self) {
        let mut calls = [0u8; 64];
        while rustix::io::read(&self.hear, &mut calls).is_ok_and(|count| count > 0) {}
    }
}
