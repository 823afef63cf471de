//! The desk's small tables: statuses, priorities, SLAs, teams, agents, ticket types, outcomes and saved views.

/// A status; `domain` 0 is for tickets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Status {
    pub(crate) id: u8,
    pub(crate) name: &'static str,
    pub(crate) domain: u8,
    pub(crate) colour: &'static str,
    /// `N` counts, `H` holds the SLA's clock.
    pub(crate) sla_action: &'static str,
    pub(crate) closed: bool,
}

const fn status(id: u8, name: &'static str, colour: &'static str, sla_action: &'static str) -> Status {
    Status { id, name, domain: 0, colour, sla_action, closed: false }
}

/// The status of a ticket that nobody has looked at.
pub(crate) const NEW: u8 = 1;
/// The status of a ticket that is worked on.
pub(crate) const IN_PROGRESS: u8 = 2;
/// The user has answered.
pub(crate) const UPDATED: u8 = 3;
/// Waiting for the user: the clock stands.
pub(crate) const WITH_USER: u8 = 4;
/// Waiting for a supplier: the clock stands.
pub(crate) const WITH_SUPPLIER: u8 = 5;
/// Planned for a later day: the clock stands.
pub(crate) const SCHEDULED: u8 = 6;
/// Handed up.
pub(crate) const ESCALATED: u8 = 7;
/// Done, the user may still object.
pub(crate) const RESOLVED: u8 = 8;
/// Done for good.
pub(crate) const CLOSED: u8 = 9;

/// All statuses in the order in which they are listed.
pub(crate) const STATUSES: [Status; 12] = [
    status(NEW, "New", "#fcc400", "N"),
    status(IN_PROGRESS, "In Progress", "#4a90e2", "N"),
    status(UPDATED, "Customer Updated", "#ff7f50", "N"),
    status(WITH_USER, "With User", "#68bc00", "H"),
    status(WITH_SUPPLIER, "With Supplier", "#aea1ff", "H"),
    status(SCHEDULED, "Scheduled", "#16a5a5", "H"),
    status(ESCALATED, "Escalated", "#f44e3b", "N"),
    status(10, "Awaiting Approval", "#b0bc00", "H"),
    Status { closed: true, ..status(RESOLVED, "Resolved", "#999999", "N") },
    Status { closed: true, ..status(CLOSED, "Closed", "#000000", "N") },
    Status { domain: 1, ..status(31, "Draft", "#cccccc", "N") },
    Status { domain: 2, ..status(32, "Approved", "#68bc00", "N") },
];

/// The status with this id.
pub(crate) fn status_of(id: u8) -> Option<&'static Status> {
    STATUSES.iter().find(|status| status.id == id)
}

/// A service level agreement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sla {
    pub(crate) id: u8,
    pub(crate) name: &'static str,
    pub(crate) workday: u8,
    pub(crate) tracks_response: bool,
}

/// All SLAs.
pub(crate) const SLAS: [Sla; 3] = [
    Sla { id: 1, name: "Standard SLA", workday: 1, tracks_response: true },
    Sla { id: 2, name: "Monitoring SLA", workday: 2, tracks_response: false },
    Sla { id: 3, name: "Premium SLA", workday: 2, tracks_response: true },
];

