//! The request budget: what this program may take of the limit that a tenant shares with its other integrations.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Duration, Instant, sleep_until};

use super::Clock;
use crate::domain::{Admission, BudgetLedger, Quota};

/// HaloPSA counts requests in a rolling window of this length.
pub const WINDOW: Duration = Duration::from_mins(5);

/// Whom a request serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A person waits for it.
    Interactive,
    /// It asks, once a minute, for what changed: it leaves a tenth of the budget to people.
    Changes,
    /// It keeps what else is in the mirror fresh: it leaves a fifth of the budget to the two above.
    Background,
    /// It fills the mirror with what nobody waits for: it leaves a quarter of the budget to the others, and of a small one what
    /// a window's refreshes take.
    Bulk,
}

/// What filling leaves to those that keep the mirror fresh: a request a minute, and one beside it now and then.
const FRESH: u32 = 6;
/// Where another instance counts at this moment: how long until the next try, at most.
const MOMENT: Duration = Duration::from_millis(10);
/// A full budget is looked at again after so long at most: other instances may have counted anew.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Instances that a pause held up come back within this time, not all at once.
const APART: Duration = Duration::from_secs(1);

/// How the budget stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetStanding {
    /// Requests per window, by the settings or by what the server announced, whichever is nearer to its end; 0 for no limit.
    pub limit: u32,
    /// Requests of that window so far, all instances of the profile together.
    pub used: u32,
    /// How long a refusal of the server's still stops every request.
    pub paused_for: Option<Duration>,
}

impl BudgetStanding {
    /// Whether no more than the next place is left to what fills the mirror: it goes on as places come free.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.limit > 0 && self.used > 0 && self.used + 1 >= places(self.limit, Class::Bulk)
    }
}

