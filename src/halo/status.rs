//! What an answer's status, headers and body say, in kinds and plain words.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;

use super::{transport::Reply, wire};
use crate::domain::{Failure, FailureKind, Quota, Secret};

/// The longest pause that a `Retry-After` can ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Longest piece of a server's message that is shown.
const LONGEST_MESSAGE: usize = 300;

/// What was asked for, for the sentences of failures.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// In the plural or with its number: "tickets", "ticket 7".
    pub(super) what: String,
    /// The permission that the API application needs for it.
    pub(super) right: &'static str,
}

/// The JSON text of a successful answer, else what went wrong.
///
/// # Errors
/// By the answer's status; [`FailureKind::WrongUrl`] for HTML, [`FailureKind::BadReply`] for nothing at all.
pub(super) fn json(reply: &Reply, asked: &Asked, now: Timestamp, hide: &Secret) -> Result<String, Failure> {
    if !(200..300).contains(&reply.status) {
        return Err(failure(reply, asked, now, hide));
    }
    if is_html(reply) {
        return Err(web_page(&reply.host));
    }
    let text = wire::text(&reply.body);
    if text.trim().is_empty() {
        let what = format!("{} answered with nothing instead of {}", reply.host, asked.what);
        return Err(Failure::new(FailureKind::BadReply, &what));
    }
    Ok(text.into_owned())
}

/// Whether a file was handed over, else what went wrong.
///
/// # Errors
/// By the answer's status; [`FailureKind::WrongUrl`] for a web page that is no file.
pub(super) fn file(reply: &Reply, asked: &Asked, now: Timestamp, hide: &Secret) -> Result<(), Failure> {
    if !(200..300).contains(&reply.status) {
        return Err(failure(reply, asked, now, hide));
    }
    // What was handed over is in no body.
    if reply.body.is_empty() { Ok(()) } else { Err(web_page(&reply.host)) }
}

/// HTML where JSON was due.
pub(super) fn web_page(host: &str) -> Failure {
    Failure::new(FailureKind::WrongUrl, &format!("{host} answered with a web page instead of data"))
        .advise("Check the URL against Configuration > Integrations > Halo API: the resource server ends in /api")
}

/// JSON that can't be read, with the reason.
pub(super) fn bad_reply(host: &str, asked: &Asked, reason: &str) -> Failure {
    Failure::new(FailureKind::BadReply, &format!("The answer of {host} about {} can't be read: {reason}", asked.what))
}

fn failure(reply: &Reply, asked: &Asked, now: Timestamp, hide: &Secret) -> Failure {
    let Asked { what, right } = asked;
    let said = message(reply, hide).map(|text| format!(": {text}")).unwrap_or_default();
    match reply.status {
        401 => Failure::new(FailureKind::Unauthorised, &format!("HaloPSA refuses a fresh access token{said}"))
            .advise("Check that the API application is still enabled and its agent may sign in"),
        403 => Failure::new(FailureKind::Forbidden, &format!("HaloPSA does not let this application see {what}{said}"))
            .advise(&format!("Give the API application the permission {right}, and its agent the right to see {what}")),
        404 => Failure::new(FailureKind::NotFound, &format!("{} does not know {what}{said}", reply.host)),
        408 => Failure::new(FailureKind::TimedOut, &format!("{} gave up waiting for the request", reply.host)),
        429 => rate_limited(reply, now, &said),
        status @ 500.. => Failure::new(FailureKind::Server(status), &format!("HaloPSA is in trouble ({status}){said}"))
            .advise("The dashboard tries again by itself"),
        status => Failure::new(FailureKind::Refused(status), &format!("HaloPSA refused to give {what} ({status}){said}")),
    }
}

/// 429, on the token endpoint as on all others.
pub(super) fn rate_limited(reply: &Reply, now: Timestamp, said: &str) -> Failure {
    let pause = retry_after(reply, now);
    Failure::new(FailureKind::RateLimited(pause), &format!("The request limit of HaloPSA is reached{said}"))
        .advise("Requests pause until it allows them again; a lower budget leaves more to other integrations")
}

/// The pause that the server asks for, at most an hour: seconds or an HTTP date (RFC 9110 10.2.3); junk asks for nothing.
pub(super) fn retry_after(reply: &Reply, now: Timestamp) -> Option<Duration> {
    let text = reply.retry_after.as_deref()?.trim();
    let whole = text.split_once('.').map_or(text, |(whole, fraction)| {
        if !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()) { whole } else { text }
    });
    if !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()) {
        let seconds = whole.parse::<u64>().unwrap_or(u64::MAX).saturating_add(u64::from(whole.len() < text.len()));
        return Some(Duration::from_secs(seconds).min(LONGEST_PAUSE));
    }
    let until = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default().min(LONGEST_PAUSE))
}