/// A priority: the same number bears another name and other targets under each SLA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Priority {
    pub(crate) sla: u8,
    pub(crate) id: u8,
    pub(crate) name: &'static str,
    pub(crate) colour: &'static str,
    /// Number and unit (`H` or `D`) of the first response.
    pub(crate) respond: (f64, &'static str),
    /// The same in minutes.
    pub(crate) respond_minutes: u32,
    /// Number and unit of the fix.
    pub(crate) fix: (f64, &'static str),
    /// The same in minutes.
    pub(crate) fix_minutes: u32,
    pub(crate) hidden: bool,
}

const RED: &str = "#f44e3b";
const ORANGE: &str = "#fb9e00";
const YELLOW: &str = "#fcdc00";
const GREEN: &str = "#68bc00";

const fn hours(sla: u8, id: u8, name: &'static str, colour: &'static str, respond: (f64, u32), fix: (f64, u32)) -> Priority {
    Priority {
        sla,
        id,
        name,
        colour,
        respond: (respond.0, "H"),
        respond_minutes: respond.1,
        fix: (fix.0, "H"),
        fix_minutes: fix.1,
        hidden: false,
    }
}

const fn days(sla: u8, id: u8, name: &'static str, colour: &'static str, respond: (f64, u32), fix: (f64, u32)) -> Priority {
    Priority { fix: (fix.0, "D"), ..hours(sla, id, name, colour, respond, fix) }
}

/// All priorities.
pub(crate) const PRIORITIES: [Priority; 12] = [
    hours(1, 1, "Critical", RED, (0.5, 30), (4.0, 240)),
    hours(1, 2, "High", ORANGE, (1.0, 60), (8.0, 480)),
    days(1, 3, "Medium", YELLOW, (4.0, 240), (2.0, 2_880)),
    days(1, 4, "Low", GREEN, (8.0, 480), (5.0, 7_200)),
    hours(2, 1, "Urgent", RED, (0.25, 15), (2.0, 120)),
    days(2, 2, "Standard", "#4a90e2", (4.0, 240), (3.0, 4_320)),
    Priority { hidden: true, ..days(2, 3, "Old Medium", "#cccccc", (8.0, 480), (9.0, 12_960)) },
    days(2, 4, "Information", "#cccccc", (24.0, 1_440), (14.0, 20_160)),
    hours(3, 1, "Business down", RED, (0.25, 15), (2.0, 120)),
    hours(3, 2, "Team down", ORANGE, (0.5, 30), (4.0, 240)),
    hours(3, 3, "One person", YELLOW, (1.0, 60), (8.0, 480)),
    days(3, 4, "Wish", GREEN, (4.0, 240), (3.0, 4_320)),
];

/// The priority that a ticket's SLA and priority number mean together.
pub(crate) fn priority_of(sla: u8, id: u8) -> Option<&'static Priority> {
    PRIORITIES.iter().find(|priority| priority.sla == sla && priority.id == id)
}

/// A team.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Team {
    pub(crate) id: u8,
    pub(crate) name: &'static str,
    pub(crate) department: (u8, &'static str),
}

/// The first line, where most tickets begin.
pub(crate) const FIRST_LINE: u8 = 2;
/// The second line.
pub(crate) const SECOND_LINE: u8 = 3;
/// The team that alerts go to.
pub(crate) const MONITORING: u8 = 4;
/// The team that drives out.
pub(crate) const FIELD: u8 = 5;
/// The team for larger changes.
pub(crate) const PROJECTS: u8 = 6;

/// All teams.
pub(crate) const TEAMS: [Team; 5] = [
    Team { id: FIRST_LINE, name: "1st Line Support", department: (1, "Service") },
    Team { id: SECOND_LINE, name: "2nd Line Support", department: (1, "Service") },
    Team { id: MONITORING, name: "Monitoring", department: (1, "Service") },
    Team { id: FIELD, name: "Field Engineers", department: (1, "Service") },
    Team { id: PROJECTS, name: "Projects", department: (2, "Delivery") },
];

/// The team's name; empty where there is no such team.
pub(crate) fn team_name(id: u8) -> &'static str {
    TEAMS.iter().find(|team| team.id == id).map_or("", |team| team.name)
}

/// A member of staff.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agent {
    pub(crate) id: u8,
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    pub(crate) team: u8,
    pub(crate) title: &'static str,
    pub(crate) disabled: bool,
    pub(crate) api: bool,
}

impl Agent {
    /// The name as it is shown.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last).trim().to_owned()
    }

    /// The mail address; the API agent and nobody have none.
    pub(crate) fn email(&self) -> String {
        if self.last.is_empty() {
            return String::new();
        }
        let ascii = |text: &str| text.to_lowercase().replace('ł', "l").replace('é', "e").replace('ø', "o").replace('\'', "");
        format!("{}.{}@halcyon-it.example", ascii(self.first), ascii(self.last))
    }
}

const fn agent(id: u8, first: &'static str, last: &'static str, team: u8, title: &'static str) -> Agent {
    Agent { id, first, last, team, title, disabled: false, api: false }
}

/// The agent that stands for nobody.
pub(crate) const UNASSIGNED: u8 = 1;
/// The agent that the API application acts as.
pub(crate) const API_AGENT: u8 = 29;

