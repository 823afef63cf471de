//! Colours as Halo gives them.

/// A colour of 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads `#rrggbb` or `#rgb` (the `#` may be missing); anything else is no colour.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().trim_start_matches('#');
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(digits, 16).ok()?;
        let [_, r, g, b] = value.to_be_bytes();
        match digits.len() {
            6 => Some(Self(r, g, b)),
            3 => {
                let double = |shift: u32| u8::try_from((value >> shift) & 0xf).ok().map(|n| n * 17);
                Some(Self(double(8)?, double(4)?, double(0)?))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_lengths_and_refuses_the_rest() {
        assert_eq!(Rgb::parse("#fcc400"), Some(Rgb(0xfc, 0xc4, 0)));
        assert_eq!(Rgb::parse("fff"), Some(Rgb(255, 255, 255)));
        assert_eq!(Rgb::parse("#1a2"), Some(Rgb(0x11, 0xaa, 0x22)));
        for bad in ["", "#", "red", "#12345", "#1234567", "#+12345", "\u{1b}[31m"] {
            assert_eq!(Rgb::parse(bad), None, "{bad:?}");
        }
    }
}
