//! Putting alternatives side by side and keeping the shorter.

/// Appends `number` in decimal.
pub(super) fn push_number(out: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    out.push(b'0' + u8::try_from(number % 10).unwrap_or(0));
}

/// Appends `CSI number last`, without the number if it is 1.
pub(super) fn push_csi(out: &mut Vec<u8>, number: usize, last: u8) {
    out.extend_from_slice(b"\x1b[");
    if number != 1 {
        push_number(out, number);
    }
    out.push(last);
}

/// Of two alternatives written one after the other, `start..middle` and `middle..`, keeps the shorter, at a tie the first.
/// True if that is the second.
pub(super) fn keep_shorter(out: &mut Vec<u8>, start: usize, middle: usize) -> bool {
    let second = out.len() - middle < middle - start;
    if second {
        out.drain(start..middle);
    } else {
        out.truncate(middle);
    }
    second
}