/// All agents.
pub(crate) const AGENTS: [Agent; 17] = [
    agent(UNASSIGNED, "Unassigned", "", 0, ""),
    agent(3, "Sam", "Duty", FIRST_LINE, "Service desk lead"),
    agent(5, "Priya", "Raman", FIRST_LINE, "Service desk analyst"),
    agent(7, "Lee", "Whitcombe", FIRST_LINE, "Service desk analyst"),
    agent(8, "Aoife", "O'Brennan", FIRST_LINE, "Service desk analyst"),
    agent(9, "Zuzanna", "Wołek", FIRST_LINE, "Apprentice"),
    agent(11, "Tomasz", "Grell", SECOND_LINE, "Infrastructure engineer"),
    agent(12, "Nia", "Castellan", SECOND_LINE, "Network engineer"),
    agent(14, "Kwame", "Adomako", SECOND_LINE, "Cloud engineer"),
    agent(15, "René", "Dufour", SECOND_LINE, "Security analyst"),
    agent(17, "Hana", "Mori", MONITORING, "NOC engineer"),
    agent(18, "Viktor", "Sørli", MONITORING, "NOC engineer"),
    agent(20, "Dee", "Marlowe", FIELD, "Field engineer"),
    agent(21, "Imran", "Qadri", FIELD, "Field engineer"),
    agent(23, "Greta", "Lindqvist", PROJECTS, "Project engineer"),
    Agent { disabled: true, ..agent(26, "Olu", "Former", FIRST_LINE, "") },
    Agent { api: true, ..agent(API_AGENT, "tui-integration", "", FIRST_LINE, "") },
];

/// The agent with this id.
pub(crate) fn agent_of(id: u8) -> Option<&'static Agent> {
    AGENTS.iter().find(|agent| agent.id == id)
}

/// The name of the agent with this id.
pub(crate) fn agent_name(id: u8) -> String {
    agent_of(id).map(Agent::name).unwrap_or_default()
}

/// A ticket type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) id: u8,
    pub(crate) name: &'static str,
    pub(crate) sla: u8,
    pub(crate) group: (u8, &'static str),
    pub(crate) itil: i8,
    pub(crate) agents_can_select: bool,
}

/// Places in [`KINDS`].
pub(crate) const INCIDENT: u8 = 0;
/// Something wanted rather than broken.
pub(crate) const REQUEST: u8 = 1;
/// Opened by monitoring.
pub(crate) const ALERT: u8 = 2;
/// A planned change.
pub(crate) const CHANGE: u8 = 3;
/// A security matter.
pub(crate) const SECURITY: u8 = 4;

/// The ticket types that tickets have, then those of other areas.
pub(crate) const KINDS: [Kind; 6] = [
    Kind { id: 1, name: "Incident", sla: 1, group: (1, "Service Desk"), itil: 1, agents_can_select: true },
    Kind { id: 3, name: "Service Request", sla: 1, group: (1, "Service Desk"), itil: 3, agents_can_select: true },
    Kind { id: 21, name: "Alert", sla: 2, group: (1, "Service Desk"), itil: 1, agents_can_select: false },
    Kind { id: 4, name: "Change Request", sla: 1, group: (1, "Service Desk"), itil: 2, agents_can_select: true },
    Kind { id: 24, name: "Security Incident", sla: 3, group: (2, "Security"), itil: 1, agents_can_select: true },
    Kind { id: 5, name: "Project", sla: 1, group: (3, "Projects"), itil: -1, agents_can_select: true },
];

/// The ticket type in this place of [`KINDS`].
pub(crate) fn kind_of(place: u8) -> Kind {
    let [first, ..] = KINDS;
    KINDS.get(usize::from(place)).copied().unwrap_or(first)
}

/// What an action is called and does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) id: i8,
    pub(crate) name: &'static str,
    pub(crate) system: u8,
    pub(crate) new_status: i8,
    pub(crate) hides: bool,
    pub(crate) hidden: bool,
}

