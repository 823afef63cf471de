//! A scripted HaloPSA with tickets of its own, which can be told to misunderstand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use halo_tui::{
    domain::{
        ActionId, ActionRecord, Agent, AgentId, AssetRecord, ClientId, ClientRecord, Failure, FailureKind, Priority, SiteId,
        SiteRecord, Sla, Status, StatusId, Team, TicketId, TicketRecord, TicketType, Timestamp, UserId, UserRecord, Workday,
    },
    halo::{Budget, Class, ListRequest, Openness, Page, TicketColumn, TicketsRequest},
    sync::Server,
};
use jiff::SignedDuration;
use tokio::time::Instant;

pub(crate) const OPEN: StatusId = StatusId(1);
pub(crate) const CLOSED: StatusId = StatusId(9);

/// What the server gets wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// `lastupdatefromdate` is ignored.
    pub(crate) changes_ignored: bool,
    /// `lastupdatefromdate` is taken for so many hours later.
    pub(crate) hours_late: i64,
    /// Every list has the order of the numbers.
    pub(crate) order_ignored: bool,
    /// `datesearch` with its dates is ignored.
    pub(crate) dates_ignored: bool,
    /// Lists by dates find nothing.
    pub(crate) dates_find_nothing: bool,
    /// `closed_only` is ignored.
    pub(crate) closed_ignored: bool,
    /// Lists without restriction hold open tickets only.
    pub(crate) closed_hidden: bool,
    /// So do those by number.
    pub(crate) closed_hidden_by_number: bool,
    /// `lastupdatefromdate` of registers is ignored.
    pub(crate) register_changes_ignored: bool,
    /// Lists of all actions of a day lack some.
    pub(crate) actions_lack: bool,
    /// `ticketids` is ignored.
    pub(crate) ids_ignored: bool,
    /// `page_no` is ignored.
    pub(crate) pages_ignored: bool,
    /// Lists of numbers hold the first fifty and say nothing of the others.
    pub(crate) numbers_cut: bool,
    /// They hold the first fifty of those that they count.
    pub(crate) numbers_paged: bool,
    /// `open_only` is ignored.
    pub(crate) open_ignored: bool,
    /// `excludeclosed` is ignored.
    pub(crate) statuses_alike: bool,
}

