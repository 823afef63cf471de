//! *You are*: who sits at the keyboard. One API application acts as one agent, whoever types.

use crate::{
    domain::{AgentId, AgentRow, Window},
    msg::{Command, Key},
    panes::{
        input,
        list::{List, Listed, Step},
    },
    text::fold,
    ui::Field,
};

impl Listed for AgentRow {
    type Id = AgentId;

    fn id(&self) -> AgentId {
        self.id
    }
}

/// The picker of agents: a list, narrowed by typing.
#[derive(Debug)]
pub(crate) struct People {
    all: Vec<AgentRow>,
    list: List<AgentRow>,
    words: Field,
    acting: AgentId,
}

impl People {
    /// People to choose from; the cursor stands on `before`, else on the agent that the application acts as.
    pub(crate) fn new(mut agents: Vec<AgentRow>, acting: &AgentRow, before: Option<AgentId>) -> Self {
        agents.retain(|agent| agent.id.is_assigned());
        if !agents.iter().any(|agent| agent.id == acting.id) {
            agents.insert(0, acting.clone());
        }
        let mut people = Self { all: agents, list: List::default(), words: Field::default(), acting: acting.id };
        people.list.set_height(10);
        people.narrow();
        let _ = people.list.go_to(before.unwrap_or(acting.id));
        people
    }

    /// The agent under the cursor.
    pub(crate) fn chosen(&self) -> Option<AgentId> {
        self.list.selected().map(|agent| agent.id)
    }

    /// The agent that the application acts as.
    pub(crate) fn acting(&self) -> AgentId {
        self.acting
    }

    /// What narrows the list.
    pub(crate) fn words(&self) -> &Field {
        &self.words
    }

    /// The visible rows.
    pub(crate) fn visible(&self) -> impl Iterator<Item = (&AgentRow, bool)> {
        self.list.visible()
    }

    /// The position of the cursor, and of how many.
    pub(crate) fn position(&self) -> (u64, u64) {
        self.list.position()
    }

    pub(crate) fn command(&mut self, command: Command) {
        let step = match command {
            Command::NextField => Some(Step::Down),
            Command::PreviousField => Some(Step::Up),
            Command::ClearInput => {
                self.words.clear();
                self.narrow();
                None
            }
            command => Step::of(command),
        };
        if let Some(step) = step {
            let _ = self.list.step(step);
        }
    }

    pub(crate) fn typed(&mut self, key: Key) {
        if let Some(key) = input(key) {
            self.words.handle(&key);
            self.narrow();
        }
    }

    pub(crate) fn paste(&mut self, text: &str) {
        self.words.paste(text);
        self.narrow();
    }

    fn narrow(&mut self) {
        let words = fold(self.words.value());
        let rows: Vec<AgentRow> = self.all.iter().filter(|agent| fold(agent.name.as_str()).contains(&words)).cloned().collect();
        let total = rows.len() as u64;
        let _ = self.list.restart();
        let _ = self.list.fill(Window { rows, offset: 0, total, more: false });
    }
}
