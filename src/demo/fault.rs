//! Faults, put into answers on purpose.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Response;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use futures::stream;
use serde_json::{Value, json};

use super::answer::Answer;
use super::line::Scissors;
use super::settings::Fault;

/// Stands for half a surrogate pair until the JSON is written; a string of Rust can't hold one.
const HALF_PAIR: &str = "@@half@@";
/// Stands, quotes included, for a number that fits no integer type.
const HUGE: &str = "\"@@huge@@\"";

/// The answer as HTTP, with `fault` put into it.
pub(crate) fn respond(answer: Answer, fault: Option<Fault>, scissors: &Scissors) -> Response<Body> {
    match fault {
        Some(Fault::Truncate) => rewritten(answer, |bytes| {
            // Between two bytes of the second half: past the envelope's head, before its end.
            let keep = bytes.len() / 2 + bytes.len() / 8;
            bytes.get(..keep).unwrap_or_default().to_vec()
        }),
        Some(Fault::BadRecord) => bad_record(answer),
        Some(Fault::Slow) => slow(answer),
        Some(Fault::Drop) => {
            scissors.cut();
            answer.into_response()
        }
        _ => answer.into_response(),
    }
}

/// The same head over other bytes.
fn rewritten(answer: Answer, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Response<Body> {
    let Answer::Json(status, value) = answer else {
        return answer.into_response();
    };
    let (status, kind, bytes) = Answer::Json(status, value).into_parts();
    let mut response = Response::new(Body::from(change(bytes)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The head with the full length at once, then a byte a second.
fn slow(answer: Answer) -> Response<Body> {
    let (parts, _) = answer.clone().into_response().into_parts();
    let (_, _, bytes) = answer.into_parts();
    let length = bytes.len();
    let trickle = stream::unfold((Bytes::from(bytes), 0_usize), |(bytes, sent)| async move {
        let byte = bytes.get(sent..=sent).map(Bytes::copy_from_slice)?;
        if sent > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Some((Ok::<Bytes, std::io::Error>(byte), (bytes, sent + 1)))
    });
    let mut response = Response::from_parts(parts, Body::from_stream(trickle));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// Breaks the middle record of a list; answers that are no list with a `record_count` stay whole.
fn bad_record(mut answer: Answer) -> Response<Body> {
    if let Answer::Json(_, Value::Object(envelope)) = &mut answer
        && envelope.contains_key("record_count")
        && let Some(records) = envelope.values_mut().find_map(Value::as_array_mut)
    {
        let middle = records.len() / 2;
        if let Some(Value::Object(record)) = records.get_mut(middle) {
            let (name, value) = match record.get("id").and_then(Value::as_u64).unwrap_or(0) % 3 {
                0 => ("id", json!(HUGE.trim_matches('"'))),
                1 => ("id", json!({"was": "a number"})),
                _ if record.contains_key("summary") => ("summary", json!(format!("half a pair {HALF_PAIR}"))),
                _ => ("name", json!(format!("half a pair {HALF_PAIR}"))),
            };
            record.insert(name.to_owned(), value);
        }
    }
    rewritten(answer, |bytes| {
        let text = String::from_utf8(bytes).unwrap_or_default();
        text.replace(HUGE, "99999999999999999999999999").replace(HALF_PAIR, "\\ud83d").into_bytes()
    })
}
