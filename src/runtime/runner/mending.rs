//! A mirror that is found damaged while it is in use: it is set aside, and its session begins anew over an empty one.

use std::sync::Arc;

use super::{Work, blocking};
use crate::{
    domain::{News, Profile, SecretSource},
    mirror::{Mirror, Opened},
    msg::{Msg, Notice},
    session::{self, MirrorPlace},
};

impl Work {
    /// Waits until the mirror is found damaged, which is told at once, and starts the session anew over what opening the file makes
    /// of it: its own check decides. Answers the new mirror, and whether that was damage: another instance may have set the file aside
    /// before. `None` where another session runs by now, or none could be begun.
    pub(super) async fn mend(
        &self,
        profile: &Profile,
        secret: &Arc<dyn SecretSource>,
        mirror: &Mirror,
    ) -> Option<(Mirror, bool)> {
        mirror.found_damaged().await;
        tracing::error!("the local copy was found damaged while it was in use");
        let old = {
            let mut session = self.lock();
            if session.as_ref().is_some_and(|session| session.mirror().is(mirror)) { session.take() } else { None }
        }?;
        // What it was asked is not answered any more, and no failure to be told.
        let _ = self.messages.send(Msg::News(News::MirrorAnew)).await;
        let words = "The local copy is damaged: it is set aside and built anew, rows come again";
        let _ = self.messages.send(Msg::Notice(Notice::error(words))).await;
        let place = MirrorPlace::of(&self.settings.config, &self.settings.paths, &profile.name);
        let identity = profile.identity();
        let reopened = blocking(move || {
            old.stop();
            session::open_mirror(&place, &identity)
        });
        let begun = reopened.await.and_then(|(mirror, opened)| {
            self.begin(profile.clone(), Arc::clone(secret), mirror.clone())?;
            Ok((mirror, opened))
        });
        let (notice, mirror) = match begun {
            Ok((mirror, opened)) => {
                let again = (mirror, matches!(opened, Opened::Damaged { .. }));
                (opened.notice().map(|words| Notice::warning(words.as_str())), Some(again))
            }
            Err(failure) => (Some(Notice::failure(&failure)), None),
        };
        let _ = self.messages.send(Msg::News(News::MirrorAnew)).await;
        if let Some(notice) = notice {
            let _ = self.messages.send(Msg::Notice(notice)).await;
        }
        mirror
    }
}
