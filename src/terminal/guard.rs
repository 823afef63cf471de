//! The terminal's modes: taking it and giving it back, whatever happens.
//!
//! It is given back by [`Modes::leave`], on drop, and by the panic hook, once; every step is tried whatever became of the one
//! before, and none waits for a terminal that doesn't read: after [`PATIENCE`] the program's own end is worth more.
//!
//! A panic on the thread that opened the terminal gives it back and then prints its message. A panic anywhere else
//! leaves the screen alone: the program goes on drawing, whoever supervises that thread says so, and the message goes to the
//! log without its text, which could hold what a stranger wrote.

use std::io;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Once, PoisonError, TryLockError, Weak};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use crossterm::{
    Command,
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange},
    style::ResetColor,
    terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen},
};
use rustix::event::{PollFd, PollFlags};
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

use super::tty::{Tty, is_gone, wait};

/// Alternate screen, no cursor, bracketed paste, focus reports. Nothing is asked: an answer costs a round trip or never comes.
static ENTER: LazyLock<Vec<u8>> =
    LazyLock::new(|| orders(&[&EnterAlternateScreen, &Hide, &EnableBracketedPaste, &EnableFocusChange]));
/// The opposite, after an end to whatever a frame had begun: a synchronized update, margins, colours.
static LEAVE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    const WHOLE_SCREEN: &[u8] = b"\x1b[r";
    let mut leave = orders(&[&EndSynchronizedUpdate]);
    leave.extend_from_slice(WHOLE_SCREEN);
    leave.extend(orders(&[&ResetColor, &DisableFocusChange, &DisableBracketedPaste, &Show, &LeaveAlternateScreen]));
    leave
});
/// Reports of the mouse's buttons and wheel, in decimal (SGR): not of its movements, which would never end.
pub(super) const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
/// The opposite.
pub(super) const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// How long answers to what was asked may take to come back before the shell gets to read them.
const PATIENCE_WITH_ANSWERS: Duration = Duration::from_millis(1200);
/// How much later than expected an answer may come that is still recognised where the wire tore it.
const LATENESS: Duration = Duration::from_secs(10);
/// The answer to a status report request.
const ANSWER: &[u8] = b"\x1b[0n";
/// Ends a sequence that was cut off in the middle.
const CANCEL: &[u8] = b"\x18";
/// How long the terminal may take to accept the above.
const PATIENCE: Duration = Duration::from_millis(800);
/// How long a write that is under way may hold up the giving back.
const PATIENCE_WITH_WRITER: Duration = Duration::from_millis(200);

/// A terminal order that can be kept in a list.
trait Order {
    fn write_to(&self, text: &mut String);
}

impl<C: Command> Order for C {
    fn write_to(&self, text: &mut String) {
        // Writing to a string can't fail.
        let _ = self.write_ansi(text);
    }
}

fn orders(all: &[&dyn Order]) -> Vec<u8> {
    let mut text = String::new();
    for order in all {
        order.write_to(&mut text);
    }
    text.into_bytes()
}

/// The terminal whose panic hook applies.
static ACTIVE: Mutex<Weak<Modes>> = Mutex::new(Weak::new());

/// Status report requests without an answer so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owed {
    pub(super) requests: usize,
    /// When the last of them is no longer expected to be answered.
    pub(super) until: Instant,
}

/// The terminal's modes while it is ours, and the only way to write to it.
pub(super) struct Modes {
    tty: Tty,
    owner: ThreadId,
    /// The settings to give back; `None` while the terminal isn't ours.
    original: Mutex<Option<Termios>>,
    /// Whether frames may be written.
    open: AtomicBool,
    /// Whether the mouse is to be reported.
    mouse: AtomicBool,
    /// Whether the last write ended within a frame.
    torn: AtomicBool,
    /// What the terminal has not answered yet.
    owed: Mutex<Option<Owed>>,
    /// Held during a write.
    writing: Mutex<()>,
}

impl Modes {
    /// The modes of `tty`, not yet taken; the calling thread is the one whose panic gives them back.
    pub(super) fn new(tty: Tty) -> Self {
        Self {
            tty,
            owner: std::thread::current().id(),
            original: Mutex::new(None),
            open: AtomicBool::new(false),
            mouse: AtomicBool::new(false),
            torn: AtomicBool::new(false),
            owed: Mutex::new(None),
            writing: Mutex::new(()),
        }
    }

    pub(super) const fn tty(&self) -> &Tty {
        &self.tty
    }

    /// Takes the terminal: raw mode, alternate screen and the rest. Taken already, it is taken once more: somebody else may
    /// have changed its modes while this process was stopped.
    ///
    /// # Errors
    ///
    /// If its settings can't be read or changed, or it takes no bytes; it is then as before.
    pub(super) fn enter(&self) -> io::Result<()> {
        {
            let mut original = lock(&self.original);
            let now = tcgetattr(self.tty.input())?;
            let mut raw = now.clone();
            raw.make_raw();
            tcsetattr(self.tty.input(), OptionalActions::Now, &raw)?;
            original.get_or_insert(now);
        }
        self.torn.store(false, Ordering::SeqCst);
        let entered = {
            let _writing = lock(&self.writing);
            let deadline = Instant::now() + PATIENCE;
            let mouse = if self.has_mouse() { MOUSE_ON } else { b"" };
            self.tty.write_by(&ENTER, deadline).and_then(|()| self.tty.write_by(mouse, deadline))
        };
        self.open.store(true, Ordering::SeqCst);
        entered.inspect_err(|_| self.leave())
    }

