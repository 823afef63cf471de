//! Which tickets a list holds, and in which order.

use std::cmp::Ordering;

use super::World;
use super::key::Key;
use super::tables::{self, Scope};
use super::time::{self, Second, Tick};
use super::words::Story;

/// The dates that a list can be narrowed or ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Date {
    /// `dateoccured`.
    Opened,
    /// `dateclosed`, `datecleared`.
    Closed,
    /// `lastactiondate`.
    Acted,
    /// `last_update`.
    Updated,
}

impl Date {
    /// The date of this name; both spellings of "occurred" count.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "dateoccured" | "dateoccurred" | "datecreated" => Self::Opened,
            "dateclosed" | "datecleared" => Self::Closed,
            "lastactiondate" => Self::Acted,
            "last_update" | "lastupdate" => Self::Updated,
            _ => return None,
        })
    }

    /// The date itself, to the tick; `None` where a ticket has none.
    pub(crate) fn of(self, index: u32, key: &Key) -> Option<Tick> {
        let second = match self {
            Self::Opened => key.opened,
            Self::Closed => key.closed,
            Self::Acted => key.acted,
            Self::Updated => key.updated,
        };
        (second > 0).then(|| time::tick(index, second))
    }
}

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The ticket's id.
    Id,
    /// A date.
    By(Date),
    /// The SLA's target of the fix.
    FixBy,
    /// The subject, without case.
    Summary,
    /// The client's name, without case.
    Client,
    /// The priority's number.
    Priority,
    /// The status' id.
    Status,
    /// The agent's id.
    Agent,
}

impl Order {
    /// The order of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "id" | "faultid" => Self::Id,
            "summary" | "symptom" => Self::Summary,
            "client_name" | "client" | "areaname" => Self::Client,
            "priority" | "priority_id" | "seriousness" => Self::Priority,
            "status" | "status_id" => Self::Status,
            "agent" | "agent_id" => Self::Agent,
            "fixbydate" => Self::FixBy,
            other => Self::By(Date::named(other)?),
        })
    }
}

/// What a list is narrowed to. Everything must fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filter {
    /// Only open (`Some(true)`) or only closed ones.
    pub(crate) open: Option<bool>,
    pub(crate) clients: Option<Vec<u32>>,
    pub(crate) site: Option<u32>,
    pub(crate) user: Option<u32>,
    pub(crate) agents: Option<Vec<u32>>,
    pub(crate) statuses: Option<Vec<u32>>,
    pub(crate) priorities: Option<Vec<u32>>,
    pub(crate) teams: Option<Vec<u32>>,
    pub(crate) slas: Option<Vec<u32>>,
    pub(crate) kinds: Option<Vec<u32>>,
    pub(crate) ids: Option<Vec<u32>>,
    pub(crate) without: Option<Vec<u32>>,
    /// Windows of dates, both ends included.
    pub(crate) dates: Vec<(Date, Option<Tick>, Option<Tick>)>,
    pub(crate) scope: Option<Scope>,
    pub(crate) with_files: bool,
    /// Lower-case texts to look for: anywhere, in the subject, in the body, in the user's name.
    pub(crate) anywhere: Option<String>,
    /// "Anywhere" means in what was said since, too.
    pub(crate) in_actions: bool,
    pub(crate) summary: Option<String>,
    pub(crate) details: Option<String>,
    pub(crate) user_name: Option<String>,
}

/// What a list was asked for by: filter, orders, the world's generation and the minute.
type Asked = (Filter, Vec<(Order, bool)>, u64, Second);

/// The newest list asked for: pages of one list must not cost a sort each. One `u32` a ticket at most.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    asked: Option<Asked>,
    found: Vec<u32>,
}

impl World {
    /// The places of the tickets that fit, in this order (`true` is descending); newest first where none is given.
    pub(crate) fn select(&mut self, filter: Filter, orders: Vec<(Order, bool)>, now: Second) -> &[u32] {
        // Targets are passed as time goes by, so the answer may hang on the minute.
        let asked = (filter, orders, self.generation, now / 60);
        if self.kept.asked.as_ref() != Some(&asked) {
            let mut found = std::mem::take(&mut self.kept.found);
            found.clear();
            found.extend(self.keys().filter(|(index, key)| self.fits(&asked.0, *index, key, now)).map(|(index, _)| index));
            self.sort(&mut found, &asked.1);
            // Growing by doubling may have taken twice the room.
            found.shrink_to_fit();
            self.kept = Kept { asked: Some(asked), found };
        }
        &self.kept.found
    }

    fn fits(&self, filter: &Filter, index: u32, key: &Key, now: Second) -> bool {
        let among = |ids: &Option<Vec<u32>>, id: u32| ids.as_ref().is_none_or(|ids| ids.contains(&id));
        !key.class.is_deleted()
            && filter.open.is_none_or(|open| open == (key.closed == 0))
            && filter.dates.iter().all(|(date, from, to)| {
                date.of(index, key).is_some_and(|tick| from.is_none_or(|from| from <= tick) && to.is_none_or(|to| tick <= to))
            })
            && among(&filter.statuses, key.status.into())
            && among(&filter.agents, key.agent.into())
            && among(&filter.priorities, key.class.priority().into())
            && among(&filter.teams, key.team.into())
            && among(&filter.slas, key.class.sla().into())
            && among(&filter.kinds, tables::kind_of(key.class.kind()).id.into())
            && among(&filter.ids, Self::id(index))
            && (filter.without.is_none() || !among(&filter.without, Self::id(index)))
            && (!filter.with_files || key.files > 0)
            && (filter.clients.is_none()
                || self.customers.client(key.client).is_some_and(|client| among(&filter.clients, client.id())))
            && filter.scope.is_none_or(|scope| self.within(scope, index, key, now))
            && self.is_from(filter, key)
            && self.says(filter, index, key)
    }