/// Admits requests within the budget; clones share it.
#[derive(Clone)]
pub struct Budget {
    limit: u32,
    /// Whether anything is held back: else it is only counted.
    waits: bool,
    ledger: Arc<dyn BudgetLedger>,
    pause: Arc<Mutex<Pause>>,
    clock: Clock,
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl Budget {
    /// A budget of `limit` requests per [`WINDOW`], 0 for none; `clock` is the wall clock that `ledger` counts by.
    #[must_use]
    pub fn new(limit: u32, ledger: Arc<dyn BudgetLedger>, clock: Clock) -> Self {
        Self { limit, waits: true, ledger, pause: Arc::default(), clock }
    }

    /// One that holds nothing back: what leaves is counted for the others.
    #[must_use]
    pub fn counting(ledger: Arc<dyn BudgetLedger>, clock: Clock) -> Self {
        Self { waits: false, ..Self::new(0, ledger, clock) }
    }

    /// Whether any limit is set.
    #[must_use]
    pub fn has_limit(&self) -> bool {
        self.limit > 0
    }

    /// Waits until a request of this class may leave, and counts it.
    pub async fn acquire(&self, class: Class) {
        while let Err(again_at) = self.admit(class) {
            sleep_until(again_at).await;
        }
    }

    /// When a request of this class could leave, and so many more with it, where it could not at once; counts none. `more` is never
    /// taken for more than half of what is open to the class.
    #[must_use]
    pub fn free_at(&self, class: Class, more: u32) -> Option<Timestamp> {
        let now = (self.clock)();
        let here = self.pause().until(Instant::now()).map(|until| until - Instant::now());
        let here = here.and_then(|pause| now.checked_add(SignedDuration::try_from(pause).ok()?).ok());
        let own = self.has_limit().then_some(Quota { requests: self.limit, within: WINDOW });
        let open = |limit| {
            let places = places(limit, class);
            places - more.min(places / 2)
        };
        here.max(self.ledger.free_at(now, own, &open))
    }

    /// How the budget stands.
    #[must_use]
    pub fn standing(&self) -> BudgetStanding {
        let now = (self.clock)();
        let standing = self.ledger.standing(now, WINDOW);
        let here = self.pause().until(Instant::now()).map(|until| until - Instant::now());
        let shared = standing.paused_until.and_then(|until| Duration::try_from(until.duration_since(now)).ok());
        let own = (self.limit, standing.used);
        let (limit, used) = standing.announced.map_or(own, |(announced, used)| nearer(own, (announced.requests, used)));
        BudgetStanding { limit, used, paused_for: here.max(shared) }
    }

    /// The server answered 429, or 503 with a pause: nothing leaves before that pause is over, of no instance. `announced` is
    /// the limit that the refusal named.
    pub(super) fn refused(&self, asked: Option<Duration>, announced: Option<Quota>) {
        let now = Instant::now();
        let until = self.pause().refused(now, asked, rand::random());
        let wall = (self.clock)();
        let pause = SignedDuration::try_from(until.saturating_duration_since(now)).unwrap_or_default();
        self.ledger.refused(wall, wall.saturating_add(pause).unwrap_or(wall), announced);
    }

    /// The server answered as it should.
    pub(super) fn succeeded(&self) {
        self.pause().succeeded(Instant::now());
    }

    fn admit(&self, class: Class) -> Result<(), Instant> {
        if !self.waits {
            let _ = self.ledger.admit((self.clock)(), None, &|_| u32::MAX);
            return Ok(());
        }
        let now = Instant::now();
        if let Some(until) = self.pause().until(now) {
            return Err(until);
        }
        let (wall, jitter) = ((self.clock)(), rand::random::<f64>());
        let own = self.has_limit().then_some(Quota { requests: self.limit, within: WINDOW });
        match self.ledger.admit(wall, own, &|limit| places(limit, class)) {
            Admission::Admitted => Ok(()),
            Admission::Full(until) => {
                let wait = Duration::try_from(until.duration_since(wall)).unwrap_or_default();
                Err(now + wait.clamp(MOMENT, LOOK_AGAIN))
            }
            Admission::Busy => Err(now + MOMENT.mul_f64(0.5 + jitter / 2.0)),
            Admission::Paused(until) => {
                let pause = Duration::try_from(until.duration_since(wall)).unwrap_or_default();
                Err(now + pause + APART.mul_f64(jitter))
            }
        }
    }

    fn pause(&self) -> MutexGuard<'_, Pause> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of two limits, each with what is used of it, the one that is nearer to its end; a limit of 0 is none.
fn nearer(one: (u32, u32), other: (u32, u32)) -> (u32, u32) {
    let is_nearer = |(limit, used): (u32, u32), (than, of): (u32, u32)| {
        u64::from(used) * u64::from(than) > u64::from(of) * u64::from(limit)
            || (u64::from(used) * u64::from(than) == u64::from(of) * u64::from(limit) && limit < than)
    };
    if one.0 == 0 || is_nearer(other, one) { other } else { one }
}

/// How many requests of a limit are open to a class.
fn places(limit: u32, class: Class) -> u32 {
    let reserve = match class {
        Class::Interactive => 0,
        Class::Changes => (limit / 10).max(1),
        Class::Background => (limit / 5).max(1),
        Class::Bulk => (limit / 4).max(limit / 5 + FRESH),
    };
    // At least one place of the smallest budget is left to each class.
    limit - reserve.min(limit.saturating_sub(1))
}

/// The server's refusals and the pause that follows from them.
#[derive(Debug, Default)]
struct Pause {
    until: Option<Instant>,
    refusals: u32,
}

impl Pause {
    /// Never sooner than asked; without a figure 5 s doubling to a minute; up to a tenth more by `jitter` (0 to 1), so that
    /// instances that were refused together don't come back together.
    fn refused(&mut self, now: Instant, asked: Option<Duration>, jitter: f64) -> Instant {
        // Requests that were on their way together are refused together: that is one refusal.
        if self.until(now).is_none() {
            self.refusals = self.refusals.saturating_add(1);
        }
        let usual =
            Duration::from_secs(5).saturating_mul(1 << self.refusals.saturating_sub(1).min(4)).min(Duration::from_mins(1));
        let pause = asked.filter(|asked| !asked.is_zero()).unwrap_or(usual);
        let until = now + pause.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 10.0);
        *self.until.insert(self.until.map_or(until, |longer| longer.max(until)))
    }

    /// A success that was on its way before the refusal says nothing about now.
    fn succeeded(&mut self, now: Instant) {
        if self.until(now).is_none() {
            *self = Self::default();
        }
    }

    fn until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::LocalLedger, *};

