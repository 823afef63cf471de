//! What hangs on a ticket. It is for reading only: what is odd here is left out and takes nothing from the ticket.

use serde_json::{Value, value::RawValue};

use super::{Fields, value};
use crate::{
    domain::{Attachment, AttachmentId, CustomField, LinkedAsset, TicketExtras, TicketId},
    text::Untrusted,
};

/// Things of one kind that are kept.
const MOST: usize = 500;
/// Keys of which only single reads have any.
const ONLY_SINGLE: [&str; 3] = ["attachments", "child_ticket_ids", "details_html"];

/// What hangs on the ticket; `None` for the row of a list, which does not tell.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<TicketExtras> {
    ONLY_SINGLE.iter().any(|key| fields.json(key).is_some()).then(|| TicketExtras {
        fields: objects(fields, "customfields").filter_map(custom_field).collect(),
        assets: objects(fields, "assets").filter_map(asset).collect(),
        attachments: objects(fields, "attachments").filter_map(attachment).collect(),
        children: children(fields),
        parent: other(fields, "parent_id"),
        merged_into: other(fields, "merged_into_id"),
    })
}

/// The objects of a field that holds a list of them.
pub(super) fn objects<'a>(fields: &Fields<'a>, name: &str) -> impl Iterator<Item = Fields<'a>> + use<'a> {
    let list: Vec<&'a RawValue> = fields.json(name).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    list.into_iter().filter_map(|object| Fields::parse(object.get()).ok()).take(MOST)
}

fn custom_field(mut field: Fields<'_>) -> Option<CustomField> {
    let label = first_text(&mut field, &["label", "name"]);
    let shown = field.string("display");
    let value = if shown.trim().is_empty() { field.json("value").map(words).unwrap_or_default() } else { shown };
    (!value.trim().is_empty()).then(|| CustomField { label, value: Untrusted::new(value) })
}

/// A custom field's value in words, where the server did not say them.
fn words(json: &str) -> String {
    let Ok(value) = serde_json::from_str::<Value>(json) else { return String::new() };
    match value {
        Value::Bool(flag) => if flag { "Yes" } else { "" }.to_owned(),
        // A choice of several: each with its name.
        Value::Array(choices) => {
            let name =
                |choice: &Value| choice.get("name").or_else(|| choice.get("display")).cloned().unwrap_or_else(|| choice.clone());
            choices.iter().filter_map(|choice| value::string(name(choice)).ok()).collect::<Vec<_>>().join(", ")
        }
        other => value::string(other).unwrap_or_default(),
    }
}

fn asset(mut asset: Fields<'_>) -> Option<LinkedAsset> {
    let id = asset.integer("id")?;
    let tag = first_text(&mut asset, &["inventory_number", "key_field"]);
    Some(LinkedAsset { id, tag, kind: asset.text("assettype_name") })
}

fn attachment(mut file: Fields<'_>) -> Option<Attachment> {
    let id = file.integer("id").filter(|id| *id > 0)?;
    let size = u64::try_from(file.id("filesize")).unwrap_or(0);
    Some(Attachment { id: AttachmentId(id), name: file.text("filename"), size, at: file.date("datecreated") })
}

fn children(fields: &Fields<'_>) -> Vec<TicketId> {
    let list: Vec<Value> = fields.json("child_ticket_ids").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    // Numbers, or objects that bear one.
    let id = |child: &Value| value::integer(child.get("id").unwrap_or(child)).ok().flatten().filter(|id| *id > 0);
    list.iter().filter_map(id).map(TicketId).take(MOST).collect()
}

fn other(fields: &Fields<'_>, name: &str) -> Option<TicketId> {
    let value: Value = serde_json::from_str(fields.json(name)?).ok()?;
    value::integer(&value).ok().flatten().filter(|id| *id > 0).map(TicketId)
}

fn first_text(fields: &mut Fields<'_>, names: &[&str]) -> Untrusted {
    names.iter().find_map(|name| fields.optional_text(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extras(json: &str) -> Option<TicketExtras> {
        read(&mut Fields::parse(json).unwrap())
    }

    #[test]
    fn a_row_of_a_list_tells_nothing() {
        assert_eq!(extras(r#"{"id": 1, "merged_into_id": 0, "customfields": []}"#), None);
        assert_eq!(extras(r#"{"id": 1, "details_html": ""}"#), Some(TicketExtras::default()));
    }

    #[test]
    fn a_single_ticket_tells_what_hangs_on_it() {
        let found = extras(
            r#"{"attachments": [{"id": 5, "filename": "../a.txt", "filesize": 9, "datecreated": "2026-09-14T08:12:47"}, {"id": "x"}, 7],
                "customfields": [
                    {"label": "Kit", "value": [{"id": 2, "name": "Laptop"}, {"name": "Dock"}], "display": ""},
                    {"label": "Agreed", "value": true}, {"label": "Empty", "value": "", "display": " "},
                    {"name": "CFDate", "value": "2026-09-15T00:00:00", "display": "15/09/2026"}, {"label": "Off", "value": false},
                    {"label": "Odd", "value": {"deep": []}}],
                "assets": [{"id": 2201, "key_field": "NWB-1", "assettype_name": "Laptop"}, {"tag": "no id"}],
                "child_ticket_ids": [12, "13", {"id": 14}, -1, null], "parent_id": 9.0, "merged_into_id": 0}"#,
        )
        .unwrap();
        let fields: Vec<_> = found.fields.iter().map(|field| (field.label.as_stored(), field.value.as_stored())).collect();
        assert_eq!(fields, [("Kit", "Laptop, Dock"), ("Agreed", "Yes"), ("CFDate", "15/09/2026")]);
        assert_eq!((found.assets.len(), found.assets[0].tag.as_stored()), (1, "NWB-1"));
        assert_eq!((found.attachments.len(), found.attachments[0].size), (1, 9));
        assert_eq!(found.children, [12, 13, 14].map(TicketId));
        assert_eq!((found.parent, found.merged_into), (Some(TicketId(9)), None));
    }
}
