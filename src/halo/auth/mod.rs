//! The access token: asked for, renewed early and voided in one place (client credentials grant, RFC 6749 4.4).
//!
//! [`TokenTask::run`] is the one task that owns the client secret; everybody else holds [`Tokens`] and sees a token only
//! for the length of a request.

mod grant;
mod schedule;
mod task;
mod tokens;

pub use grant::Credentials;
pub use task::TokenTask;
pub use tokens::{Bearer, Tokens};

#[cfg(test)]
mod tests;
