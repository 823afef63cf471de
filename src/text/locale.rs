//! Whether the terminal takes UTF-8, as the environment says.

/// Chooses by the locale: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is not empty decides (POSIX 8.2); without any the
/// locale is "C", which is ASCII.
#[must_use]
pub fn is_utf8_locale(env: &dyn Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(env).find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}
