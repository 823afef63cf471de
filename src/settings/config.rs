//! [`Config`]: what `config.toml` says.

use std::{collections::BTreeMap, ops::Range, path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use toml_edit::{Document, Item, TableLike};

use super::{
    Paths,
    guard::{self, Trust, unreadable},
};
use crate::domain::{AgentId, ConnectDraft, Failure, History, Hosting, Identity, Profile, ProfileName, SecretKeeping};

/// The settings without secrets; a missing file means all defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The profile that was used last: the default one.
    pub last_profile: Option<ProfileName>,
    /// The theme's name.
    pub theme: String,
    /// How often the dashboard asks for changes: seconds (0 to 86400), or `"off"`, which is 0.
    pub refresh: Refresh,
    /// The least bytes on the terminal's wire; where it isn't said, when the wire is measured to be slow.
    pub lean: Option<bool>,
    /// Nothing is ever written to HaloPSA.
    pub read_only: bool,
    /// Whose keys are the usual ones: `"default"`, `"vim-plain"`, `"jira"` or `"k9s"`; `keys.toml` comes after them.
    pub keys: String,
    /// Whether the preview is open at the start.
    pub preview: bool,
    /// How times are told: as how long ago they are, or as dates and hours.
    pub dates: Dates,
    /// Whether the mouse is reported: then the terminal's own selection needs shift.
    pub mouse: bool,
    /// Requests per rolling 5 minutes, 0 for no limit; by default what fits the hosting.
    pub budget: Option<u32>,
    /// How far back closed tickets are kept at hand: `"all"`, `"none"` or a length such as `"90d"`, `"26w"`, `"2y"`.
    pub history: History,
    /// Whether what people wrote at length, details and notes, is stored; else it is asked for each time and held in memory.
    pub bodies: bool,
    /// Where rows are kept.
    pub mirror: MirrorKept,
    /// The folder that files of tickets are saved in; by default the desktop's for downloads.
    pub downloads: Option<PathBuf>,
    /// The program, with its first arguments, that opens a saved file: run without a shell. Empty for none.
    pub open_command: String,
    profiles: BTreeMap<ProfileName, Entry>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            last_profile: None,
            theme: "default".to_owned(),
            refresh: Refresh(Some(Duration::from_mins(1))),
            lean: None,
            read_only: false,
            keys: "default".to_owned(),
            preview: true,
            dates: Dates::Relative,
            mouse: false,
            budget: None,
            history: History::default(),
            bodies: true,
            mirror: MirrorKept::Disk,
            downloads: None,
            open_command: String::new(),
            profiles: BTreeMap::new(),
        }
    }
}

/// How times are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dates {
    /// As how long ago they are.
    Relative,
    /// As dates and hours in the operator's time zone.
    Absolute,
}

/// Where the rows of a tenant are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MirrorKept {
    /// In a file of this account's.
    Disk,
    /// In memory only: nothing of them is written, and they are gone with the program.
    Memory,
}

/// How often the dashboard asks for changes; `None` for only when told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh(pub Option<Duration>);

/// `[profiles.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Entry {
    hosting: Hosting,
    auth_url: String,
    resource_url: String,
    tenant: String,
    client_id: String,
    scope: Option<String>,
    me: Option<i64>,
    secret: Option<Kept>,
    secret_command: Option<String>,
    ca_file: Option<PathBuf>,
    bodies: Option<bool>,
    mirror: Option<MirrorKept>,
}

/// `secret = "…"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kept {
    File,
    Command,
    Keyring,
    Ask,
}

impl Config {
    /// Reads `config.toml`; the file is neither made nor changed.
    ///
    /// # Errors
    /// [`crate::domain::FailureKind::Settings`], naming file, line and key, for anything that is not understood, and for a
    /// file or folder that others could write.
    pub fn load(paths: &Paths) -> Result<Self, Failure> {
        let path = paths.config_file();
        // Looked at first, because confy makes a file that is missing.
        let Some(text) = guard::read(&path, Trust::Settings)? else { return Ok(Self::default()) };
        let mut config: Self = confy::load_path(&path).map_err(|error| match error {
            confy::ConfyError::BadTomlData(error) => unreadable(&path, &explain(&text, error.span(), error.message()))
                .advise("correct the line; the file is left as it is"),
            other => unreadable(&path, &other.to_string()),
        })?;
        for entry in config.profiles.values_mut() {
            // Beside the settings, whatever folder the program is started in.
            entry.ca_file = entry.ca_file.take().map(|file| paths.config_dir().join(file));
        }
        config.check().map_err(|(profile, why)| unreadable(&path, &format!("[profiles.{profile}]: {why}")))?;
        Ok(config)
    }