    /// Turns the mouse's reports on or off from the next taking on, and says what they are now.
    pub(super) fn toggle_mouse(&self) -> bool {
        !self.mouse.fetch_xor(true, Ordering::SeqCst)
    }

    /// Whether the mouse is to be reported.
    pub(super) fn has_mouse(&self) -> bool {
        self.mouse.load(Ordering::SeqCst)
    }

    /// Gives the terminal back; nothing if it isn't ours.
    pub(super) fn leave(&self) {
        let Some(original) = lock(&self.original).take() else { return };
        self.open.store(false, Ordering::SeqCst);
        let _writing = lock_by(&self.writing, Instant::now() + PATIENCE_WITH_WRITER);
        let deadline = Instant::now() + PATIENCE;
        if self.torn.swap(false, Ordering::SeqCst) {
            let _ = self.tty.write_by(CANCEL, deadline);
        }
        if self.has_mouse() {
            let _ = self.tty.write_by(MOUSE_OFF, deadline);
        }
        let left = self.tty.write_by(&LEAVE, deadline);
        // While the terminal is still raw: a shell would echo late answers, and read them as typed. From a terminal that takes
        // nothing nothing comes.
        if let Some(owed) = lock(&self.owed).take().filter(|_| left.is_ok()) {
            self.swallow_answers(owed.requests, owed.until.min(Instant::now() + PATIENCE_WITH_ANSWERS));
            let _ = tcflush(self.tty.input(), QueueSelector::IFlush);
        }
        let _ = tcsetattr(self.tty.input(), OptionalActions::Now, &original);
    }

    /// Takes note of what the terminal has not answered yet.
    pub(super) fn owes(&self, owed: Option<Owed>) {
        *lock(&self.owed) = owed;
    }

    /// Whether an answer may still be on its way.
    pub(super) fn is_owed(&self) -> bool {
        lock(&self.owed).is_some_and(|owed| Instant::now() < owed.until + LATENESS)
    }

    /// Reads until so many answers have come, or until `deadline`; what was typed among them is lost.
    fn swallow_answers(&self, mut owed: usize, deadline: Instant) {
        let mut buffer = [0u8; 256];
        // An answer may come in pieces.
        let mut matched = 0;
        while owed > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut fds = [PollFd::from_borrowed_fd(self.tty.input(), PollFlags::IN)];
            if left.is_zero() || wait(&mut fds, Some(left)).is_err() {
                return;
            }
            let [ready] = fds;
            if !ready.revents().contains(PollFlags::IN) {
                if is_gone(ready.revents()) {
                    return;
                }
                continue;
            }
            let Ok(count @ 1..) = self.tty.read(&mut buffer) else { return };
            for byte in buffer.get(..count).unwrap_or_default() {
                matched = if ANSWER.get(matched) == Some(byte) { matched + 1 } else { usize::from(ANSWER.first() == Some(byte)) };
                if matched == ANSWER.len() {
                    matched = 0;
                    owed = owed.saturating_sub(1);
                }
            }
        }
    }

    /// Writes the beginning of `bytes`, the rest of a frame, without waiting; gives how many, or `None` if the terminal isn't ours.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<Option<usize>> {
        let _writing = lock(&self.writing);
        if !self.open.load(Ordering::SeqCst) {
            return Ok(None);
        }
        let count = self.tty.write(bytes)?;
        self.torn.store(count < bytes.len(), Ordering::SeqCst);
        Ok(Some(count))
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        self.leave();
    }
}

/// From now on a panic gives back `modes`, or leaves them alone, as the module's documentation says.
pub(super) fn give_back_on_panic(modes: &Arc<Modes>) {
    static HOOK: Once = Once::new();
    *lock(&ACTIVE) = Arc::downgrade(modes);
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| on_panic(info, &previous)));
    });
}

fn on_panic(info: &PanicHookInfo<'_>, previous: &(dyn Fn(&PanicHookInfo<'_>) + Sync + Send)) {
    let modes = lock(&ACTIVE).upgrade();
    if let Some(modes) = modes.filter(|modes| modes.open.load(Ordering::SeqCst)) {
        let thread = std::thread::current();
        if thread.id() != modes.owner {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(thread = thread.name().unwrap_or_default(), place, "panic");
            return;
        }
        modes.leave();
    }
    previous(info);
}

/// Locks; what a panicking thread left behind is still used, as nothing in this room is left half changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks unless that takes until `deadline`.
fn lock_by<T>(mutex: &Mutex<T>, deadline: Instant) -> Option<MutexGuard<'_, T>> {
    loop {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return None,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}