/// The server's own clock when it answered (RFC 9110 6.6.1), where it says.
pub(super) fn server_time(reply: &Reply) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(reply.date.as_deref()?.trim()).ok()
}

/// The limit that a refusal names: hosted instances answer "Rate Limit Reached - 300 Requests per rolling 5 minute window". What is
/// allowed in more than an hour is taken as its part of an hour.
pub(super) fn announced_limit(reply: &Reply) -> Option<Quota> {
    let text = String::from_utf8_lossy(reply.body.get(..reply.body.len().min(1000))?).to_ascii_lowercase();
    let (before, after) = text.split_once("requests per")?;
    let number = |word: &str| word.parse::<u32>().ok().filter(|number| *number > 0);
    let requests = before.split(|c: char| !c.is_ascii_digit()).rfind(|word| !word.is_empty()).and_then(number)?;
    // Other units than minutes tell nothing that is known to be true.
    let (span, _) = after.split_once("minute")?;
    let minutes = span.split(|c: char| !c.is_ascii_alphanumeric()).find_map(number);
    // "per minute", "per rolling minute"
    let minutes = minutes.or_else(|| span.chars().all(|c| !c.is_ascii_digit()).then_some(1))?;
    let of_an_hour = (u64::from(requests) * 60 / u64::from(minutes.max(60))).max(1).try_into().unwrap_or(u32::MAX);
    Some(Quota { requests: of_an_hour, within: Duration::from_mins(minutes.min(60).into()) })
}

/// Whether a web page came: by its type, or by its first character, which no JSON begins with.
pub(super) fn is_html(reply: &Reply) -> bool {
    let named = reply.content_type.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let body = reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&reply.body);
    named || body.trim_ascii_start().first() == Some(&b'<')
}

/// The server's own words, with `hide` cut out should it echo it: the first that exists of the fields that Halo's several
/// kinds of error use, the bare string, the single value of a one-key object, or a short plain text.
pub(super) fn message(reply: &Reply, hide: &Secret) -> Option<String> {
    if is_html(reply) {
        return None;
    }
    let text = wire::text(&reply.body);
    let said = match serde_json::from_str::<Value>(&text) {
        Ok(value) => spoken(&value)?,
        // A plain text is a sentence; JSON that can't be parsed is none.
        Err(_) if text.trim_start().starts_with(['{', '[', '"']) => return None,
        Err(_) => text.into_owned(),
    };
    let said = redact(said.trim(), hide);
    let short = said.chars().take(LONGEST_MESSAGE).collect::<String>();
    (!short.is_empty()).then_some(short)
}

