//! The connect screen: where HaloPSA is, who the program is there, how the secret is kept, who sits at the keyboard.

mod form;
mod people;
mod screen;

pub(super) use form::{Form, FormField};
pub(super) use people::People;

use std::collections::BTreeMap;

use crate::{
    domain::{ConnectDraft, ConnectStep, Failure, FailureKind, Hosting, StepOutcome},
    msg::{Command, ConnectNews, Discovered, Key, Notice},
};

/// What the connect screen wants done.
#[derive(Debug)]
pub enum ConnectOutcome {
    /// Nothing.
    Stay,
    /// Look an instance's address up.
    Discover(String),
    /// Walk the steps with what was filled in.
    Test(Box<ConnectDraft>),
    /// Save what was tested, with who sits at the keyboard, and begin.
    Start(Box<ConnectDraft>),
    /// Stop what is under way.
    Cancel,
    /// Go away from this screen.
    Leave,
}

/// What goes on.
#[derive(Debug, Default)]
enum Stage {
    /// Fields are being filled in.
    #[default]
    Editing,
    /// The address is being looked up.
    Discovering,
    /// The steps are being walked with this draft.
    Testing(Box<ConnectDraft>),
    /// All steps passed: who are you?
    Asking(Box<ConnectDraft>, Box<People>),
    /// It is being saved and started.
    Starting,
}

/// The connect screen.
#[derive(Debug, Default)]
pub struct ConnectPane {
    form: Form,
    stage: Stage,
    steps: BTreeMap<ConnectStep, StepOutcome>,
    /// Why the screen is there, or what the last try ended with.
    message: Option<Notice>,
    /// Nothing is behind it: leaving ends the program.
    first: bool,
}

impl ConnectPane {
    /// The screen with what is known already. `first`: nothing is behind it.
    pub fn new(draft: &ConnectDraft, why: Option<&Failure>, first: bool, keyring: bool) -> Self {
        let message = why.map(|failure| Notice::info(failure.what.as_str()));
        Self { form: Form::new(draft, keyring), message, first, ..Self::default() }
    }

    /// Whether nothing is behind it.
    pub fn is_first(&self) -> bool {
        self.first
    }