/// One request, as far as tests look at it.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a few of them are kept, for a moment")]
pub(crate) enum Asked {
    Tickets(TicketsRequest, Class),
    Numbers,
    Register(&'static str, ListRequest),
    Actions(i64),
    Day(Timestamp, Timestamp),
    Other,
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) tickets: BTreeMap<i64, TicketRecord>,
    pub(crate) faults: Faults,
    pub(crate) failing: Option<Failure>,
    /// What alone fails, by the name of what is asked for.
    pub(crate) part_failing: Option<(&'static str, Failure)>,
    pub(crate) asked: Vec<Asked>,
    /// Removed after so many pages of tickets were sent.
    pub(crate) vanish: Option<(usize, i64)>,
    /// Requests of this class are never answered.
    pub(crate) hangs: Option<Class>,
    pub(crate) users: i64,
    /// Tickets of which each alone is more than an answer may hold.
    pub(crate) large: BTreeSet<i64>,
    /// What admits requests, and when it admitted those for changes.
    pub(crate) budget: Option<Budget>,
    pub(crate) changes_at: Vec<Instant>,
    /// More actions than this are more than an answer may hold.
    pub(crate) most_actions: Option<usize>,
}

#[derive(Clone, Default)]
pub(crate) struct Desk(Arc<Mutex<World>>);

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A ticket opened so many hours before the test's beginning, closed or open.
pub(crate) fn ticket(id: i64, hours: i64, status: StatusId) -> TicketRecord {
    let opened = at("2026-11-20T10:00:00Z").checked_sub(SignedDuration::from_hours(hours)).unwrap();
    TicketRecord {
        id: TicketId(id),
        summary: format!("ticket {id}").into(),
        status_id: status,
        opened: Some(opened),
        last_action: Some(opened),
        last_update: Some(opened),
        ..TicketRecord::default()
    }
}

impl Desk {
    pub(crate) fn new(tickets: impl IntoIterator<Item = TicketRecord>) -> Self {
        let tickets = tickets.into_iter().map(|ticket| (ticket.id.0, ticket)).collect();
        Self(Arc::new(Mutex::new(World { tickets, users: 3, ..World::default() })))
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    pub(crate) fn fault(&self, set: impl FnOnce(&mut Faults)) {
        self.with(|world| set(&mut world.faults));
    }

    /// Changes a ticket at a moment.
    pub(crate) fn touch(&self, id: i64, status: StatusId, when: Timestamp) {
        self.with(|world| {
            let ticket = world.tickets.get_mut(&id).unwrap();
            ticket.status_id = status;
            ticket.last_action = Some(when);
            ticket.last_update = Some(when);
        });
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.with(|world| world.asked.clone())
    }

    /// Requests for tickets that nobody waits for.
    pub(crate) fn bulk(&self) -> usize {
        self.asked().iter().filter(|asked| matches!(asked, Asked::Tickets(_, Class::Bulk))).count()
    }

    pub(crate) fn forget(&self) {
        self.with(|world| world.asked.clear());
    }

    async fn note(&self, asked: Asked, class: Class) -> Result<(), Failure> {
        if let Some(budget) = self.with(|world| world.budget.clone()) {
            budget.acquire(class).await;
        }
        let hangs = self.with(|world| {
            if matches!(&asked, Asked::Tickets(request, _) if request.changed_since.is_some()) {
                world.changes_at.push(Instant::now());
            }
            world.asked.push(asked);
            world.hangs == Some(class)
        });
        if hangs {
            std::future::pending::<()>().await;
        }
        self.with(|world| world.failing.clone()).map_or(Ok(()), Err)
    }

    fn fails(&self, part: &str) -> Result<(), Failure> {
        let failing = self.with(|world| world.part_failing.clone());
        failing.filter(|(failing, _)| *failing == part).map_or(Ok(()), |(_, failure)| Err(failure))
    }

    fn register<T>(&self, request: &ListRequest, count: i64, make: impl Fn(i64) -> T) -> Page<T> {
        let hidden = request.changed_since.is_some() && !self.with(|world| world.faults.register_changes_ignored);
        let count = if hidden { 0 } else { count };
        let from = i64::from(request.page_no - 1) * i64::from(request.page_size);
        let records = (from + 1..=count).take(request.page_size as usize).map(make).collect();
        Page { records, record_count: Some(count.unsigned_abs()), bad: 0, left_out: 0, bytes: 0 }
    }
}

fn all<T>(records: Vec<T>) -> Page<T> {
    let record_count = Some(records.len() as u64);
    Page { records, record_count, bad: 0, left_out: 0, bytes: 0 }
}

impl World {
    fn select(&self, request: &TicketsRequest) -> Vec<TicketRecord> {
        let faults = self.faults;
        let mut found: Vec<TicketRecord> = self.tickets.values().cloned().collect();
        if !request.ids.is_empty() && !faults.ids_ignored {
            found.retain(|ticket| request.ids.contains(&ticket.id));
        }
        match request.openness {
            Openness::Open if !faults.open_ignored => found.retain(|ticket| ticket.status_id != CLOSED),
            Openness::Closed if !faults.closed_ignored => found.retain(|ticket| ticket.status_id == CLOSED),
            Openness::Any if faults.closed_hidden && (request.ids.is_empty() || faults.closed_hidden_by_number) => {
                found.retain(|ticket| ticket.status_id != CLOSED);
            }
            _ => {}
        }
        let changed_since = request.changed_since.filter(|_| !faults.changes_ignored);
        let late = SignedDuration::from_hours(faults.hours_late);
        found.retain(|ticket| changed_since.is_none_or(|since| ticket.last_update.unwrap() >= since + late));
        if let Some((_, from, to)) = request.dates.filter(|_| !faults.dates_ignored) {
            found.retain(|ticket| !faults.dates_find_nothing && ticket.opened.is_some_and(|at| (from..=to).contains(&at)));
        }
        match request.order.filter(|_| !faults.order_ignored) {
            Some((TicketColumn::Id, true)) => found.reverse(),
            Some((TicketColumn::Opened, true)) => found.sort_by_key(|ticket| std::cmp::Reverse(ticket.opened)),
            Some((TicketColumn::LastAction, true)) => found.sort_by_key(|ticket| std::cmp::Reverse(ticket.last_action)),
            _ => {}
        }
        found
    }

