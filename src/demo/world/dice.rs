//! Chance that repeats: every drawn value is a function of the seed, what is drawn for, and its number.

/// What is drawn for; keeps the draws of one subject apart from those of another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// A ticket's state at the start.
    Ticket = 1,
    /// A ticket's words.
    Words,
    /// A ticket's conversation.
    Talk,
    /// A client.
    Client,
    /// A site.
    Site,
    /// A user.
    User,
    /// An asset.
    Asset,
    /// A contract.
    Contract,
    /// Something that happens while the world moves.
    Event,
    /// A ticket's GUID.
    Guid,
    /// An access token.
    Token,
}

/// A small, fast generator (`SplitMix64`); good enough for made-up data, not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The draws for one subject.
    pub(crate) fn new(seed: u64, subject: Subject, number: u64) -> Self {
        Self(mix(mix(seed ^ ((subject as u64) << 56)).wrapping_add(number)))
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// 0 to `end` - 1; 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let scaled = (self.bits() >> 32) * u64::from(end);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// 0 to `end` - 1 of a small range.
    pub(crate) fn small(&mut self, end: u8) -> u8 {
        u8::try_from(self.below(u32::from(end))).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `from`.
    pub(crate) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let end = u32::try_from(from.len()).unwrap_or(u32::MAX);
        let at = usize::try_from(self.below(end)).unwrap_or(0);
        from.get(at).copied().unwrap_or_default()
    }

    /// A GUID, lower case.
    pub(crate) fn guid(&mut self) -> String {
        let (high, low) = (self.bits(), self.bits());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 48) & 0x3fff,
            low & 0xffff_ffff_ffff
        )
    }
}

/// Scatters the bits of `value`: close inputs give unrelated outputs.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