    /// A wall clock that goes with tokio's paused one.
    fn clock() -> Clock {
        let (start, epoch) = (Instant::now(), Timestamp::UNIX_EPOCH);
        Arc::new(move || epoch + SignedDuration::try_from(start.elapsed()).unwrap())
    }

    fn budget(limit: u32) -> Budget {
        Budget::new(limit, Arc::new(LocalLedger::default()), clock())
    }

    #[tokio::test(start_paused = true)]
    async fn no_window_ever_sees_more_than_the_budget() {
        let (budget, start) = (budget(20), Instant::now());
        let mut left = Vec::new();
        while left.len() < 60 {
            budget.acquire(Class::Interactive).await;
            left.push(start.elapsed());
        }
        for (first, later) in left.iter().zip(left.iter().skip(20)) {
            assert!(*later >= *first + WINDOW, "{first:?} {later:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn background_leaves_a_reserve_to_people() {
        let (budget, start) = (budget(10), Instant::now());
        for _ in 0..8 {
            budget.acquire(Class::Background).await;
        }
        assert!(budget.admit(Class::Background).is_err());
        budget.acquire(Class::Interactive).await;
        budget.acquire(Class::Interactive).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(budget.admit(Class::Interactive).is_err());
        assert_eq!(budget.standing(), BudgetStanding { limit: 10, used: 10, paused_for: None });
    }

    #[tokio::test(start_paused = true)]
    async fn filling_leaves_room_for_the_refresh_and_that_for_people() {
        for limit in [10, 20, 60, 250, 700] {
            let (budget, start) = (budget(limit), Instant::now());
            let mut left = Vec::new();
            for class in [Class::Bulk, Class::Background, Class::Changes, Class::Interactive] {
                assert_eq!(budget.free_at(class, 0), None, "{limit} {class:?}");
                left.push(0);
                while budget.admit(class).is_ok() {
                    *left.last_mut().unwrap() += 1;
                }
                assert!(budget.free_at(class, 0).is_some(), "{limit} {class:?}");
            }
            assert!(left[1] >= FRESH, "{left:?}");
            assert_eq!((left.iter().sum::<u32>(), start.elapsed()), (limit, Duration::ZERO));
        }
        assert_eq!(budget(250).free_at(Class::Background, 199), None, "half of it at most is asked to be free");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_only_counted_waits_for_nothing() {
        let ledger: Arc<dyn BudgetLedger> = Arc::new(LocalLedger::default());
        let (counting, others) = (Budget::counting(Arc::clone(&ledger), clock()), Budget::new(10, ledger, clock()));
        for _ in 0..12 {
            assert_eq!(counting.admit(Class::Interactive), Ok(()));
        }
        assert_eq!(others.standing().used, 12);
        counting.refused(Some(Duration::from_secs(30)), None);
        assert_eq!(counting.admit(Class::Interactive), Ok(()));
        assert!(others.standing().paused_for.is_some() && others.admit(Class::Interactive).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_people_are_served_before_waiting_background() {
        let budget = budget(10);
        for _ in 0..10 {
            budget.acquire(Class::Interactive).await;
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        let (order, mut served) = tokio::sync::mpsc::unbounded_channel();
        for class in [Class::Background, Class::Interactive] {
            let (budget, order) = (budget.clone(), order.clone());
            tokio::spawn(async move {
                budget.acquire(class).await;
                order.send(class).unwrap();
            });
        }
        assert_eq!(served.recv().await, Some(Class::Interactive));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_stops_both_classes_for_as_long_as_asked() {
        let (budget, start) = (budget(0), Instant::now());
        budget.refused(Some(Duration::from_secs(30)), None);
        assert!(budget.standing().paused_for.is_some());
        tokio::join!(budget.acquire(Class::Interactive), budget.acquire(Class::Background));
        assert!(start.elapsed() >= Duration::from_secs(30) && start.elapsed() <= Duration::from_secs(34));
        assert_eq!(budget.standing().paused_for, None);
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_without_a_figure_double_until_a_success() {
        let mut pause = Pause::default();
        let mut lengths = Vec::new();
        for _ in 0..6 {
            let now = Instant::now();
            pause.refused(now, None, 0.0);
            pause.refused(now, None, 0.0);
            let until = pause.until(now).unwrap();
            lengths.push((until - now).as_secs());
            pause.succeeded(now);
            sleep_until(until).await;
        }
        assert_eq!(lengths, [5, 10, 20, 40, 60, 60]);
        pause.succeeded(Instant::now());
        pause.refused(Instant::now(), Some(Duration::ZERO), 0.0);
        assert_eq!(pause.until(Instant::now()), Some(Instant::now() + Duration::from_secs(5)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_refusal_never_shortens_a_pause() {
        let (mut pause, now) = (Pause::default(), Instant::now());
        pause.refused(now, Some(Duration::from_secs(100)), 0.0);
        pause.refused(now, Some(Duration::from_secs(1)), 0.0);
        assert_eq!(pause.until(now), Some(now + Duration::from_secs(100)));
    }

    #[tokio::test(start_paused = true)]
    async fn instances_of_one_profile_share_pause_and_announced_limit() {
        let ledger: Arc<dyn BudgetLedger> = Arc::new(LocalLedger::default());
        let instances = [0, 250].map(|limit| Budget::new(limit, Arc::clone(&ledger), clock()));
        instances[0].refused(Some(Duration::from_secs(30)), Some(Quota { requests: 10, within: WINDOW }));
        let start = Instant::now();
        instances[1].acquire(Class::Interactive).await;
        assert!(start.elapsed() >= Duration::from_secs(30) && start.elapsed() <= Duration::from_secs(35));
        assert_eq!(instances.each_ref().map(|budget| budget.standing().limit), [10, 10]);
        for _ in 0..9 {
            instances[0].acquire(Class::Interactive).await;
        }
        assert!(instances[1].admit(Class::Interactive).is_err());
    }

    #[test]
    fn it_is_low_where_a_fill_gets_the_next_place_or_none() {
        let low = |limit, used| BudgetStanding { limit, used, paused_for: None }.is_low();
        assert!(low(300, 224) && low(300, 300) && low(2, 1));
        assert!(!low(300, 223) && !low(0, 9_000) && !low(1, 0));
    }

    #[test]
    fn the_smallest_budgets_still_let_background_through() {
        assert_eq!([1, 2, 10].map(|limit| places(limit, Class::Background)), [1, 1, 8]);
        assert_eq!([1, 2, 10].map(|limit| places(limit, Class::Interactive)), [1, 2, 10]);
        assert_eq!([1, 2, 10].map(|limit| places(limit, Class::Bulk)), [1, 1, 2]);
        for (one, other, told) in [
            ((0, 5), (9, 5), (9, 5)),
            ((250, 100), (12, 12), (12, 12)),
            ((250, 249), (12, 3), (250, 249)),
            ((250, 0), (12, 0), (12, 0)),
            ((7, 0), (9, 0), (7, 0)),
        ] {
            assert_eq!(nearer(one, other), told, "{one:?} {other:?}");
        }
    }

    /// A server that allows so many in a minute, refuses what is more, and says so.
    #[tokio::test(start_paused = true)]
    async fn the_window_of_a_refusal_is_kept_to_and_used_to_the_full() {
        let (budget, start) = (budget(250), Instant::now());
        let (mut answered, mut refusals) = (Vec::<Duration>::new(), 0);
        while start.elapsed() < Duration::from_mins(10) {
            budget.acquire(Class::Interactive).await;
            let now = start.elapsed();
            if answered.iter().filter(|at| now < **at + Duration::from_mins(1)).count() == 12 {
                refusals += 1;
                budget.refused(None, Some(Quota { requests: 12, within: Duration::from_mins(1) }));
            } else {
                answered.push(now);
                budget.succeeded();
            }
        }
        assert_eq!(refusals, 1);
        // A second is counted as a whole: twelve leave every 61, and one more when the time is over.
        assert_eq!(answered.len(), 121);
    }
}
