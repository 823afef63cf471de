//! `/Attachment`: lists, and files as they are.

use serde_json::{Value, json};

use super::Ask;
use super::ticket_record::date;
use crate::demo::answer::Answer;
use crate::demo::world::World;
use crate::demo::world::dice::mix;

/// Ids that each ticket has for its files.
const PER_TICKET: u32 = 8;

/// What the files are called; some names are meant to do harm.
const NAMES: [&str; 7] = [
    "prompt.png",
    "screenshot 2026.png",
    "mail headers.txt",
    "../../odd name \u{202e}gnp.exe",
    "log.txt",
    "Übersicht März.csv",
    "line\r\nbreak\u{1b}[2J.txt",
];

/// A picture of one pixel.
const PIXEL: [u8; 67] = [
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0,
    0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4,
    0x71, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// `GET /Attachment?ticket_id=`.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let id = ask.params.id("ticket_id");
    let of_action = ask.params.id("action_id").is_some();
    let index = id.and_then(|id| ask.world.index(id)).filter(|_| !of_action);
    let rows = index.map(|index| of_ticket(ask.world, index)).unwrap_or_default();
    Answer::ok(json!({"ticket_id": id.unwrap_or(0), "record_count": rows.len(), "attachments": rows}))
}

/// `GET /Attachment/{id}`: the file itself, or with `includedetails` its record.
pub(super) fn one(ask: &mut Ask<'_>, id: u32) -> Answer {
    let Some(from_zero) = id.checked_sub(1) else {
        return Answer::missing();
    };
    let (index, file) = (from_zero / PER_TICKET, from_zero % PER_TICKET);
    let files = ask.world.key(index).filter(|key| !key.class.is_deleted()).map_or(0, |key| u32::from(key.files));
    if file >= files {
        return Answer::missing();
    }
    if ask.params.on("includedetails") {
        return Answer::ok(record(ask.world, index, file));
    }
    let name = name(index, file).to_owned();
    let is_image = is_image(&name);
    let kind = if is_image { "image/png" } else { "application/octet-stream" };
    Answer::File { kind, bytes: bytes(index, is_image), name }
}

/// The records of a ticket's files.
pub(super) fn of_ticket(world: &World, index: u32) -> Vec<Value> {
    let files = world.key(index).map_or(0, |key| u32::from(key.files));
    (0..files).map(|file| record(world, index, file)).collect()
}

fn record(world: &World, index: u32, file: u32) -> Value {
    let name = name(index, file);
    json!({
        "id": index * PER_TICKET + file + 1,
        "filename": name,
        "datecreated": date(index, world.key(index).map_or(0, |key| key.opened)),
        "note": "",
        "filesize": bytes(index, is_image(name)).len(),
        "type": 0,
        "unique_id": World::id(index),
        "desc": "",
        "isimage": is_image(name),
        "showforusers": file == 0,
    })
}

fn name(index: u32, file: u32) -> &'static str {
    let place = (mix(u64::from(index)) + u64::from(file)) % 7;
    usize::try_from(place).ok().and_then(|place| NAMES.get(place)).copied().unwrap_or("file")
}

fn is_image(name: &str) -> bool {
    name.to_lowercase().ends_with("png")
}

fn bytes(index: u32, is_image: bool) -> Vec<u8> {
    if is_image {
        return PIXEL.to_vec();
    }
    let lines = (0..20 + index % 180).map(|line| format!("{line:04} ticket {} sample line\r\n", World::id(index)));
    lines.collect::<String>().into_bytes()
}
