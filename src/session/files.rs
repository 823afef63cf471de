//! Files of tickets, read from the server when somebody wants one.

use tokio::sync::mpsc;

use super::Session;
use crate::{
    domain::{AttachmentId, Failure},
    halo::{Class, Halo},
};

/// Reads files of tickets; it outlives the call that made it.
pub struct Files {
    halo: Halo,
}

impl Session {
    /// A reader of files beside whatever else is under way.
    pub fn files(&self) -> Files {
        Files { halo: self.halo.clone() }
    }
}

impl Files {
    /// Hands the file over piece by piece. Where it does not end well, what was handed over is no whole file.
    ///
    /// # Errors
    /// What kept the server from answering, or the file from ending.
    pub async fn read(&self, file: AttachmentId, pieces: &mpsc::Sender<Vec<u8>>) -> Result<(), Failure> {
        self.halo.attachment(file, pieces, Class::Interactive).await
    }
}