    /// The actions of a ticket: one when it was opened, one when it was last touched.
    pub(crate) fn actions(&self, ticket: i64) -> Vec<ActionRecord> {
        let Some(ticket) = self.tickets.get(&ticket) else { return Vec::new() };
        let times: BTreeSet<_> = [ticket.opened, ticket.last_action].into_iter().flatten().collect();
        let action = |(number, at): (usize, Timestamp)| ActionRecord {
            ticket_id: ticket.id,
            id: ActionId(i64::try_from(number).unwrap() + 1),
            at: Some(at),
            note: "said".into(),
            ..ActionRecord::default()
        };
        times.into_iter().enumerate().map(action).collect()
    }
}

impl Server for Desk {
    fn free_at(&self, class: Class, more: u32) -> Option<Timestamp> {
        self.with(|world| world.budget.as_ref().and_then(|budget| budget.free_at(class, more)))
    }

    async fn tickets(&self, request: &TicketsRequest, class: Class) -> Result<Page<TicketRecord>, Failure> {
        self.note(Asked::Tickets(request.clone(), class), class).await?;
        self.with(|world| {
            let found = world.select(request);
            let size = request.page_size.min(100) as usize;
            let page_no = if world.faults.pages_ignored { 1 } else { request.page_no as usize };
            let mut records: Vec<_> = found.iter().skip((page_no - 1) * size).take(size).cloned().collect();
            let there = records.len();
            records.retain(|ticket| !world.large.contains(&ticket.id.0));
            let left_out = u32::try_from(there - records.len()).unwrap();
            if let Some((pages, id)) = &mut world.vanish {
                if *pages == 0 {
                    let id = *id;
                    world.tickets.remove(&id);
                    world.vanish = None;
                } else {
                    *pages -= 1;
                }
            }
            Ok(Page { records, record_count: Some(found.len() as u64), bad: 0, left_out, bytes: 0 })
        })
    }

    async fn ticket_ids(&self, request: &TicketsRequest, class: Class) -> Result<Page<TicketId>, Failure> {
        self.note(Asked::Numbers, class).await?;
        self.with(|world| {
            let mut ids: Vec<TicketId> = world.select(request).iter().map(|ticket| ticket.id).collect();
            let count = ids.len() as u64;
            if world.faults.numbers_cut || world.faults.numbers_paged {
                ids.truncate(50);
            }
            let page = all(ids);
            Ok(if world.faults.numbers_paged { Page { record_count: Some(count), ..page } } else { page })
        })
    }

    async fn ticket(&self, id: TicketId, class: Class) -> Result<TicketRecord, Failure> {
        self.note(Asked::Other, class).await?;
        Ok(self.with(|world| world.tickets[&id.0].clone()))
    }

    async fn actions(&self, ticket: TicketId, _: u32, class: Class) -> Result<Page<ActionRecord>, Failure> {
        self.note(Asked::Actions(ticket.0), class).await?;
        Ok(all(self.with(|world| world.actions(ticket.0))))
    }

