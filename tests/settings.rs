//! Settings and secrets on a real disk: what is read, what is refused, what survives a change.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail the test")]

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use halo_tui::{
    domain::{AgentId, FailureKind, Hosting, Profile, ProfileName, Secret, SecretKeeping},
    settings::{self, Chosen, Config, Overrides, Paths},
};
use tempfile::TempDir;

/// A settings folder of its own.
struct Home {
    _folder: TempDir,
    paths: Paths,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(Some(folder.path().join("config")), Some(folder.path().join("state"))).unwrap();
        Self { _folder: folder, paths }
    }

    fn with_config(text: &str) -> Self {
        let home = Self::new();
        fs::create_dir(home.paths.config_dir()).unwrap();
        fs::set_permissions(home.paths.config_dir(), Permissions::from_mode(0o700)).unwrap();
        write(&home.paths.config_file(), text, 0o600);
        home
    }

    fn config_text(&self) -> String {
        fs::read_to_string(self.paths.config_file()).unwrap()
    }

    fn choose(&self, wanted: Option<&str>, variables: &[(&str, &str)]) -> Chosen {
        let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let config = Config::load(&self.paths).unwrap();
        settings::choose(&self.paths, &config, wanted.map(name).as_ref(), &Overrides::from_env(variable)).unwrap()
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn name(text: &str) -> ProfileName {
    ProfileName::parse(text).unwrap()
}

fn acme() -> Profile {
    Profile {
        name: name("acme"),
        hosting: Hosting::Hosted,
        auth_url: "https://auth.example".into(),
        resource_url: "https://acme.example/api".into(),
        tenant: Some("acme".into()),
        client_id: "id".into(),
        scope: "all".into(),
        me: None,
        secret: SecretKeeping::File,
        ca_file: None,
    }
}

fn samples(kind: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs").join(kind);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

/// What the connect screen is told, or the profile and the secret that it would sign in with.
async fn outcome(chosen: Chosen) -> Result<(Profile, String, bool), String> {
    match chosen {
        Chosen::Ready { profile, secret, saved } => Ok((profile, secret.secret().await.unwrap().expose().to_owned(), saved)),
        Chosen::NeedsConnect { why, .. } => Err(why.what.to_string()),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn good_files_are_understood_and_survive_a_change() {
    for (path, text) in samples("good") {
        let home = Home::with_config(&text);
        let before = Config::load(&home.paths).unwrap_or_else(|failure| panic!("{}: {}", path.display(), failure.what));
        settings::save_profile(&home.paths, &Profile { me: Some(AgentId(9)), ..acme() }, None).unwrap();
        let after = Config::load(&home.paths).unwrap();
        let saved = after.draft(&name("acme")).unwrap().profile(name("acme")).unwrap();
        assert_eq!(saved, Profile { me: Some(AgentId(9)), ..acme() }, "{}", path.display());
        assert_eq!((after.theme, after.refresh), (before.theme, before.refresh), "{}", path.display());
        assert_eq!(after.last_profile, Some(name("acme")));
        assert_eq!(mode(&home.paths.config_file()), 0o600);
    }
}

#[test]
fn everything_that_can_be_set_is_read() {
    let home = Home::with_config(include_str!("configs/good/everything.toml"));
    let config = Config::load(&home.paths).unwrap();
    assert_eq!((config.theme.as_str(), config.lean, config.read_only, config.preview), ("light", Some(true), true, false));
    assert_eq!((config.refresh.0.map(|every| every.as_secs()), config.budget), (Some(120), Some(90)));
    let acme = config.draft(&name("acme")).unwrap();
    assert_eq!(acme.keeping, SecretKeeping::Command("pass show halo".into()));
    assert_eq!((acme.scope.as_str(), acme.me), ("read:tickets read:customers", Some(AgentId(7))));
    assert_eq!(acme.ca_file, Some(home.paths.config_dir().join("company.pem")));
    assert_eq!(config.draft(&name("lab")).unwrap().hosting, Hosting::OnPremise);
}

#[test]
fn comments_and_what_others_wrote_survive() {
    let home = Home::with_config(include_str!("configs/good/everything.toml"));
    assert!(settings::set_me(&home.paths, &name("acme"), AgentId(8)).unwrap());
    settings::set_last_profile(&home.paths, &name("lab")).unwrap();
    let expected = include_str!("configs/good/everything.toml")
        .replace("me = 7", "me = 8")
        .replace("last_profile = \"acme\" ", "last_profile = \"lab\" ");
    assert_eq!(home.config_text(), expected);
    assert!(!settings::set_me(&home.paths, &name("nobody"), AgentId(8)).unwrap());
    settings::set_last_profile(&home.paths, &name("nobody")).unwrap();
    assert_eq!(home.config_text(), expected);
}

#[test]
fn bad_files_are_named_with_line_and_key_and_left_alone() {
    for (path, text) in samples("bad") {
        let expected = text.lines().next().unwrap().trim_start_matches("# ");
        let home = Home::with_config(&text);
        let failure = Config::load(&home.paths).unwrap_err();
        let told = failure.what.as_str();
        assert_eq!(failure.kind, FailureKind::Settings);
        let file = home.paths.config_file();
        assert!(told.starts_with(&format!("{}: {expected}", file.display())), "{}: {told}", path.display());
        assert!(!told.contains("canary"), "{told}");
        assert!(settings::save_profile(&home.paths, &acme(), Some(&Secret::new("s".into()))).is_err());
        assert!(settings::set_me(&home.paths, &name("acme"), AgentId(2)).is_err());
        assert!(settings::set_last_profile(&home.paths, &name("acme")).is_err());
        assert!(settings::forget(&home.paths, &name("acme")).is_err());
        assert_eq!(home.config_text(), text, "{}", path.display());
        assert!(!home.paths.credentials_file().exists());
    }
}

#[test]
fn reading_makes_no_file() {
    let home = Home::new();
    assert_eq!(Config::load(&home.paths).unwrap(), Config::default());
    assert!(!home.paths.config_dir().exists());
}

#[tokio::test]
async fn a_secret_in_a_file_is_private_and_can_be_forgotten() {
    let home = Home::new();
    settings::save_profile(&home.paths, &acme(), Some(&Secret::new("s3cret".into()))).unwrap();
    let other = Profile { name: name("other"), client_id: "id2".into(), ..acme() };
    settings::save_profile(&home.paths, &other, Some(&Secret::new("0ther".into()))).unwrap();
    assert_eq!((mode(home.paths.config_dir()), mode(&home.paths.credentials_file())), (0o700, 0o600));
    assert!(!home.config_text().contains("s3cret"));
    let (profile, secret, saved) = outcome(home.choose(Some("acme"), &[])).await.unwrap();
    assert_eq!((profile, secret.as_str(), saved), (acme(), "s3cret", true));
    assert_eq!(outcome(home.choose(None, &[])).await.unwrap().1, "0ther");

    assert!(settings::forget(&home.paths, &name("acme")).unwrap());
    assert!(!settings::forget(&home.paths, &name("acme")).unwrap());
    let left = fs::read_to_string(home.paths.credentials_file()).unwrap();
    assert!(!left.contains("s3cret") && left.contains("0ther"), "{left}");
    let Chosen::NeedsConnect { draft, why } = home.choose(Some("acme"), &[]) else { panic!("signed out") };
    assert_eq!((draft.resource_url.as_str(), why.kind), ("https://acme.example/api", FailureKind::SecretUnavailable));

    let by_command = Profile { secret: SecretKeeping::Command("echo by-command".into()), ..other };
    settings::save_profile(&home.paths, &by_command, None).unwrap();
    assert!(!fs::read_to_string(home.paths.credentials_file()).unwrap().contains("0ther"));
    assert_eq!(outcome(home.choose(Some("other"), &[])).await.unwrap().1, "by-command");
}

#[test]
fn what_others_could_read_or_write_is_refused_with_the_remedy() {
    let home = Home::new();
    settings::save_profile(&home.paths, &acme(), Some(&Secret::new("s3cret".into()))).unwrap();
    let (folder, config, credentials) =
        (home.paths.config_dir().to_owned(), home.paths.config_file(), home.paths.credentials_file());
    let refused = || {
        let loaded = Config::load(&home.paths);
        let chosen = loaded.and_then(|config| settings::choose(&home.paths, &config, None, &Overrides::default()));
        chosen.map(|_| ()).map_err(|failure| failure.advice.to_string())
    };
    for (path, wrong, right, remedy) in [
        (&credentials, 0o644, 0o600, format!("run: chmod 600 '{}'", credentials.display())),
        (&credentials, 0o660, 0o600, format!("run: chmod 600 '{}'", credentials.display())),
        (&config, 0o664, 0o644, format!("run: chmod 600 '{}'", config.display())),
        (&folder, 0o770, 0o755, format!("run: chmod go-w '{}'", folder.display())),
    ] {
        fs::set_permissions(path, Permissions::from_mode(wrong)).unwrap();
        assert_eq!(refused(), Err(remedy), "{} {wrong:o}", path.display());
        fs::set_permissions(path, Permissions::from_mode(right)).unwrap();
        assert_eq!(refused(), Ok(()), "{} {right:o}", path.display());
    }
    let elsewhere = folder.join("elsewhere");
    fs::rename(&credentials, &elsewhere).unwrap();
    symlink(&elsewhere, &credentials).unwrap();
    assert_eq!(refused(), Err("put the file itself there".into()));
    assert!(settings::save_profile(&home.paths, &acme(), Some(&Secret::new("new".into()))).is_err());
    assert!(fs::read_to_string(&elsewhere).unwrap().contains("s3cret"));
}

#[test]
fn broken_credentials_are_neither_repeated_nor_replaced() {
    let home = Home::with_config("");
    let credentials = home.paths.credentials_file();
    for text in ["[profiles.acme]\nclient_secret = canary\n", "[profiles.acme]\nclient_secret = 1\nx = \"canary\"\n"] {
        write(&credentials, text, 0o600);
        let failure = settings::save_profile(&home.paths, &acme(), Some(&Secret::new("new".into()))).unwrap_err();
        assert!(failure.what.as_str().ends_with("line 2 is not understood"), "{}", failure.what);
        assert!(!format!("{failure:?}").contains("canary"));
        assert_eq!(fs::read_to_string(&credentials).unwrap(), text);
    }
}

#[test]
fn a_linked_config_is_changed_where_it_lies() {
    let home = Home::with_config("");
    let dotfiles = home.paths.config_dir().with_file_name("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    let target = dotfiles.join("halo.toml");
    write(&target, "theme = \"dark\" # mine\n", 0o600);
    fs::remove_file(home.paths.config_file()).unwrap();
    symlink(&target, home.paths.config_file()).unwrap();
    settings::save_profile(&home.paths, &acme(), None).unwrap();
    assert!(home.paths.config_file().is_symlink());
    let text = fs::read_to_string(&target).unwrap();
    assert!(text.starts_with("theme = \"dark\" # mine\n") && text.contains("[profiles.acme]"), "{text}");

    fs::remove_file(&target).unwrap();
    let failure = Config::load(&home.paths).unwrap_err();
    assert!(failure.what.as_str().ends_with("is a link to nowhere"), "{}", failure.what);
    assert!(!target.exists());
}

const ALONE: [(&str, &str); 4] = [
    ("HALO_AUTH_URL", "https://b.example/auth"),
    ("HALO_RESOURCE_URL", "https://b.example/api"),
    ("HALO_CLIENT_ID", "b"),
    ("HALO_CLIENT_SECRET", "from-env"),
];

#[tokio::test]
async fn the_environment_connects_by_itself() {
    let home = Home::new();
    let (profile, secret, saved) = outcome(home.choose(None, &ALONE)).await.unwrap();
    assert_eq!((secret.as_str(), saved, profile.hosting), ("from-env", false, Hosting::OnPremise));
    assert!(profile.name.as_str().starts_with("env-"));
    let tenant = [ALONE.as_slice(), &[("HALO_TENANT", "acme")]].concat();
    let (hosted, ..) = outcome(home.choose(None, &tenant)).await.unwrap();
    assert_eq!((hosted.hosting, hosted.tenant.as_deref()), (Hosting::Hosted, Some("acme")));
    assert_ne!(hosted.name, profile.name);
    assert!(!home.paths.config_dir().exists());

    // A saved profile that isn't asked for lends nothing.
    settings::save_profile(&home.paths, &acme(), Some(&Secret::new("s3cret".into()))).unwrap();
    assert_eq!(outcome(home.choose(None, &ALONE)).await.unwrap().0, profile);
    let empty: Vec<_> = ALONE.iter().map(|(name, _)| (*name, " ")).collect();
    assert_eq!(outcome(home.choose(None, &empty)).await.unwrap().0, acme());
}

#[tokio::test]
async fn the_environment_overrides_a_profile_but_never_redirects_its_secret() {
    let home = Home::new();
    settings::save_profile(&home.paths, &Profile { me: Some(AgentId(7)), ..acme() }, Some(&Secret::new("s3cret".into())))
        .unwrap();
    let with = |variables: &[(&'static str, &'static str)]| outcome(home.choose(Some("acme"), variables));

    let (profile, secret, saved) = with(&[("HALO_SCOPE", "read:tickets"), ("HALO_CLIENT_SECRET", "other")]).await.unwrap();
    assert_eq!((profile.scope.as_str(), secret.as_str(), saved, profile.me), ("read:tickets", "other", true, Some(AgentId(7))));

    let (profile, secret, saved) = with(&[("HALO_TENANT", "beta")]).await.unwrap();
    assert_eq!((secret.as_str(), saved, profile.me), ("s3cret", false, None));
    assert!(profile.name.as_str().starts_with("env-"), "another identity has a mirror of its own");

    for redirect in [("HALO_AUTH_URL", "https://evil.example"), ("HALO_CLIENT_ID", "other")] {
        let why = with(&[redirect]).await.unwrap_err();
        assert!(why.contains("is for another server or client ID"), "{why}");
        let (_, secret, _) = with(&[redirect, ("HALO_CLIENT_SECRET", "its-own")]).await.unwrap();
        assert_eq!(secret, "its-own");
    }
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let home = Home::with_config("[profiles.half]\nauth_url = \"https://a.example\"\n[profiles.asks]\nsecret = \"ask\"\n");
    let why = |wanted| outcome(home.choose(wanted, &[]));
    assert_eq!(why(None).await.unwrap_err(), "several profiles are saved: asks, half");
    assert_eq!(why(Some("gone")).await.unwrap_err(), "no profile is called gone; saved are asks, half");
    assert_eq!(why(Some("half")).await.unwrap_err(), "the profile half is not complete: the resource server URL is missing");
    settings::save_profile(&home.paths, &Profile { name: name("asks"), secret: SecretKeeping::Ask, ..acme() }, None).unwrap();
    assert_eq!(why(Some("asks")).await.unwrap_err(), "the client secret of the profile asks is asked for at each start");
    let partly = home.choose(None, &[("HALO_RESOURCE_URL", "https://b.example/api")]);
    let Chosen::NeedsConnect { draft, .. } = partly else { panic!("an asking profile is never ready") };
    assert_eq!(draft.resource_url, "https://b.example/api");
    assert_eq!(outcome(Home::new().choose(None, &[])).await.unwrap_err(), "no HaloPSA is connected yet");
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_build_without_keyring_says_so_and_leaves_the_rest() {
    let home = Home::new();
    let in_keyring = Profile { secret: SecretKeeping::Keyring, ..acme() };
    let failure = settings::save_profile(&home.paths, &in_keyring, Some(&Secret::new("s3cret".into()))).unwrap_err();
    assert_eq!(failure.kind, FailureKind::SecretUnavailable);
    assert!(!home.paths.config_file().exists() && !settings::keyring_answers());
    settings::save_profile(&home.paths, &in_keyring, None).unwrap();
    settings::save_profile(&home.paths, &acme(), Some(&Secret::new("s3cret".into()))).unwrap();
    assert!(fs::read_to_string(home.paths.credentials_file()).unwrap().contains("s3cret"));
}

#[cfg(feature = "keyring")]
#[test]
fn a_mute_bus_is_given_up() {
    let base = tempfile::tempdir().unwrap();
    let socket = base.path().join("bus");
    let _never_accepts = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    again("inner_mute_bus", &format!("export DBUS_SESSION_BUS_ADDRESS='unix:path={}'", socket.display()));
    again("inner_mute_bus", "export DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent/bus'");
}

#[cfg(feature = "keyring")]
#[tokio::test]
async fn inner_mute_bus() {
    if !is_again() {
        return;
    }
    use halo_tui::domain::SecretSource;

    assert!(!settings::keyring_answers());
    let failure = settings::KeyringSecret::new(name("acme")).secret().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SecretUnavailable);
}

/// Whether this process is one that [`again`] started: tests named `inner_…` do nothing otherwise.
fn is_again() -> bool {
    std::env::var_os("HALO_TUI_TEST_AGAIN").is_some()
}

/// Runs one test of this file again in a shell that `prepares` its surroundings.
fn again(test: &str, prepares: &str) {
    let script = format!("{prepares}; export HALO_TUI_TEST_AGAIN=1; exec \"$0\" --exact {test}");
    let run = Command::new("/bin/sh").arg("-c").arg(script).arg(std::env::current_exe().unwrap()).output().unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
fn files_are_private_whatever_the_umask() {
    again("inner_files_are_private", "umask 000");
}

#[test]
fn inner_files_are_private() {
    if !is_again() {
        return;
    }
    let home = Home::new();
    settings::save_profile(&home.paths, &acme(), Some(&Secret::new("s3cret".into()))).unwrap();
    let state = home.paths.prepare_state(&name("acme")).unwrap();
    assert_eq!((mode(home.paths.config_dir()), mode(&state)), (0o700, 0o700));
    assert_eq!((mode(&home.paths.config_file()), mode(&home.paths.credentials_file())), (0o600, 0o600));
}

#[test]
fn a_full_disk_changes_nothing() {
    again("inner_full_disk", "trap '' XFSZ");
}

#[test]
fn inner_full_disk() {
    if !is_again() {
        return;
    }
    let home = Home::new();
    settings::save_profile(&home.paths, &acme(), Some(&Secret::new("s3cret".into()))).unwrap();
    let (config, credentials) = (home.config_text(), fs::read_to_string(home.paths.credentials_file()).unwrap());
    let limit = rustix::process::Rlimit { current: Some(16), maximum: None };
    rustix::process::setrlimit(rustix::process::Resource::Fsize, limit).unwrap();
    let changed = Profile { client_id: "new".into(), ..acme() };
    let failure = settings::save_profile(&home.paths, &changed, Some(&Secret::new("new".into()))).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Storage);
    assert_eq!(settings::set_me(&home.paths, &name("acme"), AgentId(3)).unwrap_err().kind, FailureKind::Storage);
    assert_eq!(home.config_text(), config);
    assert_eq!(fs::read_to_string(home.paths.credentials_file()).unwrap(), credentials);
    let names: Vec<_> = fs::read_dir(home.paths.config_dir()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "no temporary file is left: {names:?}");
}

#[test]
fn the_folders_follow_the_environment() {
    let base = tempfile::tempdir().unwrap();
    let home = base.path().display();
    again("inner_folders_of_home", &format!("export HOME='{home}'; unset XDG_STATE_HOME; export XDG_CONFIG_HOME=relative"));
    again("inner_folders_of_xdg", &format!("export XDG_CONFIG_HOME='{home}/c' XDG_STATE_HOME='{home}/s'"));
    again("inner_no_home", "export HOME=relative; unset XDG_CONFIG_HOME XDG_STATE_HOME");
}

#[test]
fn inner_folders_of_home() {
    if !is_again() {
        return;
    }
    let home = PathBuf::from(std::env::var_os("HOME").unwrap());
    let paths = Paths::resolve(None, None).unwrap();
    assert_eq!(paths.config_file(), home.join(".config/halo-tui/config.toml"));
    assert_eq!(paths.mirror_file(&name("acme")), home.join(".local/state/halo-tui/acme/mirror.db"));
    let named = Paths::resolve(Some("there".into()), None).unwrap();
    assert_eq!(named.config_file(), std::env::current_dir().unwrap().join("there/config.toml"));
}

#[test]
fn inner_folders_of_xdg() {
    if !is_again() {
        return;
    }
    let paths = Paths::resolve(None, None).unwrap();
    assert!(paths.config_file().ends_with("c/halo-tui/config.toml"));
    assert!(paths.log_file(&name("acme")).ends_with("s/halo-tui/acme/halo-tui.log"));
}

#[test]
fn inner_no_home() {
    if !is_again() {
        return;
    }
    assert_eq!(Paths::resolve(None, None).unwrap_err().kind, FailureKind::Settings);
    assert!(Paths::resolve(Some("/c".into()), Some("/s".into())).is_ok());
}
