//! The threads that own the connections, and the way to them: callers await, they never block.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::{
    Reader, StoreError,
    open::{Connections, connect_reader},
    place,
    positions::Positions,
    reader::Allowance,
};
use crate::domain::{Failure, FailureKind};

type Job = Box<dyn FnOnce(&Reader, &Current) + Send>;

/// The name of the thread that writes.
const WRITER: &str = "mirror-writer";
/// The name of those that read. Two reads can run at once: one for the screen while another streams a long list. The second
/// thread opens its connection when the first read is done: reading the table of contents takes longer the larger the mirror.
const READER: &str = "mirror-reader";

/// The threads of one mirror.
pub(super) struct Lanes {
    reads: Lane,
    writes: Lane,
    threads: Mutex<Vec<JoinHandle<()>>>,
    path: Option<PathBuf>,
    /// Whether a read or a write found the file damaged.
    damaged: Arc<watch::Sender<bool>>,
}

impl Lanes {
    /// Starts one thread for each connection.
    pub(super) fn start(connections: Connections) -> std::io::Result<Self> {
        let positions = Positions::default();
        let (writes, write_jobs) = channel::<Job>();
        let open = |conn| move || Some(Ok(conn));
        let write_jobs = Arc::new(Mutex::new(write_jobs));
        let mut threads = vec![spawn(WRITER, open(connections.writer), positions.clone(), write_jobs, None)?];
        let reads = match (connections.reader, &connections.path) {
            (Some(reader), Some(path)) => {
                let (reads, jobs) = channel::<Job>();
                let (jobs, path) = (Arc::new(Mutex::new(jobs)), path.clone());
                let (at_work, first_done) = channel();
                threads.push(spawn(READER, open(reader), positions.clone(), Arc::clone(&jobs), Some(at_work))?);
                let later = move || first_done.recv().ok().map(|()| connect_reader(&path));
                threads.push(spawn(READER, later, positions, jobs, None)?);
                reads
            }
            _ => writes.clone(),
        };
        let (reads, writes) = (Lane::to(reads), Lane::to(writes));
        Ok(Self { reads, writes, threads: Mutex::new(threads), path: connections.path, damaged: Arc::default() })
    }

    /// Waits until a read or a write finds the file damaged.
    pub(super) async fn found_damaged(&self) {
        // The sender is this one's own.
        let _ = self.damaged.subscribe().wait_for(|damaged| *damaged).await;
    }

    /// Runs a read. Dropping the future drops the read: one that waits is skipped, one that runs is stopped.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let call = Call::default();
        let (job, answer) = self.job(work, call.clone());
        let guard = Abandon(call);
        let answer = if self.reads.send(job) { answer.await } else { return Err(gone()) };
        drop(guard);
        answer.unwrap_or_else(|_| Err(gone()))
    }

    /// Runs a write, to its end even where the future is dropped.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        // A write is wanted to its end: this call is never given up.
        let (job, answer) = self.job(work, Call::default());
        if !self.writes.send(job) {
            return Err(gone());
        }
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Writes without being waited for; what goes wrong is logged.
    pub(super) fn post(&self, work: impl FnOnce(&Reader) -> Result<(), StoreError> + Send + 'static) {
        let logged = move |reader: &Reader| {
            work(reader).inspect_err(|error| tracing::warn!(%error, "something could not be noted in the local copy"))
        };
        let (job, _) = self.job(logged, Call::default());
        self.writes.send(job);
    }

    fn job<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
        call: Call,
    ) -> (Job, oneshot::Receiver<Result<T, Failure>>) {
        let (reply, answer) = oneshot::channel();
        let (path, damaged) = (self.path.clone(), Arc::clone(&self.damaged));
        let job: Job = Box::new(move |reader, current| {
            if call.is_given_up() {
                return;
            }
            *current.call() = call;
            // A fault in one read must not take the thread from all the others.
            let result = catch_unwind(AssertUnwindSafe(|| work(reader)));
            let result = match result {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(error)) => {
                    if let Some(path) = path.filter(|_| error.is_damage()) {
                        place::suspect(&path);
                        damaged.send_replace(true);
                    }
                    Err(error.into())
                }
                Err(_) => {
                    Err(Failure::new(FailureKind::Storage, "a request to the local copy failed by a fault of this program"))
                }
            };
            // Nobody waits any more where the future was dropped.
            let _ = reply.send(result);
        });
        (job, answer)
    }

    /// Ends the threads after what was asked so far, and waits for them: the readers first, the writer last. Connections that end
    /// at the same time each take the other for one that stays, and then none removes the write-ahead log. Other handles find
    /// the threads gone.
    pub(super) fn close(&self) {
        let mut threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner)).into_iter();
        let writer = threads.next();
        self.reads.close();
        for reader in threads {
            // Jobs catch their own panics: there is nothing left to report.
            let _ = reader.join();
        }
        self.writes.close();
        if let Some(writer) = writer {
            let _ = writer.join();
        }
    }
}

/// The way to threads, until it is closed for every handle.
struct Lane(Mutex<Option<Sender<Job>>>);

