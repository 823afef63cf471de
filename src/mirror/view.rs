//! What the operator looked at last, kept with the rows that it names.

use super::{Mirror, Reader, StoreError};
use crate::domain::LastView;

/// Meta key: the last view, as JSON.
const VIEW: &str = "view";

impl Reader {
    /// What was looked at when the program ended; a view that can't be read is none.
    ///
    /// # Errors
    ///
    /// Where the database refuses.
    pub fn last_view(&self) -> Result<LastView, StoreError> {
        Ok(self.meta(VIEW)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }
}

impl Mirror {
    /// Keeps what is looked at now. Nothing is waited for: it is done before the mirror closes.
    pub fn keep_view(&self, view: &LastView) {
        let Ok(text) = serde_json::to_string(view) else { return };
        // No list changes by it: what is remembered of the lists holds.
        self.lanes.post(move |reader| {
            let sql = "INSERT INTO meta(key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2 WHERE value <> ?2";
            reader.conn.prepare_cached(sql)?.execute((VIEW, &text))?;
            Ok(())
        });
    }
}