    /// The saved profiles' names, in alphabetical order.
    pub fn profile_names(&self) -> impl Iterator<Item = &ProfileName> {
        self.profiles.keys()
    }

    /// A saved profile as far as it is filled in.
    pub fn draft(&self, name: &ProfileName) -> Option<ConnectDraft> {
        let entry = self.profiles.get(name)?;
        Some(ConnectDraft {
            name: name.to_string(),
            hosting: entry.hosting,
            auth_url: entry.auth_url.clone(),
            resource_url: entry.resource_url.clone(),
            tenant: entry.tenant.clone(),
            client_id: entry.client_id.clone(),
            secret: None,
            scope: entry.scope.clone().unwrap_or_else(|| Profile::DEFAULT_SCOPE.to_owned()),
            keeping: entry.keeping(),
            me: entry.me.map(AgentId),
            ca_file: entry.ca_file.clone(),
        })
    }

    /// The profile to start with where none is named: the one used last, or the only one.
    pub fn default_profile(&self) -> Option<&ProfileName> {
        let only = || self.profiles.keys().next().filter(|_| self.profiles.len() == 1);
        self.last_profile.as_ref().filter(|name| self.profiles.contains_key(name)).or_else(only)
    }

    /// Whether the profile's texts are stored; its own word goes first.
    pub fn keeps_bodies(&self, name: &ProfileName) -> bool {
        self.profiles.get(name).and_then(|entry| entry.bodies).unwrap_or(self.bodies)
    }

    /// Where the profile's rows are kept; its own word goes first.
    pub fn mirror_kept(&self, name: &ProfileName) -> MirrorKept {
        self.profiles.get(name).and_then(|entry| entry.mirror).unwrap_or(self.mirror)
    }

    /// Requests that may leave in any 5 minutes; `None` for no limit. `asked` is `--budget`, which like the setting counts 0 as no
    /// limit. Hosted tenants allow as few as 300 to all integrations together; a server of one's own has no such limit.
    pub fn budget(&self, asked: Option<u32>, profile: &Profile) -> Option<u32> {
        let by_hosting = if profile.hosting == Hosting::Hosted && !is_loopback(&profile.resource_url) { 250 } else { 0 };
        Some(asked.or(self.budget).unwrap_or(by_hosting)).filter(|limit| *limit > 0)
    }

    /// The name to save a new connection under: that of the profile with the same identity, else one made of `wanted` (a tenant
    /// or a host's first label) that is still free.
    pub fn name_for(&self, identity: &Identity, wanted: &str) -> Option<ProfileName> {
        let same = |name: &&ProfileName| {
            let saved = self.draft(name).and_then(|draft| draft.profile((*name).clone()).ok());
            saved.is_some_and(|profile| profile.identity() == *identity)
        };
        if let Some(name) = self.profiles.keys().find(same) {
            return Some(name.clone());
        }
        let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let stem: String = wanted.chars().filter(fits).skip_while(|c| *c == '-').take(48).collect();
        let stem = if stem.is_empty() { "halo".to_owned() } else { stem };
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        std::iter::once(stem.clone())
            .chain(numbered)
            .filter_map(|name| ProfileName::parse(&name))
            .find(|name| !self.profiles.contains_key(name))
    }

    /// What types alone can't tell.
    fn check(&self) -> Result<(), (&ProfileName, &'static str)> {
        for (name, entry) in &self.profiles {
            if entry.secret == Some(Kept::Command) && entry.secret_command.is_none() {
                return Err((name, "secret = \"command\" needs a secret_command"));
            }
            if entry.secret_command.as_ref().is_some_and(|command| command.trim().is_empty()) {
                return Err((name, "secret_command is empty"));
            }
        }
        Ok(())
    }
}

