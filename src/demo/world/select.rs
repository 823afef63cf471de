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

impl Filter {
    /// Whether texts have to be made to answer it.
    fn asks_for_words(&self) -> bool {
        [&self.anywhere, &self.summary, &self.details, &self.user_name].iter().any(|needle| needle.is_some())
    }
}

/// Whether a text has a needle, which is in lower case, in any case. Most texts and needles are ASCII: those are not copied.
fn has(needle: &str, text: &str) -> bool {
    let (Some(first), true) = (needle.bytes().next(), needle.is_ascii()) else {
        return text.to_lowercase().contains(needle);
    };
    // No byte of a longer character is ASCII, so that bytes can be compared one by one.
    let (text, upper) = (text.as_bytes(), first.to_ascii_uppercase());
    let mut from = 0;
    while let Some(rest) = text.get(from..)
        && let Some(at) = rest.iter().position(|byte| *byte == first || *byte == upper)
    {
        let candidate = rest.get(at..at + needle.len());
        if candidate.is_some_and(|candidate| candidate.eq_ignore_ascii_case(needle.as_bytes())) {
            return true;
        }
        from += at + 1;
    }
    false
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
            self.gather(&asked.0, now, &mut found);
            self.sort(&mut found, &asked.1);
            // Growing by doubling may have taken twice the room.
            found.shrink_to_fit();
            self.kept = Kept { asked: Some(asked), found };
        }
        &self.kept.found
    }

    /// Puts the places of the tickets that fit into `found`, in ascending order. Texts are made for each ticket that is asked
    /// after its words: every core takes a part.
    fn gather(&self, filter: &Filter, now: Second, found: &mut Vec<u32>) {
        let fitting = |part: &mut dyn Iterator<Item = (u32, &Key)>, into: &mut Vec<u32>| {
            into.extend(part.filter(|(index, key)| self.fits(filter, *index, key, now)).map(|(index, _)| index));
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        if !filter.asks_for_words() || cores == 1 {
            return fitting(&mut self.keys(), found);
        }
        let part = self.keys.len().div_ceil(cores).max(1);
        let parts = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores)
                .map(|core| {
                    scope.spawn(move || {
                        let mut into = Vec::new();
                        fitting(&mut self.keys().skip(core * part).take(part), &mut into);
                        into
                    })
                })
                .collect();
            // A part whose thread panicked is missing, as after any other fault of the stand-in.
            workers.into_iter().map(|worker| worker.join().unwrap_or_default()).collect::<Vec<_>>()
        });
        for part in parts {
            found.extend(part);
        }
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
        if !filter.asks_for_words() {
            return true;
        }
        let story = Story::tell(self, index, &self.birth_key(index).unwrap_or(*key));
        let fits = |needle: &Option<String>, text: &dyn Fn() -> String| needle.as_ref().is_none_or(|needle| has(needle, &text()));
        // Texts are made one after the other, so that an early match saves the making of the rest.
        let anywhere = |needle: &String| {
            Self::id(index).to_string() == *needle
                || has(needle, &story.summary())
                || story.client.is_some_and(|client| has(needle, &client.name))
                || has(needle, &story.user_name())
                || story.opens_with(|text| has(needle, text))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_in_any_case_and_script() {
        for (needle, text, found) in [
            ("vpn", "No VPN today", true),
            ("vpn", "vp n", false),
            ("pn", "VPN", true),
            ("aab", "aAaB", true),
            ("straße", "Hauptstraße 5", true),
            ("straße", "HAUPTSTRASSE", false),
            ("été", "L'ÉTÉ", true),
            ("プリ", "3階のプリンター", true),
            ("a", "プリ", false),
            ("longer than it", "short", false),
            ("", "anything", true),
        ] {
            assert_eq!(has(needle, text), found, "{needle} in {text}");
        }
    }

    #[test]
    fn words_are_found_wherever_they_are_said_by_every_core_together() {
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut world = World::new(1, at, 3_000, 40);
        let now = world.second(std::time::Duration::ZERO);
        for needle in ["printer", "hello,", "regards", "sent from my phone", "+44 20 7946 01", "· head", "e", "no such words"] {
            let told = |index: &u32| {
                let story = Story::tell(&world, *index, &world.birth_key(*index).unwrap());
                let client = story.client.map(|client| client.name.clone()).unwrap_or_default();
                let said = [story.summary(), client, story.user_name(), story.details()];
                said.iter().any(|text| text.to_lowercase().contains(needle))
            };
            let mut expected: Vec<u32> = (0..3_000).filter(told).collect();
            expected.reverse();
            let filter = Filter { anywhere: Some(needle.to_owned()), ..Filter::default() };
            assert_eq!(world.select(filter, Vec::new(), now), expected, "{needle}");
        }
    }
}
