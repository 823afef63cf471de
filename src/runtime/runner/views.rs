//! Writes changes of views into `views.toml`.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Runner, blocking};
use crate::{
    domain::ViewEdit,
    msg::{Msg, Notice},
    settings,
};

/// Changes of `views.toml` in their order, and whose turn it is to write.
#[derive(Clone, Default)]
pub(super) struct Edits {
    waiting: Arc<Mutex<VecDeque<ViewEdit>>>,
    writing: Arc<Mutex<()>>,
}

impl Edits {
    fn lock(&self) -> MutexGuard<'_, VecDeque<ViewEdit>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runner {
    /// Changes `views.toml`; in the demo, which stores nothing, the change holds until the end.
    pub(super) fn save_view(&mut self, edit: ViewEdit) {
        if self.work.settings.ephemeral {
            return self.notify(Notice::info("The demo stores nothing: this holds until it ends"));
        }
        // One after the other, in their order: whoever comes to write takes what has waited longest.
        let edits = self.edits.clone();
        edits.lock().push_back(edit);
        let paths = self.work.settings.paths.clone();
        let work = async move {
            let changed = blocking(move || {
                let _turn = edits.writing.lock().unwrap_or_else(PoisonError::into_inner);
                let edit = edits.lock().pop_front();
                let Some(edit) = edit else { return Ok(String::new()) };
                settings::change_views(&paths, &edit)?;
                Ok(match edit {
                    ViewEdit::Put(old, view) if old != view.name => format!("The view {old} is called {} now", view.name),
                    ViewEdit::Put(_, view) => format!("Saved the view {}", view.name),
                    ViewEdit::Remove { name, .. } => format!("The view {name} is gone"),
                })
            });
            Msg::Notice(changed.await.map_or_else(|failure| Notice::failure(&failure), |told| Notice::info(&told)))
        };
        self.spawn(work, |failure| Msg::Notice(Notice::failure(&failure)));
    }
}
