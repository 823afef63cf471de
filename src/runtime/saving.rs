//! Saves a ticket's file into the folder for downloads, and opens it where that was asked for.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    process::Command,
    sync::{mpsc, oneshot},
};

use crate::{
    domain::{Failure, FailureKind, FileRow},
    msg::{Msg, Notice},
    session::Files,
    settings::{self, Config},
    text::SafeText,
    ui::size,
};

/// Pieces that may wait for the disk.
const PIECES: usize = 16;
/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(500);

/// Saves the file and tells how it goes; nothing waits for it.
pub(super) async fn save(files: Files, file: FileRow, open: bool, config: Config, messages: mpsc::Sender<Msg>) {
    let (name, size_words) = (file.name.clone(), size(file.size));
    let _ = messages.send(Msg::Notice(Notice::info(&format!("Saving {name} ({size_words})")))).await;
    let notice = match fetch(&files, &file, &config, &messages).await {
        Ok((path, bytes)) => {
            let saved = format!("Saved {} ({})", path.display(), size(bytes));
            if open { opened(&saved, &config, &path) } else { Notice::info(&saved) }
        }
        Err(failure) => Notice::failure(&failure),
    };
    let _ = messages.send(Msg::Notice(notice)).await;
}

/// Writes the file as it comes; one that did not come whole, or whose saving was given up, is removed again.
async fn fetch(files: &Files, file: &FileRow, config: &Config, messages: &mpsc::Sender<Msg>) -> Result<(PathBuf, u64), Failure> {
    let (pieces, receiver) = mpsc::channel(PIECES);
    let (whole, is_whole) = oneshot::channel();
    let (folder, row, messages) = (config.downloads.clone(), file.clone(), messages.clone());
    let writing = tokio::task::spawn_blocking(move || write(folder.as_deref(), &row, receiver, is_whole, &messages));
    let read = files.read(file.id, &pieces).await;
    if read.is_ok() {
        let _ = whole.send(());
    }
    drop(pieces);
    let gone = |_| Failure::new(FailureKind::Gone, "the saving stopped unexpectedly");
    let written = writing.await.map_err(gone)?;
    match (read, written) {
        (Ok(()), Ok(Some(written))) => Ok(written),
        // Where the disk refused, the reading was given up for that reason.
        (_, Err(failure)) | (Err(failure), Ok(_)) => Err(failure),
        (Ok(()), Ok(None)) => Err(Failure::new(FailureKind::Gone, "the saving stopped unexpectedly")),
    }
}

/// Writes the pieces into a new file and answers its path and size; `None` where they ended before it was whole: it is gone then.
fn write(
    folder: Option<&Path>,
    file: &FileRow,
    mut pieces: mpsc::Receiver<Vec<u8>>,
    mut is_whole: oneshot::Receiver<()>,
    messages: &mpsc::Sender<Msg>,
) -> Result<Option<(PathBuf, u64)>, Failure> {
    let folder = settings::download_folder(folder);
    let (mut out, path) = settings::begin_download(&folder, &file.name)?;
    let (mut written, mut told) = (0_u64, Instant::now());
    let mut copy = || -> std::io::Result<()> {
        while let Some(piece) = pieces.blocking_recv() {
            out.write_all(&piece)?;
            written += u64::try_from(piece.len()).unwrap_or(0);
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                let of = if file.size > written { format!(" of {}", size(file.size)) } else { String::new() };
                // A screen that is busy hears the next one.
                let _ = messages.try_send(Msg::Notice(Notice::info(&format!("Saving {}: {}{of}", file.name, size(written)))));
            }
        }
        out.flush()
    };
    match copy() {
        Ok(()) if is_whole.try_recv().is_ok() => Ok(Some((path, written))),
        Ok(()) => {
            let _ = std::fs::remove_file(&path);
            Ok(None)
        }
        Err(error) => {
            let _ = std::fs::remove_file(&path);
            Err(Failure::new(FailureKind::Storage, &format!("{} can't be written: {error}", path.display())))
        }
    }
}

/// What tells a shell over SSH from one on the machine in front of the operator.
const OVER_SSH: [&str; 3] = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"];
/// What opens things on a desktop.
const DESKTOP: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Starts what opens links and says so, or why not; `None` where nothing does: over SSH the browser would be on the wrong machine.
pub(super) fn open_link(link: &SafeText, config: &Config) -> Option<Notice> {
    let there = |name: &&str| std::env::var_os(*name).is_some_and(|value| !value.is_empty());
    // A desktop's opener without a desktop would take the terminal for one.
    let desktop = cfg!(target_os = "macos") || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(there);
    let none = config.open_command.trim().is_empty() && !desktop;
    if none || OVER_SSH.iter().any(there) || !link.as_str().starts_with("http") {
        return None;
    }
    let mut words = config.open_command.split_whitespace();
    let own = words.next();
    match (open(own.unwrap_or(DESKTOP), words, Path::new(link.as_str())), own) {
        (Ok(mut child), _) => {
            tokio::spawn(async move { child.wait().await });
            Some(Notice::info(&format!("Opened {link}")))
        }
        (Err(error), Some(program)) => Some(Notice::error(&format!("{program} can't be started: {error}"))),
        (Err(_), None) => None,
    }
}

/// Opens a saved file with the operator's own command and says so, or why not.
fn opened(saved: &str, config: &Config, path: &Path) -> Notice {
    let mut words = config.open_command.split_whitespace();
    let Some(program) = words.next() else {
        return Notice::info(&format!("{saved}; open_command in config.toml would open it"));
    };
    match open(program, words, path) {
        Ok(mut child) => {
            // Waited for, so that nothing of it is left in the process table.
            tokio::spawn(async move { child.wait().await });
            Notice::info(&format!("{saved}, opened with {program}"))
        }
        Err(error) => Notice::error(&format!("{saved}, but {program} can't be started: {error}")),
    }
}

/// Starts the program with the file's absolute path as its last argument: no shell reads it, and it can't pass for an option. The program gets
/// neither this terminal nor anything that this one was told by `HALO_*`.
fn open<'a>(program: &str, arguments: impl Iterator<Item = &'a str>, path: &Path) -> std::io::Result<tokio::process::Child> {
    let mut command = Command::new(program);
    command.args(arguments).arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"HALO_") {
            command.env_remove(name);
        }
    }
    command.spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_path_is_one_argument_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("a; touch $(b) 'c'");
        std::fs::write(&odd, "x").unwrap();
        let copy = folder.path().join("copy");
        // A program that takes its target as an option and the file as an argument: it copies that one file or fails.
        let target = format!("--target-directory={}", folder.path().display());
        std::fs::create_dir(&copy).unwrap();
        let target = target.replace(&folder.path().display().to_string(), &copy.display().to_string());
        let status = open("cp", [target.as_str()].into_iter(), &odd).unwrap().wait().await.unwrap();
        assert!(status.success());
        assert_eq!(std::fs::read_to_string(copy.join("a; touch $(b) 'c'")).unwrap(), "x");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[tokio::test]
    async fn what_cannot_be_opened_is_saved_and_says_so() {
        let said = |command: &str| {
            let mut config = Config::default();
            command.clone_into(&mut config.open_command);
            opened("Saved x", &config, Path::new("/nowhere/x")).text.to_string()
        };
        assert_eq!(said(""), "Saved x; open_command in config.toml would open it");
        assert!(said("no-such-program-anywhere").starts_with("Saved x, but no-such-program-anywhere can't be started"));
    }
}
