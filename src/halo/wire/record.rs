//! What a record must say of itself so that lists of it can be read.

use sha2::{Digest, Sha256};

use super::Fields;

/// A kind of record, read from the fields of one JSON object.
pub(in crate::halo) trait WireRecord: Sized {
    /// The keys under which a list of them comes, best first.
    const LISTS: &'static [&'static str];
    /// The field that holds the id.
    const ID: &'static str = "id";
    /// The smallest id that a real one has.
    const FIRST_ID: i64 = i64::MIN;

    /// Reads the fields; what is missing is empty.
    fn read(id: i64, fields: &mut Fields<'_>) -> Self;

    /// Whether the object is of the kind at all: `/Status` mixes several.
    fn belongs(_fields: &mut Fields<'_>) -> bool {
        true
    }

    /// Notes why the record can't be trusted; false where it has no place for that.
    fn mark(&mut self, _reason: String) -> bool {
        false
    }
}

/// An element of a list: the record, or `None` where nothing can be shown for it; and whether it was read whole.
pub(super) fn element<T: WireRecord>(json: &str) -> Element<T> {
    let (mut fields, damage) = match Fields::parse(json) {
        Ok(fields) => (fields, None),
        Err(reason) => (Fields::none(), Some(reason)),
    };
    if damage.is_none() && !T::belongs(&mut fields) {
        return Element::Foreign;
    }
    let id = fields.integer(T::ID).filter(|id| *id >= T::FIRST_ID);
    if id.is_none() {
        fields.complain(T::ID, "is missing or no id");
    }
    let mut record = T::read(id.unwrap_or_else(|| stand_in_id(json)), &mut fields);
    match damage.or(fields.problem()) {
        None => Element::Whole(record),
        Some(reason) => {
            let shown = record.mark(reason) || id.is_some();
            Element::Bad(shown.then_some(record))
        }
    }
}

/// How an element was read.
pub(super) enum Element<T> {
    /// Well.
    Whole(T),
    /// Not wholly; nothing is left of it where it has neither an id nor a place for the reason.
    Bad(Option<T>),
    /// It is of another kind.
    Foreign,
}

/// A negative id for a record without a readable one: the same whenever the same record comes again.
fn stand_in_id(json: &str) -> i64 {
    let digest = Sha256::digest(json.as_bytes());
    let number = digest.iter().take(7).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    -1 - number
}
