//! Tickets in groups: the groups and their sizes are counted once for each state of the database, and a window reads only the groups
//! that it reaches into, each by keyset.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use rusqlite::types::Value;

use super::{
    Reader, StoreError, TicketAsk,
    list::{List, OrderKey},
    names::Names,
    tickets::{Source, ticket},
};
use crate::{
    domain::{Anchor, Folds, GroupBy, GroupId, GroupRow, GroupedRow, RowId, TicketId, TicketRow, Window},
    text::SafeText,
};

/// A group: the value that its rows share, and how many they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    value: Value,
    id: GroupId,
    count: u64,
}

/// A row of the window: the place of a group, or a ticket of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Heading(usize),
    Ticket(usize, i64),
}

/// The groups of a list with what is folded.
struct Grouped<'a> {
    reader: &'a Reader,
    list: &'a List,
    column: &'static str,
    groups: &'a [Group],
    folds: &'a Folds,
    total: u64,
    /// Under this name the places of its tickets are remembered.
    name: String,
}

impl Reader {
    /// A window of the tickets asked for, in groups. Where their words are looked for row by row they are not grouped. The ask's own
    /// anchor doesn't matter; `After` and `Before` a row mean around it.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn grouped(
        &self,
        ask: &TicketAsk,
        by: GroupBy,
        folds: &Folds,
        anchor: Anchor<RowId>,
    ) -> Result<Window<GroupedRow>, StoreError> {
        let grouped = self.with_names(|names| match self.source(ask, names)? {
            Source::List(list) => self.grouped_list(&list, by, folds, anchor, ask.count, names).map(Some),
            Source::Search(_) => Ok(None),
        })?;
        if let Some(window) = grouped {
            return Ok(window);
        }
        let anchor = match anchor {
            Anchor::Around(RowId::Ticket(id)) => Anchor::Around(id),
            Anchor::End => Anchor::End,
            _ => Anchor::Start,
        };
        let window = self.tickets(&TicketAsk { anchor, ..ask.clone() })?;
        let rows = window.rows.into_iter().map(|row| GroupedRow::Ticket(Box::new(row))).collect();
        Ok(Window { rows, offset: window.offset, total: window.total, more: window.more })
    }

    fn grouped_list(
        &self,
        list: &List,
        by: GroupBy,
        folds: &Folds,
        anchor: Anchor<RowId>,
        count: usize,
        names: &Names,
    ) -> rusqlite::Result<Window<GroupedRow>> {
        let column = column(by);
        let name = format!("{by:?} {}", list.name);
        let groups = if let Some(groups) = self.positions.groups(&name) {
            groups
        } else {
            let counted = list.counts_by(&self.conn, column)?;
            let group = |(value, count)| Group { id: id_of(&value), value, count };
            let groups: Arc<[Group]> = counted.into_iter().map(group).collect();
            self.positions.keep_groups(&name, Arc::clone(&groups));
            groups
        };
        let size = |group: &Group| 1 + if folds.folded(group.id) { 0 } else { group.count };
        let grouped = Grouped {
            reader: self,
            list,
            column,
            groups: &groups,
            folds,
            total: groups.iter().map(size).sum(),
            name: format!("{folds:?} {name}"),
        };
        let (items, offset) = grouped.window(anchor, count)?;
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Ticket(_, id) => rows.extend(ticket(&self.conn, names, id)?.map(|row| GroupedRow::Ticket(Box::new(row)))),
                Item::Heading(at) => rows.extend(grouped.heading(at, by, names)?.map(GroupedRow::Group)),
            }
        }
        Ok(Window { rows, offset, total: grouped.total, more: false })
    }
}

