//! A page of records, as the client hands it on.

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page<T> {
    /// The records, in the server's order; bad ones among them where their kind can carry a reason.
    pub records: Vec<T>,
    /// How many records match on all pages together, where the server says.
    pub record_count: Option<u64>,
    /// How many elements could not be read whole.
    pub bad: u32,
    /// How many records were left out since each alone is too large to be read.
    pub left_out: u32,
    /// Size of the answer's body in bytes, after decompression.
    pub bytes: u64,
}

impl<T> Page<T> {
    /// Whether the server sent no element at all: the list ends here, whatever `record_count` says.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.bad == 0 && self.left_out == 0
    }

    /// Whether the list ends here since nothing came that no page before had: `fresh` of the records were on none.
    pub fn is_stale(&self, fresh: usize) -> bool {
        fresh == 0 && self.left_out == 0
    }
}
