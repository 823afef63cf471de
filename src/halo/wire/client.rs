//! What a single client tells beyond its row, and contracts. They are for reading only: what is missing or odd is left out.

use super::{Fields, WireRecord, extras::objects};
use crate::{
    domain::{ClientDetails, ClientId, ClientRecord, ContractRecord, MainContact, Prepaid, UserId},
    text::Untrusted,
};

/// The kind of billing that is paid in advance (`billingdescription`).
const PREPAID: i64 = 2;

impl WireRecord for ClientDetails {
    const LISTS: &'static [&'static str] = &["clients"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        let note = |mut popup: Fields<'_>| Some(popup.text("note")).filter(|note| !note.is_empty());
        Self {
            popups: objects(fields, "popup_notes").filter_map(note).collect(),
            remarks: fields.text("notes"),
            website: fields.text("website"),
            main_contact: main_contact(fields),
            prepaid: prepaid(fields, ["prepaybalance", "prepaytotal", "prepayasamount"]),
            record: ClientRecord::read(id, fields),
        }
    }
}

fn main_contact(fields: &mut Fields<'_>) -> Option<MainContact> {
    let user = UserId(fields.id("main_contact_id").max(0));
    let name = fields.text("main_contact_name");
    (user.0 > 0 || !name.is_empty()).then(|| MainContact {
        user,
        name,
        email: fields.text("main_contact_email"),
        phone: fields.text("main_contact_phonenumber"),
    })
}

/// What is paid in advance, by the names of what is left, what was paid and whether that is money; nothing where both are zero.
fn prepaid(fields: &mut Fields<'_>, [left, of, as_amount]: [&str; 3]) -> Option<Prepaid> {
    let prepaid = Prepaid { left: number(fields, left), of: number(fields, of), as_amount: fields.flag(as_amount) };
    (prepaid.left != 0.0 || prepaid.of != 0.0).then_some(prepaid)
}

/// A number that can be told.
fn number(fields: &mut Fields<'_>, name: &str) -> f64 {
    Some(fields.number(name)).filter(|number| number.is_finite()).unwrap_or_default()
}

impl WireRecord for ContractRecord {
    const LISTS: &'static [&'static str] = &["contracts"];

    fn read(id: i64, fields: &mut Fields<'_>) -> Self {
        // Hours that are free and what they began with, where the contract is one of hours.
        let hours = Prepaid { left: number(fields, "numberofunitsfree"), of: number(fields, "startbalance"), as_amount: false };
        let of_hours = hours.of > 0.0 || (hours.left != 0.0 && fields.id("billingdescription") == PREPAID);
        let balance = prepaid(fields, ["contract_prepaybalance", "contract_prepaytotal", "contract_prepayasamount"]);
        Self {
            id,
            client_id: ClientId(fields.id("client_id")),
            reference: fields.text("ref"),
            kind: first(fields, ["billing_description_string", "contracttype_name"]),
            state: fields.text("contract_status"),
            ends: fields.date("end_date"),
            expired: fields.flag("expired"),
            prepaid: balance.or(Some(hours).filter(|_| of_hours)),
        }
    }
}

fn first(fields: &mut Fields<'_>, names: [&str; 2]) -> Untrusted {
    names.iter().find_map(|name| fields.optional_text(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: WireRecord>(json: &str) -> T {
        super::super::one(json).unwrap()
    }

    #[test]
    fn a_single_client_tells_notes_contact_and_what_is_prepaid() {
        let found: ClientDetails = read(
            r#"{"id": 7, "name": "Acme", "is_vip": true, "notes": "Door code", "website": null,
                "popup_notes": [{"id": 1, "note": "Call first"}, {"note": ""}, "odd", {"id": 2}],
                "main_contact_id": 41.0, "main_contact_name": "Dana", "prepaybalance": 12.5, "prepaytotal": "odd"}"#,
        );
        assert_eq!((found.record.id.0, found.record.vip), (7, true));
        assert_eq!(found.popups, [Untrusted::new("Call first")]);
        assert_eq!(found.main_contact.map(|contact| (contact.user.0, contact.name)), Some((41, Untrusted::new("Dana"))));
        assert_eq!(found.prepaid, Some(Prepaid { left: 12.5, of: 0.0, as_amount: false }));
    }

    #[test]
    fn what_is_missing_leaves_its_line_out() {
        let found: ClientDetails = read(r#"{"id": 7, "prepaybalance": 0, "main_contact_id": -1}"#);
        assert_eq!((found.popups.len(), found.main_contact, found.prepaid), (0, None, None));
        let found: ContractRecord = read(r#"{"id": 3, "client_id": 7.0, "end_date": "1900-01-01T00:00:00"}"#);
        assert_eq!((found.client_id.0, found.ends, found.prepaid), (7, None, None));
    }

    #[test]
    fn contracts_tell_hours_that_are_left() {
        let hours: ContractRecord =
            read(r#"{"id": 3, "billingdescription": 2, "numberofunitsfree": -1.5, "startbalance": 0, "expired": 1}"#);
        assert_eq!((hours.prepaid, hours.expired), (Some(Prepaid { left: -1.5, of: 0.0, as_amount: false }), true));
        let money: ContractRecord =
            read(r#"{"id": 3, "contract_prepaybalance": 90, "contract_prepaytotal": 100, "contract_prepayasamount": true}"#);
        assert_eq!(money.prepaid, Some(Prepaid { left: 90.0, of: 100.0, as_amount: true }));
        let managed: ContractRecord = read(r#"{"id": 3, "billingdescription": 1, "numberofunitsfree": 5}"#);
        assert_eq!(managed.prepaid, None);
    }
}