impl Grouped<'_> {
    fn window(&self, anchor: Anchor<RowId>, count: usize) -> rusqlite::Result<(Vec<Item>, u64)> {
        let around = match anchor {
            Anchor::Start => None,
            Anchor::End => {
                let items = self.before(None, count)?;
                let offset = self.total.saturating_sub(items.len() as u64);
                self.remember(&items, offset);
                return Ok((items, offset));
            }
            Anchor::Around(id) | Anchor::After(id) | Anchor::Before(id) => self.item(id)?,
        };
        let Some(item) = around.filter(|_| count > 0) else {
            let first = (!self.groups.is_empty()).then_some(Item::Heading(0));
            let mut items: Vec<Item> = first.into_iter().collect();
            if let Some(first) = first {
                items.extend(self.after(first, count.saturating_sub(1))?);
            }
            self.remember(&items, 0);
            return Ok((items, 0));
        };
        let half = count.saturating_sub(1) / 2;
        let mut items = self.before(Some(item), half)?;
        let after = self.after(item, count - 1 - items.len())?;
        if items.len() + 1 + after.len() < count && items.len() == half {
            // Near the end more rows before the anchor fill the window.
            items = self.before(Some(item), count - 1 - after.len())?;
        }
        let before = items.len() as u64;
        items.push(item);
        items.extend(after);
        let offset = self.offset(item)?.saturating_sub(before);
        self.remember(&items, offset);
        Ok((items, offset))
    }

    /// The row that an id means; the heading of its group where the ticket is folded away.
    fn item(&self, id: RowId) -> rusqlite::Result<Option<Item>> {
        let ticket = match id {
            RowId::Group(id) => return Ok(self.groups.iter().position(|group| group.id == id).map(Item::Heading)),
            RowId::Ticket(TicketId(ticket)) => ticket,
        };
        let conn = &self.reader.conn;
        if !self.list.holds(conn, ticket)? {
            return Ok(None);
        }
        let Some(value) = self.list.value(conn, self.column, ticket)? else { return Ok(None) };
        let Some(at) = self.groups.iter().position(|group| group.value == value) else { return Ok(None) };
        Ok(Some(if self.is_folded(at) { Item::Heading(at) } else { Item::Ticket(at, ticket) }))
    }

    fn is_folded(&self, at: usize) -> bool {
        self.groups.get(at).is_none_or(|group| self.folds.folded(group.id))
    }

    /// The rows after one of them.
    fn after(&self, item: Item, count: usize) -> rusqlite::Result<Vec<Item>> {
        let (mut at, mut last) = match item {
            Item::Heading(at) => (at, None),
            Item::Ticket(at, id) => (at, Some(id)),
        };
        let mut items = Vec::new();
        loop {
            let left = count.saturating_sub(items.len());
            if let Some(list) = self.list_of(at, left).filter(|_| left > 0) {
                items.extend(list.after(&self.reader.conn, last, left)?.into_iter().map(|id| Item::Ticket(at, id)));
            }
            at += 1;
            last = None;
            if items.len() >= count || at >= self.groups.len() {
                return Ok(items);
            }
            items.push(Item::Heading(at));
        }
    }

    /// The rows before one of them, or the last ones.
    fn before(&self, item: Option<Item>, count: usize) -> rusqlite::Result<Vec<Item>> {
        let mut items = Vec::new();
        let (mut at, mut next) = match item {
            Some(Item::Ticket(at, id)) => (at + 1, Some(id)),
            Some(Item::Heading(at)) => (at, None),
            None => (self.groups.len(), None),
        };
        // From the end on, each group's rows and then its heading.
        while let Some(group) = at.checked_sub(1) {
            let left = count.saturating_sub(items.len());
            if left == 0 {
                break;
            }
            if let Some(list) = self.list_of(group, left) {
                let ids = list.before(&self.reader.conn, next, left)?;
                items.extend(ids.into_iter().rev().map(|id| Item::Ticket(group, id)));
            }
            if items.len() < count {
                items.push(Item::Heading(group));
            }
            at = group;
            next = None;
        }
        items.reverse();
        Ok(items)
    }

    /// The rows of one group; none where they are folded away.
    fn list_of(&self, at: usize, wanted: usize) -> Option<List> {
        let group = self.groups.get(at).filter(|group| !self.folds.folded(group.id))?;
        // Either the group's rows are found and put in order, or the order is walked until enough of them were passed: whichever
        // meets fewer rows.
        let all: u64 = self.groups.iter().map(|group| group.count).sum();
        let passed = (wanted as u64).saturating_mul(all) / group.count.max(1);
        let sign = if group.count > passed { "+" } else { "" };
        let order: Vec<OrderKey> = self.list.order.iter().copied().filter(|key| key.column != self.column).collect();
        let mut params = self.list.params.clone();
        params.push(group.value.clone());
        Some(List {
            filter: format!("({}) AND {sign}{} = ?", self.list.filter, self.column),
            params,
            order,
            name: format!("{} of {}", group.id.0, self.name),
            count_up_to: None,
            difference: None,
            ..self.list.clone()
        })
    }

    /// All rows, group by group.
    fn unfolded(&self) -> List {
        let by = OrderKey { column: self.column, descending: false };
        let within = self.list.order.iter().copied().filter(|key| key.column != self.column);
        let order = std::iter::once(by).chain(within).collect();
        List { order, name: format!("{} of {}", self.column, self.list.name), ..self.list.clone() }
    }

    /// How many rows stand before one.
    fn offset(&self, item: Item) -> rusqlite::Result<u64> {
        let before = |at: usize| -> u64 {
            let size = |group: &Group| 1 + if self.folds.folded(group.id) { 0 } else { group.count };
            self.groups.iter().take(at).map(size).sum()
        };
        match item {
            Item::Heading(at) => Ok(before(at)),
            Item::Ticket(at, id) => {
                if let Some(offset) = self.reader.positions.offset(&self.name, id) {
                    return Ok(offset);
                }
                let size = |group: &Group| group.count;
                let all: u64 = self.groups.iter().map(size).sum();
                let earlier: u64 = self.groups.iter().take(at).map(size).sum();
                let place = self.unfolded().standing_before(&self.reader.conn, &self.reader.positions, id, all)?;
                Ok(before(at) + 1 + place.saturating_sub(earlier))
            }
        }
    }

    /// Remembers where the tickets stand: scrolling never counts.
    fn remember(&self, items: &[Item], offset: u64) {
        let id = |(at, item): (i64, &Item)| match item {
            Item::Ticket(_, id) => *id,
            // No ticket has such a number.
            Item::Heading(_) => i64::MIN + at,
        };
        let ids: Vec<i64> = (0..).zip(items).map(id).collect();
        self.reader.positions.remember(&self.name, self.total, offset, &ids);
    }

    /// A group's heading, named by any of its tickets.
    fn heading(&self, at: usize, by: GroupBy, names: &Names) -> rusqlite::Result<Option<GroupRow>> {
        let Some(group) = self.groups.get(at) else { return Ok(None) };
        let mut list = self.list.clone();
        list.filter = format!("({}) AND {} = ?", self.list.filter, self.column);
        list.params.push(group.value.clone());
        let conn = &self.reader.conn;
        let row = match list.any(conn)? {
            Some(id) => ticket(conn, names, id)?,
            None => None,
        };
        let name = row.map(|row| name_of(by, row)).unwrap_or_default();
        Ok(Some(GroupRow { id: group.id, name, count: group.count, folded: self.folds.folded(group.id) }))
    }
}

fn column(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Client => "t.client_key",
        GroupBy::Status => "t.status_key",
        GroupBy::Agent => "t.agent_key",
        GroupBy::Team => "t.team_key",
        GroupBy::Priority => "t.pri_key",
    }
}

fn name_of(by: GroupBy, row: TicketRow) -> SafeText {
    match by {
        GroupBy::Client => row.client,
        GroupBy::Status => row.status.name,
        GroupBy::Agent => row.agent.unwrap_or_default(),
        GroupBy::Team => row.team,
        GroupBy::Priority => row.priority.name,
    }
}

/// Numbers stand for themselves, names for their hash: two of the same would only share a fold.
fn id_of(value: &Value) -> GroupId {
    match value {
        Value::Integer(number) => GroupId(*number),
        Value::Text(text) => {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            GroupId(hasher.finish().cast_signed())
        }
        _ => GroupId(0),
    }
}
