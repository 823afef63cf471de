//! Job control: stopping as ctrl-z stops a program that isn't in raw mode.

use std::os::fd::BorrowedFd;

use rustix::process::{Pid, Signal, getpgid, getpgrp, getpid, getppid, getsid, kill_current_process_group};

/// Whether a shell would take over and could continue this process group: the parent of its leader is another group of the same
/// session. Where nobody could (a login without a shell in between), a stop would be for ever.
pub(super) fn can_stop() -> bool {
    let group = getpgrp();
    let parent = if group == getpid() { getppid() } else { parent_of(group).or_else(getppid) };
    parent.is_some_and(|parent| {
        getsid(Some(parent)).ok().is_some_and(|session| Ok(session) == getsid(None))
            && getpgid(Some(parent)).is_ok_and(|of_parent| of_parent != group)
    })
}

/// Stops this process group, so that a shell sees the whole pipeline stopped. Not SIGTSTP: it has a handler.
pub(super) fn stop() -> std::io::Result<()> {
    Ok(kill_current_process_group(Signal::STOP)?)
}

/// Whether the tty is another process group's.
pub(super) fn in_background(tty: BorrowedFd<'_>) -> bool {
    rustix::termios::tcgetpgrp(tty).is_ok_and(|foreground| foreground != getpgrp())
}

/// The parent of a process, from the second field after its name, which is in parentheses and may hold anything.
fn parent_of(process: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    Pid::from_raw(fields.split_ascii_whitespace().nth(1)?.parse().ok()?)
}