impl Lane {
    fn to(sender: Sender<Job>) -> Self {
        Self(Mutex::new(Some(sender)))
    }

    /// Whether a thread will see the job.
    fn send(&self, job: Job) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|sender| sender.send(job).is_ok())
    }

    fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn gone() -> Failure {
    Failure::new(FailureKind::Gone, "the local copy's thread has ended")
}

/// Starts a thread that works on a connection, if one is wanted by the time it is opened; `first_done` is told of its first job.
fn spawn(
    name: &str,
    open: impl FnOnce() -> Option<rusqlite::Result<Connection>> + Send + 'static,
    positions: Positions,
    jobs: Arc<Mutex<Receiver<Job>>>,
    mut first_done: Option<Sender<()>>,
) -> std::io::Result<JoinHandle<()>> {
    let is_writer = name == WRITER;
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        if is_writer {
            give_way();
        }
        let (current, allowance) = (Current::default(), Allowance::default());
        let Some(opened) = open() else { return };
        let watched = opened.and_then(|mut conn| current.watch(&mut conn, allowance.clone()).map(|()| conn));
        let conn = match watched {
            Ok(conn) => conn,
            // The other reader does it all.
            Err(error) => return tracing::warn!(%error, "a further connection to the local copy could not be had"),
        };
        let reader = Reader { allowance, ..Reader::new(conn, positions) };
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            job(&reader, &current);
            if let Some(first_done) = first_done.take() {
                let _ = first_done.send(());
            }
        }
    })
}

/// Lets everything else go first: filling the mirror takes a processor for minutes, and keys are answered beside it.
#[cfg(target_os = "linux")]
fn give_way() {
    // Without a process it means the calling thread. Where it is not allowed, all go on alike.
    let _ = rustix::process::setpriority_process(None, 10);
}

/// Elsewhere a priority is the whole process's.
#[cfg(not(target_os = "linux"))]
fn give_way() {}

/// Whether a read is still wanted, shared by who waits for it and the thread that runs it.
#[derive(Clone, Default)]
struct Call(Arc<AtomicBool>);

impl Call {
    fn is_given_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many of the database's own steps pass between two looks at whether a read is still wanted: well below a millisecond's worth.
const STEPS_BETWEEN_LOOKS: i32 = 5000;

/// The call that a connection works for; its statements stop once that is given up. An interrupt from outside would be lost where
/// it comes between two statements.
#[derive(Clone, Default)]
struct Current(Arc<Mutex<Call>>);

impl Current {
    fn watch(&self, conn: &mut Connection, allowance: Allowance) -> rusqlite::Result<()> {
        let current = self.clone();
        let stop = move || !allowance.take(STEPS_BETWEEN_LOOKS.into()) || current.call().is_given_up();
        conn.progress_handler(STEPS_BETWEEN_LOOKS, Some(stop))
    }

    fn call(&self) -> MutexGuard<'_, Call> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives a read up when dropped.
struct Abandon(Call);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Identity, mirror::open};

    fn lanes() -> Arc<Lanes> {
        let identity = Identity { resource_url: String::new(), tenant: String::new(), client_id: String::new() };
        Arc::new(Lanes::start(open::memory(&identity).unwrap()).unwrap())
    }

    /// A statement that only ends when it is interrupted.
    fn endless(reader: &Reader) -> Result<i64, StoreError> {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        Ok(reader.conn.query_row(sql, [], |row| row.get(0))?)
    }

    #[tokio::test]
    async fn a_dropped_read_makes_room_for_the_next() {
        let lanes = lanes();
        let (started, running) = oneshot::channel();
        let read = tokio::spawn({
            let lanes = Arc::clone(&lanes);
            async move {
                lanes
                    .read(move |reader| {
                        let _ = started.send(());
                        endless(reader)
                    })
                    .await
            }
        });
        running.await.unwrap();
        read.abort();
        assert!(read.await.is_err());
        // One thread does it all here: this is only answered once the endless read is over.
        assert_eq!(lanes.read(|_| Ok(7)).await, Ok(7));
    }

    #[tokio::test]
    async fn a_read_given_up_while_it_waits_never_runs() {
        let lanes = lanes();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (ran, runs) = std::sync::mpsc::channel::<()>();
        let busy = lanes.read(move |_| Ok(wait.recv().is_ok()));
        let mut waiting = Box::pin(lanes.read(move |_| Ok(ran.send(()).is_ok())));
        let mut busy = Box::pin(busy);
        assert!(futures::poll!(&mut busy).is_pending());
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(waiting);
        go.send(()).unwrap();
        assert_eq!(busy.await, Ok(true));
        assert_eq!(lanes.read(|_| Ok(())).await, Ok(()));
        assert!(runs.recv().is_err());
    }

    #[tokio::test]
    async fn a_fault_in_one_read_leaves_the_others() {
        let lanes = lanes();
        let failure = lanes.read(|_| -> Result<(), StoreError> { panic!("a fault") }).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Storage);
        assert_eq!(lanes.write(|_| Ok(1)).await, Ok(1));
        lanes.close();
    }
}