    async fn actions_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        most: u32,
        class: Class,
    ) -> Result<Page<ActionRecord>, Failure> {
        self.note(Asked::Day(from, to), class).await?;
        self.with(|world| {
            let ids: Vec<i64> = world.tickets.keys().copied().collect();
            let mut actions: Vec<ActionRecord> = ids.into_iter().flat_map(|id| world.actions(id)).collect();
            actions.retain(|action| (from..=to).contains(&action.at.unwrap()));
            if world.faults.actions_lack {
                actions.clear();
            }
            let count = actions.len() as u64;
            actions.truncate(most as usize);
            if world.most_actions.is_some_and(|most| actions.len() > most) {
                return Err(Failure::new(FailureKind::TooLarge, "too large"));
            }
            Ok(Page { records: actions, record_count: Some(count), bad: 0, left_out: 0, bytes: 0 })
        })
    }

    async fn clients(&self, request: &ListRequest, class: Class) -> Result<Page<ClientRecord>, Failure> {
        self.note(Asked::Register("clients", request.clone()), class).await?;
        Ok(self.register(request, 2, |id| ClientRecord { id: ClientId(id), ..ClientRecord::default() }))
    }

    async fn sites(&self, request: &ListRequest, class: Class) -> Result<Page<SiteRecord>, Failure> {
        self.note(Asked::Register("sites", request.clone()), class).await?;
        self.fails("sites")?;
        Ok(self.register(request, 2, |id| SiteRecord { id: SiteId(id), ..SiteRecord::default() }))
    }

    async fn users(&self, request: &ListRequest, class: Class) -> Result<Page<UserRecord>, Failure> {
        self.note(Asked::Register("users", request.clone()), class).await?;
        let count = self.with(|world| world.users);
        Ok(self.register(request, count, |id| UserRecord { id: UserId(id), ..UserRecord::default() }))
    }

    async fn assets(&self, request: &ListRequest, class: Class) -> Result<Page<AssetRecord>, Failure> {
        self.note(Asked::Register("assets", request.clone()), class).await?;
        self.fails("assets")?;
        Ok(self.register(request, 2, |id| AssetRecord { id, ..AssetRecord::default() }))
    }

    async fn agent_me(&self, class: Class) -> Result<Agent, Failure> {
        self.note(Asked::Other, class).await?;
        Ok(Agent { id: AgentId(29), ..Agent::default() })
    }

    async fn statuses(&self, exclude_closed: bool, class: Class) -> Result<Page<Status>, Failure> {
        self.note(Asked::Other, class).await?;
        let alike = !exclude_closed || self.with(|world| world.faults.statuses_alike);
        let statuses = [OPEN, CLOSED].into_iter().filter(|id| alike || *id != CLOSED);
        Ok(all(statuses.map(|id| Status { id, ..Status::default() }).collect()))
    }

    async fn priorities(&self, class: Class) -> Result<Page<Priority>, Failure> {
        self.note(Asked::Other, class).await?;
        Ok(all(Vec::new()))
    }

    async fn teams(&self, class: Class) -> Result<Page<Team>, Failure> {
        self.note(Asked::Other, class).await?;
        Ok(all(Vec::new()))
    }

    async fn ticket_types(&self, class: Class) -> Result<Page<TicketType>, Failure> {
        self.note(Asked::Other, class).await?;
        Ok(all(Vec::new()))
    }

    async fn slas(&self, class: Class) -> Result<Page<Sla>, Failure> {
        self.note(Asked::Other, class).await?;
        Ok(all(Vec::new()))
    }

    async fn workdays(&self, class: Class) -> Result<Page<Workday>, Failure> {
        self.note(Asked::Other, class).await?;
        self.fails("working hours")?;
        Ok(all(Vec::new()))
    }

    async fn agents(&self, class: Class) -> Result<Page<Agent>, Failure> {
        self.note(Asked::Other, class).await?;
        Ok(all(Vec::new()))
    }
}
