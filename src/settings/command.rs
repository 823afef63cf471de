//! [`CommandSecret`]: a secret that a command prints.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::{Instant, sleep_until, timeout_at},
};
use zeroize::Zeroizing;

use super::{SECRET_VARIABLE, source::Answer};
use crate::domain::{Failure, FailureKind, Secret, SecretSource};

/// How long a command may take; time enough for an agent to be asked, not for a person to be forgotten.
const LIMIT: Duration = Duration::from_secs(10);
/// How long output is waited for once the command has ended: a daemon that it started may hold the pipe open.
const GRACE: Duration = Duration::from_millis(500);
/// More than any secret.
const MAX_BYTES: u64 = 64 * 1024;

/// A secret that a command prints, such as `pass show halo`; run anew each time it is asked for.
///
/// `/bin/sh -c` runs it, as `git` and mail programs do with theirs, so that `pass show halo | head -n1` works. Whoever can
/// write `config.toml` can run commands: that is why a file that others can write is refused. Standard input is empty,
/// standard error is dropped (it might repeat the secret), and the command is in a process group of its own, which is
/// killed as a whole.
#[derive(Debug)]
pub struct CommandSecret {
    command: String,
}

impl CommandSecret {
    /// The secret that `command` prints.
    pub fn new(command: impl Into<String>) -> Self {
        Self { command: command.into() }
    }

    async fn run(&self) -> Result<Secret, Failure> {
        let deadline = Instant::now() + LIMIT;
        let mut child = Command::new("/bin/sh")
            .arg("-c")
            .arg(&self.command)
            .env_remove(SECRET_VARIABLE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| unavailable(&format!("could not be started: {error}")))?;
        let mut group = Group::of(&child);
        let mut printed = Zeroizing::new(Vec::with_capacity(4096));
        let ended = timeout_at(deadline, collect(&mut child, &mut printed)).await;
        let status = match ended {
            Ok(Ok(Some(status))) => status,
            unfinished => {
                group.kill();
                let _reaped = child.wait().await;
                return Err(match unfinished {
                    Ok(Ok(_)) => unavailable("printed more than 64 KiB"),
                    Ok(Err(error)) => unavailable(&format!("could not be read: {error}")),
                    Err(_) => unavailable("did not end within 10 seconds"),
                });
            }
        };
        group.let_be();
        if !status.success() {
            let how = status.code().map_or("was ended by a signal".to_owned(), |code| format!("ended with status {code}"));
            return Err(unavailable(&how));
        }
        as_secret(&printed)
    }
}

impl SecretSource for CommandSecret {
    fn secret(&self) -> Answer<'_> {
        Box::pin(self.run())
    }
}

/// Reads until the output ends, or for [`GRACE`] after the command does; `None` where it printed too much.
async fn collect(child: &mut Child, printed: &mut Vec<u8>) -> std::io::Result<Option<ExitStatus>> {
    let Some(output) = child.stdout.take() else { return child.wait().await.map(Some) };
    let mut output = output.take(MAX_BYTES + 1);
    let mut ended = None;
    loop {
        let grace = async {
            match ended {
                Some((_, at)) => sleep_until(at + GRACE).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            read = output.read_buf(printed) => if read? == 0 { break },
            status = child.wait(), if ended.is_none() => ended = Some((status?, Instant::now())),
            () = grace => break,
        }
    }
    match ended {
        _ if printed.len() as u64 > MAX_BYTES => Ok(None),
        Some((status, _)) => Ok(Some(status)),
        None => child.wait().await.map(Some),
    }
}

/// One line, without its end; nothing that could forge a header.
fn as_secret(printed: &[u8]) -> Result<Secret, Failure> {
    let text = std::str::from_utf8(printed).map_err(|_| unavailable("printed something that is not text"))?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err(unavailable("printed nothing"));
    }
    if line.contains(['\n', '\r']) {
        return Err(unavailable("printed more than one line").advise("let it print the secret alone: … | head -n1"));
    }
    if line.contains(char::is_control) {
        return Err(unavailable("printed control characters"));
    }
    Ok(Secret::new(line.to_owned()))
}

fn unavailable(how: &str) -> Failure {
    Failure::new(FailureKind::SecretUnavailable, &format!("the secret_command {how}"))
        .advise("run it in a shell to see what it says")
}

/// The command's process group, killed when this is dropped: when the read is given up, too.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    fn kill(&mut self) {
        if let Some(group) = self.0.take() {
            // It may have ended by itself meanwhile.
            let _gone = kill_process_group(group, Signal::KILL);
        }
    }

    /// The command has ended: its number may be somebody else's soon.
    fn let_be(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        io::{BufRead, BufReader, Read},
    };

    use rustix::fs::{CWD, Mode, mkfifoat};

    use super::*;

    async fn told(command: &str) -> String {
        CommandSecret::new(command).secret().await.map(|_| ()).unwrap_err().what.to_string()
    }

    #[tokio::test]
    async fn one_line_is_the_secret() {
        for command in ["echo s3cret", "printf s3cret", "printf 's3cret\\r\\n'", "printf 's3cret\\nuser: x\\n' | head -n1"] {
            assert_eq!(CommandSecret::new(command).secret().await.unwrap().expose(), "s3cret", "{command}");
        }
    }

    #[tokio::test]
    async fn anything_else_is_told_without_its_output() {
        for (command, how) in [
            ("echo canary; echo canary >&2; exit 3", "ended with status 3"),
            ("kill -9 $$", "was ended by a signal"),
            ("true", "printed nothing"),
            ("echo", "printed nothing"),
            ("printf 'canary\\nuser: x\\n'", "printed more than one line"),
            ("printf 'can\\000ary'", "printed control characters"),
            ("printf '\\377canary'", "printed something that is not text"),
            ("yes canary", "printed more than 64 KiB"),
            ("no-such-command-anywhere", "ended with status 127"),
        ] {
            assert_eq!(told(command).await, format!("the secret_command {how}"), "{command}");
        }
    }

    #[tokio::test]
    async fn a_daemon_that_holds_the_pipe_is_not_waited_for() {
        let secret = CommandSecret::new("echo s3cret; sleep 1000 2>&1 & exit 0").secret().await;
        assert_eq!(secret.unwrap().expose(), "s3cret");
    }

    /// The paused clock runs on only while nothing blocks: not before the command has said that it runs.
    #[tokio::test(start_paused = true)]
    async fn a_command_that_hangs_is_ended_with_its_children() {
        let base = tempfile::tempdir().unwrap();
        let pipe = base.path().join("pipe");
        mkfifoat(CWD, &pipe, Mode::RUSR | Mode::WUSR).unwrap();
        let command = format!("exec 3>'{}'; sleep 1000 & echo started >&3; wait", pipe.display());
        let started = tokio::task::spawn_blocking(move || {
            let mut pipe = BufReader::new(File::open(pipe).unwrap());
            let mut line = String::new();
            pipe.read_line(&mut line).unwrap();
            (line, pipe)
        });
        let (how, started) = tokio::join!(told(&command), started);
        assert_eq!(how, "the secret_command did not end within 10 seconds");
        let (line, mut pipe) = started.unwrap();
        assert_eq!(line, "started\n");
        // The pipe ends when the last of them is gone.
        assert_eq!(pipe.read_to_end(&mut Vec::new()).unwrap(), 0);
    }
}
