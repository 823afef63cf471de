//! [`Paths`]: where everything of this program lies.

use std::{
    fmt::Write as _,
    fs::{DirBuilder, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use etcetera::base_strategy::{BaseStrategy, Xdg};
use sha2::{Digest, Sha256};

use crate::domain::{Failure, FailureKind, Identity, ProfileName};

/// The folder of the settings and the folder of the state.
///
/// By default `$XDG_CONFIG_HOME/halo-tui` and `$XDG_STATE_HOME/halo-tui` (XDG Base Directory Specification; relative values
/// are ignored there). A folder named on the command line is used as it is, without `halo-tui` appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    config: PathBuf,
    state: PathBuf,
}

impl Paths {
    /// Finds both folders; nothing is created.
    ///
    /// # Errors
    /// [`FailureKind::Settings`] where neither the command line nor the environment nor the passwd entry names a place.
    pub fn resolve(config_dir: Option<PathBuf>, state_dir: Option<PathBuf>) -> Result<Self, Failure> {
        Ok(Self {
            config: place(config_dir, "--config-dir", Xdg::config_dir)?,
            state: place(state_dir, "--state-dir", |xdg| xdg.state_dir().unwrap_or_default())?,
        })
    }

    /// The folder of the settings.
    pub fn config_dir(&self) -> &Path {
        &self.config
    }

    /// The folder of mirrors and logs, one folder a profile.
    pub fn state_dir(&self) -> &Path {
        &self.state
    }

    /// The settings without secrets.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The secrets that are kept in a file.
    pub fn credentials_file(&self) -> PathBuf {
        self.config.join("credentials.toml")
    }

    /// The operator's own keys.
    pub fn keymap_file(&self) -> PathBuf {
        self.config.join("keys.toml")
    }

    /// The operator's own views.
    pub fn views_file(&self) -> PathBuf {
        self.config.join("views.toml")
    }

    /// The operator's own themes.
    pub fn themes_dir(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The folder with a profile's mirror and log.
    pub fn state_of(&self, profile: &ProfileName) -> PathBuf {
        self.state.join(profile.as_str())
    }

    /// A profile's mirror.
    pub fn mirror_file(&self, profile: &ProfileName) -> PathBuf {
        self.state_of(profile).join("mirror.db")
    }

    /// Where all instances of a profile count their requests.
    pub fn ledger_file(&self, profile: &ProfileName) -> PathBuf {
        self.state_of(profile).join("requests")
    }

    /// A profile's log.
    pub fn log_file(&self, profile: &ProfileName) -> PathBuf {
        self.state_of(profile).join("halo-tui.log")
    }

    /// Makes sure that a profile's state folder is there, is a folder of ours and has mode 0700.
    ///
    /// # Errors
    /// [`FailureKind::Storage`] where it can't be made, is a link or something else, or belongs to somebody else.
    pub fn prepare_state(&self, profile: &ProfileName) -> Result<PathBuf, Failure> {
        let folder = self.state_of(profile);
        let unusable = |why: &str| {
            Failure::new(FailureKind::Storage, &format!("the state folder {} {why}", folder.display()))
                .advise("name another one with --state-dir")
        };
        make_private_dir(&folder).map_err(|error| unusable(&format!("can't be made: {error}")))?;
        let found = folder.symlink_metadata().map_err(|error| unusable(&format!("can't be read: {error}")))?;
        if !found.is_dir() {
            return Err(unusable("is a link or a file: nothing is written through it"));
        }
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(unusable("belongs to somebody else"));
        }
        if found.mode() & 0o777 != 0o700 {
            std::fs::set_permissions(&folder, Permissions::from_mode(0o700))
                .map_err(|error| unusable(&format!("can't be made private: {error}")))?;
        }
        Ok(folder)
    }
}

/// The profile name under which the state of `HALO_*` variables alone is kept: one for each identity.
pub(super) fn environment_name(identity: &Identity) -> Option<ProfileName> {
    let mut hash = Sha256::new();
    for part in [&identity.resource_url, &identity.tenant, &identity.client_id] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut name = "env-".to_owned();
    for byte in hash.finalize().iter().take(6) {
        write!(name, "{byte:02x}").ok()?;
    }
    ProfileName::parse(&name)
}

/// Makes a folder and its missing parents, all with mode 0700; one that is there stays as it is.
pub(super) fn make_private_dir(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The folder named on the command line, or `halo-tui` in the one that the environment gives.
fn place(named: Option<PathBuf>, option: &str, of: impl Fn(&Xdg) -> PathBuf) -> Result<PathBuf, Failure> {
    let homeless =
        |why: &str| Failure::new(FailureKind::Settings, why).advise(&format!("set HOME or name a folder with {option}"));
    let folder = match named {
        Some(folder) => std::path::absolute(folder).map_err(|error| homeless(&format!("{option}: {error}")))?,
        None => of(&Xdg::new().map_err(|_| homeless("this account has no home folder"))?).join("halo-tui"),
    };
    // HOME may be set to nothing or to a relative path: the settings would depend on where the program was started.
    if folder.is_absolute() { Ok(folder) } else { Err(homeless("HOME is not an absolute path")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(tenant: &str) -> Identity {
        Identity { resource_url: "https://a.example/api".into(), tenant: tenant.into(), client_id: "id".into() }
    }

    #[test]
    fn each_identity_has_its_own_state() {
        let one = environment_name(&identity("one")).unwrap();
        assert_eq!(one, environment_name(&identity("one")).unwrap());
        assert_ne!(one, environment_name(&identity("two")).unwrap());
        assert_eq!(one.as_str().len(), "env-".len() + 12);
    }

    #[test]
    fn state_folders_are_private_and_never_links() {
        let base = tempfile::tempdir().unwrap();
        let paths = Paths::resolve(Some(base.path().join("c")), Some(base.path().join("s"))).unwrap();
        let (plain, wide, link) = ["plain", "wide", "link"].map(|name| ProfileName::parse(name).unwrap()).into();
        let mode = |folder: &Path| folder.metadata().unwrap().mode() & 0o777;
        assert_eq!(mode(&paths.prepare_state(&plain).unwrap()), 0o700);
        assert_eq!(mode(&base.path().join("s")), 0o700);
        std::fs::create_dir(paths.state_of(&wide)).unwrap();
        std::fs::set_permissions(paths.state_of(&wide), Permissions::from_mode(0o777)).unwrap();
        assert_eq!(mode(&paths.prepare_state(&wide).unwrap()), 0o700);
        std::os::unix::fs::symlink(paths.state_of(&plain), paths.state_of(&link)).unwrap();
        assert_eq!(paths.prepare_state(&link).unwrap_err().kind, FailureKind::Storage);
    }
}