fn spoken(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => spoken(items.first()?),
        Value::Object(fields) => {
            let named = ["error_description", "error", "Message", "message", "errorMessage"].iter().find_map(|name| {
                let value = fields.get(*name).filter(|value| !value.is_null())?;
                spoken(value).filter(|text| !text.trim().is_empty())
            });
            let only = || if fields.len() == 1 { spoken(fields.values().next()?) } else { None };
            named.or_else(only)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// A server may echo what it was sent: the secret is cut out, as it is and as forms encode it.
fn redact(text: &str, hide: &Secret) -> String {
    if hide.is_empty() {
        return text.to_owned();
    }
    let encoded: String = url::form_urlencoded::byte_serialize(hide.expose().as_bytes()).collect();
    text.replace(hide.expose(), "***").replace(&encoded, "***")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, content_type: &str, body: &str) -> Reply {
        Reply {
            status,
            host: "acme.example".to_owned(),
            content_type: Some(content_type.to_owned()),
            retry_after: None,
            date: None,
            body: body.as_bytes().to_vec(),
        }
    }

    fn nothing() -> Secret {
        Secret::new(String::new())
    }

    fn asked() -> Asked {
        Asked { what: "tickets".to_owned(), right: "read:tickets" }
    }

    fn now() -> Timestamp {
        "1994-11-06T08:49:37Z".parse().unwrap()
    }

    #[test]
    fn the_message_is_found_in_every_kind_of_error() {
        for (body, said) in [
            (r#"{"error":"invalid_scope","error_description":"Not known: x"}"#, Some("Not known: x")),
            (r#"{"error":"Rate Limit Reached"}"#, Some("Rate Limit Reached")),
            (r#"{"error":{"code":7,"message":"inner"}}"#, Some("inner")),
            (r#"{"error":null,"message":"m"}"#, Some("m")),
            (r#"{"error":"","Message":"M"}"#, Some("M")),
            (
                r#"{"ClassName":"System.Exception","Message":"An Outcome must be entered","Data":null}"#,
                Some("An Outcome must be entered"),
            ),
            (r#"{"errorMessage":"e"}"#, Some("e")),
            (r#""Invalid advanced search parameter""#, Some("Invalid advanced search parameter")),
            (r#"{"category_1":"Please select a Category"}"#, Some("Please select a Category")),
            (r#"{"[0].id":["Error converting value"]}"#, Some("Error converting value")),
            (r#"{"a":1,"b":2}"#, None),
            (r#"{"a":"#, None),
            ("Rate Limit Reached - 300 Requests", Some("Rate Limit Reached - 300 Requests")),
            ("<html>no</html>", None),
            ("", None),
        ] {
            assert_eq!(message(&reply(400, "application/json", body), &nothing()).as_deref(), said, "{body}");
        }
        let long = message(&reply(400, "text/plain", &"x".repeat(10_000)), &nothing()).unwrap();
        assert_eq!(long.len(), LONGEST_MESSAGE);
    }

    #[test]
    fn an_echoed_secret_is_cut_out() {
        let secret = Secret::new("s3cret+/=".to_owned());
        let said = message(&reply(400, "text/plain", "bad s3cret+/= and s3cret%2B%2F%3D!"), &secret).unwrap();
        assert_eq!(said, "bad *** and ***!");
    }

    #[test]
    fn a_pause_is_never_shorter_than_asked_and_never_endless() {
        for (header, pause) in [
            ("30", Some(30)),
            (" 30 ", Some(30)),
            ("0", Some(0)),
            ("1.2", Some(2)),
            ("99999999999999999999999", Some(3600)),
            ("86400", Some(3600)),
            ("-5", None),
            ("1.x", None),
            ("soon", None),
            ("", None),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 2044 08:00:00 GMT", Some(3600)),
        ] {
            let mut reply = reply(429, "text/plain", "");
            reply.retry_after = Some(header.to_owned());
            assert_eq!(retry_after(&reply, now()), pause.map(Duration::from_secs), "{header:?}");
        }
        assert_eq!(retry_after(&reply(429, "text/plain", ""), now()), None);
    }

    #[test]
    fn refusals_name_their_limit() {
        for (body, limit) in [
            (r#"{"error":"Rate Limit Reached - 300 Requests per rolling 5 minute window"}"#, Some((300, 5))),
            ("Rate Limit Reached - 500 requests per 3 minutes", Some((500, 3))),
            ("Rate Limit Reached - 12 Requests per rolling 1 minute window", Some((12, 1))),
            ("60 requests per minute", Some((60, 1))),
            ("700 Requests per rolling 10 minute window", Some((700, 10))),
            ("1 requests per 60 minutes", Some((1, 60))),
            ("4800 requests per 1440 minutes", Some((200, 60))),
            ("0 Requests per 5 minutes", None),
            ("99999999999 Requests per 5 minutes", None),
            ("9 Requests per 0 minutes", None),
            ("300 Requests per second", None),
            ("too many requests", None),
            ("", None),
        ] {
            let announced = announced_limit(&reply(429, "", body));
            assert_eq!(announced.map(|limit| (limit.requests, limit.within.as_secs() / 60)), limit, "{body}");
        }
    }

    #[test]
    fn each_status_has_its_kind() {
        use FailureKind as K;
        for (status, kind) in [
            (400, K::Refused(400)),
            (401, K::Unauthorised),
            (403, K::Forbidden),
            (404, K::NotFound),
            (408, K::TimedOut),
            (418, K::Refused(418)),
            (429, K::RateLimited(None)),
            (500, K::Server(500)),
            (503, K::Server(503)),
        ] {
            let read = json(&reply(status, "text/html", "<html>"), &asked(), now(), &nothing());
            assert_eq!(read.unwrap_err().kind, kind, "{status}");
        }
        let forbidden = json(&reply(403, "", ""), &asked(), now(), &nothing()).unwrap_err();
        assert!(forbidden.advice.as_str().contains("read:tickets"));
    }

    #[test]
    fn a_web_page_with_200_is_a_wrong_url_and_silence_is_a_bad_reply() {
        for (kind, body) in
            [("text/html; charset=utf-8", "{}"), ("application/json", "\u{feff}\n <!doctype html>"), ("", "<html>")]
        {
            let read = json(&reply(200, kind, body), &asked(), now(), &nothing());
            assert_eq!(read.unwrap_err().kind, FailureKind::WrongUrl, "{kind} {body}");
        }
        assert_eq!(json(&reply(204, "", " "), &asked(), now(), &nothing()).unwrap_err().kind, FailureKind::BadReply);
        assert_eq!(json(&reply(200, "text/plain", "[1]"), &asked(), now(), &nothing()).unwrap(), "[1]");
    }
}