/// The outcomes that can be listed.
pub(crate) const OUTCOMES: [Outcome; 7] = [
    Outcome { id: 1, name: "Email User", system: 1, new_status: 4, hides: false, hidden: false },
    Outcome { id: 4, name: "Re-Assign", system: 4, new_status: -1, hides: true, hidden: false },
    Outcome { id: 7, name: "Private Note", system: 0, new_status: -1, hides: true, hidden: false },
    Outcome { id: 8, name: "Phone Call", system: 0, new_status: -1, hides: false, hidden: false },
    Outcome { id: 10, name: "Resolve", system: 0, new_status: 8, hides: false, hidden: false },
    Outcome { id: 12, name: "Change Priority", system: 6, new_status: -1, hides: true, hidden: false },
    Outcome { id: 9, name: "Close", system: 0, new_status: 9, hides: false, hidden: true },
];

/// What a saved view holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Every open ticket.
    Open,
    /// Open and nobody's.
    Unassigned,
    /// Open, the clock stands.
    Held,
    /// Open, past the target of the fix.
    Breached,
    /// Open, waiting for the desk to answer.
    WaitingOnUs,
    /// Open, of one team.
    OfTeam(u8),
    /// Open, of one agent.
    OfAgent(u8),
    /// Every closed ticket.
    Closed,
}

/// The saved views: id, name, what they hold.
pub(crate) const VIEWS: [(u32, &str, Scope); 9] = [
    (3, "All open", Scope::Open),
    (4, "Unassigned", Scope::Unassigned),
    (5, "Waiting on us", Scope::WaitingOnUs),
    (6, "Breached", Scope::Breached),
    (7, "On hold", Scope::Held),
    (8, "Priya's tickets", Scope::OfAgent(5)),
    (11, "Monitoring", Scope::OfTeam(MONITORING)),
    (12, "Projects", Scope::OfTeam(PROJECTS)),
    (15, "Closed", Scope::Closed),
];

/// A profile of columns that lists of tickets are shown with.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    /// The agent whose own it is; others may not read it.
    pub(crate) agent: Option<u8>,
    pub(crate) columns: &'static [ProfileColumn],
}

/// A column's name, its width in pixels and, where the rows go by it, its rank and whether the greatest comes first.
pub(crate) type ProfileColumn = (&'static str, u32, Option<(u32, bool)>);

/// The profiles; the first is the one that is used where none is named.
pub(crate) const PROFILES: [Profile; 5] = [
    Profile {
        id: 4,
        name: "Default",
        agent: None,
        columns: &[
            ("Ticket ID", 60, Some((1, true))),
            ("Summary", 300, None),
            ("Client", 160, None),
            ("User", 140, None),
            ("Agent", 120, None),
            ("Status", 120, None),
            ("Last Action Date", 140, None),
        ],
    },
    Profile {
        id: 6,
        name: "SLA",
        agent: None,
        columns: &[
            ("Ticket ID", 60, None),
            ("Fix By Date", 140, Some((1, false))),
            ("Priority", 90, Some((2, false))),
            ("Summary", 300, None),
            ("Client", 160, None),
            ("Category", 140, None),
            ("Agent", 120, None),
        ],
    },
    Profile {
        id: 7,
        name: "Projects",
        agent: None,
        columns: &[
            ("Client", 160, Some((1, false))),
            ("Ticket ID", 60, None),
            ("Summary", 300, None),
            ("Estimated Time", 90, None),
            ("Time Taken", 90, None),
            ("Agent", 120, None),
            ("Date Opened", 120, Some((2, true))),
        ],
    },
    Profile {
        id: 9,
        name: "Closed",
        agent: None,
        columns: &[
            ("Ticket ID", 60, None),
            ("Summary", 300, None),
            ("Site", 140, None),
            ("Agent", 120, None),
            ("Date Closed", 120, Some((1, true))),
        ],
    },
    Profile { id: 12, name: "Priya's columns", agent: Some(5), columns: &[("Ticket ID", 60, None), ("Summary", 300, None)] },
];

/// The profile of this number; the usual one where none is named.
pub(crate) fn profile(id: Option<u32>) -> &'static Profile {
    let [usual, ..] = &PROFILES;
    id.and_then(|id| PROFILES.iter().find(|profile| profile.id == id)).unwrap_or(usual)
}

/// The profile that a list is shown with.
pub(crate) fn profile_of(scope: Scope) -> &'static Profile {
    profile(match scope {
        Scope::Breached | Scope::WaitingOnUs => Some(6),
        Scope::OfTeam(PROJECTS) => Some(7),
        Scope::Closed => Some(9),
        Scope::OfAgent(_) => Some(12),
        _ => None,
    })
}