    /// Whether a saved view shows the ticket.
    pub(crate) fn within(&self, scope: Scope, index: u32, key: &Key, now: Second) -> bool {
        let held = tables::status_of(key.status).is_some_and(|status| status.sla_action == "H");
        if scope == Scope::Closed {
            return key.closed > 0;
        }
        key.closed == 0
            && match scope {
                Scope::Open | Scope::Closed => true,
                Scope::Unassigned => key.agent == tables::UNASSIGNED,
                Scope::Held => held,
                Scope::Breached => !held && self.birth.targets(index, key).is_some_and(|(_, fix, _)| fix < now),
                Scope::WaitingOnUs => matches!(key.status, tables::NEW | tables::UPDATED | tables::ESCALATED),
                Scope::OfTeam(team) => key.team == team,
                Scope::OfAgent(agent) => key.agent == agent,
            }
    }

    fn is_from(&self, filter: &Filter, key: &Key) -> bool {
        if filter.site.is_none() && filter.user.is_none() {
            return true;
        }
        let Some(client) = self.customers.client(key.client) else {
            return false;
        };
        let user = client.first_user + u32::from(key.user);
        filter.user.is_none_or(|wanted| wanted == user)
            && filter.site.is_none_or(|wanted| {
                // The cheap question first: whose site is it?
                self.customers.site_by_id(wanted).is_some_and(|(owner, place)| {
                    owner.place == client.place && self.customers.user(client, key.user).site == place
                })
            })
    }

    fn says(&self, filter: &Filter, index: u32, key: &Key) -> bool {
        if [&filter.anywhere, &filter.summary, &filter.details, &filter.user_name].iter().all(|needle| needle.is_none()) {
            return true;
        }
        let story = Story::tell(self, index, &self.birth_key(index).unwrap_or(*key));
        let has = |needle: &str, text: &str| text.to_lowercase().contains(needle);
        let fits = |needle: &Option<String>, text: &dyn Fn() -> String| needle.as_ref().is_none_or(|needle| has(needle, &text()));
        // Texts are made one after the other, so that an early match saves the making of the rest.
        let anywhere = |needle: &String| {
            Self::id(index).to_string() == *needle
                || has(needle, &story.summary())
                || story.client.is_some_and(|client| has(needle, &client.name))
                || has(needle, &story.user_name())
                || has(needle, &story.details())
                || filter.in_actions && self.acts(index).iter().any(|act| has(needle, &story.said(act.deed)))
        };
        fits(&filter.summary, &|| story.summary())
            && fits(&filter.details, &|| story.details())
            && fits(&filter.user_name, &|| story.user_name())
            && filter.anywhere.as_ref().is_none_or(anywhere)
    }

    fn sort(&self, found: &mut [u32], orders: &[(Order, bool)]) {
        let descending = orders.first().is_none_or(|(_, descending)| *descending);
        match orders {
            [] | [(Order::Id, _), ..] => {}
            // Subjects are made on demand: once a ticket, not once a comparison.
            [(Order::Summary, _)] => found.sort_by_cached_key(|index| self.summary(*index).to_lowercase()),
            [(Order::By(date), _)] => {
                found.sort_by_cached_key(|index| self.key(*index).and_then(|key| date.of(*index, key)));
            }
            several => {
                found.sort_by(|one, other| self.compare(*one, *other, several));
                return;
            }
        }
        if descending {
            found.reverse();
        }
    }

    fn compare(&self, one: u32, other: u32, orders: &[(Order, bool)]) -> Ordering {
        let (Some(left), Some(right)) = (self.key(one), self.key(other)) else {
            return one.cmp(&other);
        };
        for (order, descending) in orders {
            let ordering = match order {
                Order::Id => one.cmp(&other),
                Order::By(date) => date.of(one, left).cmp(&date.of(other, right)),
                Order::FixBy => self.fix_by(one, left).cmp(&self.fix_by(other, right)),
                Order::Summary => self.summary(one).to_lowercase().cmp(&self.summary(other).to_lowercase()),
                Order::Client => self.client_name(left).cmp(&self.client_name(right)),
                Order::Priority => left.class.priority().cmp(&right.class.priority()),
                Order::Status => left.status.cmp(&right.status),
                Order::Agent => left.agent.cmp(&right.agent),
            };
            if ordering != Ordering::Equal {
                return if *descending { ordering.reverse() } else { ordering };
            }
        }
        one.cmp(&other)
    }

    fn fix_by(&self, index: u32, key: &Key) -> Option<Second> {
        self.birth.targets(index, key).map(|(_, fix, _)| fix)
    }

    fn client_name(&self, key: &Key) -> String {
        self.customers.client(key.client).map(|client| client.name.to_lowercase()).unwrap_or_default()
    }

    /// The ticket's subject.
    pub(crate) fn summary(&self, index: u32) -> String {
        self.birth_key(index).map(|key| Story::tell(self, index, &key).summary()).unwrap_or_default()
    }
}