    /// The layers of keys that count now.
    pub fn layers(&self) -> &'static [&'static str] {
        let is_typed_into = matches!(self.stage, Stage::Asking(..)) || !self.form.focus().is_choice();
        match (self.first, is_typed_into) {
            (true, true) => &["connect", "always"],
            (true, false) => &["connect-choice", "connect", "always"],
            (false, true) => &["connect-over", "connect", "always"],
            (false, false) => &["connect-choice", "connect-over", "connect", "always"],
        }
    }

    /// The authorisation server refused the stored credentials.
    pub fn refused(&mut self, failure: &Failure) {
        self.first = false;
        self.stage = Stage::Editing;
        self.message = Some(Notice::failure(failure));
        self.form.go_to(if failure.kind == FailureKind::InvalidScope { FormField::Scope } else { FormField::Secret });
    }

    /// Opened from the dashboard.
    pub fn reopen(&mut self) {
        self.first = false;
        self.stage = Stage::Editing;
        self.steps.clear();
        self.message = None;
    }

    /// The session runs: nothing of the secret stays here.
    pub fn connected(&mut self) {
        self.first = false;
        self.stage = Stage::Editing;
        self.steps.clear();
        self.message = None;
        self.form.wipe_secret();
    }

    /// Does a command.
    pub fn command(&mut self, command: Command) -> ConnectOutcome {
        if let Stage::Asking(draft, people) = &mut self.stage {
            match command {
                Command::Accept => {
                    let Some(me) = people.chosen() else { return ConnectOutcome::Stay };
                    let mut draft = std::mem::take(draft);
                    draft.me = Some(me);
                    self.stage = Stage::Starting;
                    return ConnectOutcome::Start(draft);
                }
                Command::Leave | Command::Back => {
                    self.stage = Stage::Editing;
                    self.message = Some(Notice::info("Nothing was saved yet"));
                }
                command => people.command(command),
            }
            return ConnectOutcome::Stay;
        }
        match command {
            Command::NextField => self.form.walk(true),
            Command::PreviousField => self.form.walk(false),
            Command::NextChoice => self.form.choose(true),
            Command::PreviousChoice => self.form.choose(false),
            Command::Reveal => self.form.toggle_reveal(),
            Command::ClearInput => self.form.clear_field(),
            Command::Test => return self.test(),
            Command::Accept => match self.form.focus() {
                FormField::Address => return self.discover(),
                FormField::Button => return self.test(),
                _ => self.form.walk(true),
            },
            Command::Leave | Command::Back => {
                return if matches!(self.stage, Stage::Discovering | Stage::Testing(_)) {
                    self.stage = Stage::Editing;
                    self.message = Some(Notice::info("Stopped. Nothing was saved"));
                    ConnectOutcome::Cancel
                } else {
                    ConnectOutcome::Leave
                };
            }
            _ => {}
        }
        ConnectOutcome::Stay
    }

    /// A key that is bound to nothing: text for the field.
    pub fn typed(&mut self, key: Key) -> ConnectOutcome {
        match &mut self.stage {
            Stage::Asking(_, people) => people.typed(key),
            _ => self.form.typed(key),
        }
        ConnectOutcome::Stay
    }

    /// Pasted text for the field.
    pub fn paste(&mut self, text: &str) {
        if let Stage::Asking(_, people) = &mut self.stage {
            people.paste(text);
        } else {
            self.form.paste(text);
        }
    }

    /// Hears how connecting goes.
    pub fn news(&mut self, news: ConnectNews) {
        match (news, std::mem::take(&mut self.stage)) {
            (ConnectNews::Discovered(result), Stage::Discovering) => self.discovered(result),
            (ConnectNews::Step(report), Stage::Testing(draft)) => {
                self.steps.insert(report.step, report.outcome);
                self.stage = Stage::Testing(draft);
            }
            (ConnectNews::Passed { agents, acting }, Stage::Testing(draft)) => {
                let people = People::new(agents, &acting, draft.me);
                self.message = None;
                self.stage = Stage::Asking(draft, Box::new(people));
            }
            (ConnectNews::Failed(failure), Stage::Testing(_)) => {
                // The step that failed shows the words; a failure before any step needs a line of its own.
                let shown = self.steps.values().any(|outcome| matches!(outcome, StepOutcome::Failed(_)));
                self.message = Some(if shown { Notice::warning("Nothing was saved") } else { Notice::failure(&failure) });
                if let Some(field) = FormField::behind(failure.kind) {
                    self.form.go_to(field);
                }
            }
            (ConnectNews::Started(Err(failure)), Stage::Starting) => self.message = Some(Notice::failure(&failure)),
            // News of something that was stopped meanwhile.
            (_, stage) => self.stage = stage,
        }
    }

    fn discover(&mut self) -> ConnectOutcome {
        let address = self.form.value(FormField::Address);
        if address.trim().is_empty() {
            self.form.walk(true);
            return ConnectOutcome::Stay;
        }
        self.stage = Stage::Discovering;
        self.steps.clear();
        self.message = None;
        ConnectOutcome::Discover(address)
    }

    fn discovered(&mut self, result: Result<Discovered, Failure>) {
        match result {
            Ok(found) => {
                let words = if found.other_host {
                    format!(
                        "Found. The authorisation server is another host: {}. It gets no secret before you press Test",
                        found.auth_url
                    )
                } else if found.guessed {
                    "The instance does not say where it signs in. These are the usual addresses: compare them with API Details"
                        .to_owned()
                } else {
                    "Found. Now the client ID and the secret".to_owned()
                };
                self.form.fill_in(&found);
                self.form.go_to(FormField::ClientId);
                self.message = Some(Notice::info(&words));
            }
            Err(failure) => {
                self.message = Some(Notice::failure(&failure));
                self.form.go_to(FormField::Hosting);
            }
        }
    }

    fn test(&mut self) -> ConnectOutcome {
        if !matches!(self.stage, Stage::Editing) {
            return ConnectOutcome::Stay;
        }
        let draft = self.form.draft();
        let missing = draft.missing().or_else(|| self.form.secret_is_missing().then_some("client secret"));
        if let Some(what) = missing {
            self.message = Some(Notice::error(&format!("The {what} is missing")));
            self.form.go_to(FormField::named(what));
            return ConnectOutcome::Stay;
        }
        if draft.hosting == Hosting::Hosted && draft.tenant.trim().is_empty() {
            self.message = Some(Notice::info("No tenant is given: most hosted instances want one"));
        } else {
            self.message = None;
        }
        self.steps.clear();
        let draft = Box::new(draft);
        self.stage = Stage::Testing(draft.clone());
        ConnectOutcome::Test(draft)
    }
}