impl Entry {
    /// An explicit `secret` wins; a `secret_command` alone means the command.
    fn keeping(&self) -> SecretKeeping {
        match (self.secret, &self.secret_command) {
            (Some(Kept::Command) | None, Some(command)) => SecretKeeping::Command(command.clone()),
            (Some(Kept::Command | Kept::File) | None, _) => SecretKeeping::File,
            (Some(Kept::Keyring), _) => SecretKeeping::Keyring,
            (Some(Kept::Ask), _) => SecretKeeping::Ask,
        }
    }
}

impl Serialize for Refresh {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.map_or(0, |every| every.as_secs()))
    }
}

impl<'de> Deserialize<'de> for Refresh {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Refresh;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("seconds from 0 to 86400, or \"off\"")
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Refresh, E> {
                match u64::try_from(seconds) {
                    Ok(0) => Ok(Refresh(None)),
                    Ok(seconds @ 1..=86_400) => Ok(Refresh(Some(Duration::from_secs(seconds)))),
                    _ => Err(E::invalid_value(de::Unexpected::Signed(seconds), &self)),
                }
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Refresh, E> {
                if word == "off" { Ok(Refresh(None)) } else { Err(E::invalid_value(de::Unexpected::Str(word), &self)) }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

fn is_loopback(address: &str) -> bool {
    let url = url::Url::parse(address).ok();
    url.as_ref().and_then(url::Url::host).is_some_and(|host| match host {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    })
}

/// "line 3, key profiles.acme.me: invalid type …".
fn explain(text: &str, span: Option<Range<usize>>, message: &str) -> String {
    let message = message.trim().replace('\n', "; ");
    let Some(span) = span else { return message };
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    match key_at(text, span.start) {
        Some(key) => format!("line {line}, key {key}: {message}"),
        None => format!("line {line}: {message}"),
    }
}

/// The dotted key whose name or value stands at `at`; where the text is no TOML at all, what stands left of the `=` there.
fn key_at(text: &str, at: usize) -> Option<String> {
    if let Ok(document) = Document::parse(text) {
        return key_within(document.as_table(), at).map(|path| path.join("."));
    }
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let (key, _) = text.get(line_start..)?.lines().next()?.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    Some(key.trim()).filter(|key| !key.is_empty() && key.chars().all(plain)).map(str::to_owned)
}

fn key_within(table: &dyn TableLike, at: usize) -> Option<Vec<String>> {
    for (name, item) in table.iter() {
        let here = |span: Option<Range<usize>>| span.is_some_and(|span| span.contains(&at));
        if let Some(mut path) = item.as_table_like().and_then(|inner| key_within(inner, at)) {
            path.insert(0, name.to_owned());
            return Some(path);
        }
        if here(table.key(name).and_then(toml_edit::Key::span)) || here(item.span()) && !matches!(item, Item::Table(_)) {
            return Some(vec![name.to_owned()]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_error_names_line_and_key() {
        for (text, expected) in [
            ("theme = 5\n", "line 1, key theme: "),
            ("\n\nthem = \"x\"\n", "line 3, key them: unknown field"),
            ("[profiles.acme]\nme = \"Priya\"\n", "line 2, key profiles.acme.me: "),
            ("profiles.acme = { hosting = \"cloud\" }\n", "line 1, key profiles.acme.hosting: unknown variant"),
            ("[profiles.\"../x\"]\n", "line 1, key profiles.../x: a profile's name"),
            ("refresh = -1\n", "line 1, key refresh: invalid value"),
            ("lean = tru\n", "line 1, key lean: "),
            ("lean\n", "line 1: "),
            ("lean = true\nlean = false\n", "line 2, key lean: duplicate key"),
        ] {
            let error = toml::from_str::<Config>(text).unwrap_err();
            let told = explain(text, error.span(), error.message());
            assert!(told.starts_with(expected), "{text:?}: {told}");
        }
    }

    #[test]
    fn refresh_reads_seconds_and_off() {
        for (text, seconds) in [("", Some(60)), ("refresh = 0", None), ("refresh = \"off\"", None), ("refresh = 5", Some(5))] {
            assert_eq!(config(text).refresh.0, seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_profile_says_for_itself_what_is_stored() {
        let (acme, other) = (ProfileName::parse("acme").unwrap(), ProfileName::parse("other").unwrap());
        let config = config("bodies = false\n[profiles.acme]\nbodies = true\nmirror = \"memory\"\n[profiles.other]\n");
        assert_eq!((config.keeps_bodies(&acme), config.mirror_kept(&acme)), (true, MirrorKept::Memory));
        assert_eq!((config.keeps_bodies(&other), config.mirror_kept(&other)), (false, MirrorKept::Disk));
        assert!(toml::from_str::<Config>("mirror = \"nowhere\"").is_err());
    }

    #[test]
    fn history_reads_a_length_or_a_word() {
        for (text, history) in [
            ("", History::Days(90)),
            ("history = \"2y\"", History::Days(730)),
            ("history = \"all\"", History::All),
            ("history = \"none\"", History::None),
        ] {
            assert_eq!(config(text).history, history, "{text}");
        }
        let error = toml::from_str::<Config>("history = \"soon\"").unwrap_err();
        assert!(error.message().contains("90d"), "{error}");
    }

    #[test]
    fn the_default_profile_is_the_last_used_or_the_only_one() {
        let default = |text: &str| config(text).default_profile().map(ToString::to_string);
        assert_eq!(default(""), None);
        assert_eq!(default("last_profile = \"gone\"\n[profiles.a]"), Some("a".into()));
        assert_eq!(default("[profiles.a]\n[profiles.b]"), None);
        assert_eq!(default("last_profile = \"b\"\n[profiles.a]\n[profiles.b]"), Some("b".into()));
    }

    #[test]
    fn the_budget_follows_the_hosting_unless_somebody_says_otherwise() {
        let profile = |hosting, url: &str| {
            let draft = ConnectDraft {
                hosting,
                auth_url: url.into(),
                resource_url: url.into(),
                client_id: "x".into(),
                ..Default::default()
            };
            draft.profile(ProfileName::parse("a").unwrap()).unwrap()
        };
        let hosted = profile(Hosting::Hosted, "https://a.example/api");
        assert_eq!(config("").budget(None, &hosted), Some(250));
        assert_eq!(config("").budget(None, &profile(Hosting::OnPremise, "https://a.example/api")), None);
        assert_eq!(config("").budget(None, &profile(Hosting::Hosted, "http://127.0.0.1:8080/api")), None);
        assert_eq!(config("").budget(None, &profile(Hosting::Hosted, "https://127.0.0.1.example/api")), Some(250));
        assert_eq!(config("budget = 90").budget(None, &hosted), Some(90));
        assert_eq!(config("budget = 90").budget(Some(0), &hosted), None);
    }

    #[test]
    fn a_secret_command_alone_is_the_keeping() {
        let keeping =
            |text: &str| config(&format!("[profiles.a]\n{text}")).draft(&ProfileName::parse("a").unwrap()).unwrap().keeping;
        assert_eq!(keeping(""), SecretKeeping::File);
        assert_eq!(keeping("secret_command = \"pass x\""), SecretKeeping::Command("pass x".into()));
        assert_eq!(keeping("secret = \"ask\"\nsecret_command = \"pass x\""), SecretKeeping::Ask);
    }

    #[test]
    fn a_new_connection_gets_a_free_name_and_a_known_one_its_own() {
        let saved = config(
            "[profiles.acme]\nauth_url = \"https://a.example/auth\"\nresource_url = \"https://a.example/api\"\nclient_id = \"x\"\n",
        );
        let same = Identity { resource_url: "https://a.example/api".into(), tenant: String::new(), client_id: "x".into() };
        let other = Identity { client_id: "y".into(), ..same.clone() };
        let name = |identity, wanted| saved.name_for(identity, wanted).unwrap().to_string();
        assert_eq!(name(&same, "whatever"), "acme");
        assert_eq!(name(&other, "acme"), "acme-2");
        assert_eq!(name(&other, "--Borealis Ltd."), "BorealisLtd");
        assert_eq!(name(&other, "../"), "halo");
    }
}
