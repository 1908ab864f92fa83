//! Shortest text of a double that reads back to the same bits, laid out as Python does.

use std::fmt::Write;

/// Decimal exponents from which on the scientific form is used.
const SCIENTIFIC_FROM: i32 = 16;
/// Smallest decimal exponent of the positional form.
const POSITIONAL_FROM: i32 = -4;

/// Text of a double: `1.0`, `1e+16`, `1e-05`, `-0.0`, `inf`, `nan`.
pub fn float_text(float: f64) -> String {
    let mut out = String::with_capacity(24);
    push_float(&mut out, float);
    out
}

pub(crate) fn push_float(out: &mut String, float: f64) {
    if float.is_nan() {
        return out.push_str("nan");
    }
    if float.is_sign_negative() {
        out.push('-');
    }
    if float.is_infinite() {
        return out.push_str("inf");
    }
    let shortest = Shortest::of(float.abs());
    if (POSITIONAL_FROM..SCIENTIFIC_FROM).contains(&shortest.exponent) {
        shortest.push_positional(out);
    } else {
        shortest.push_scientific(out);
    }
}

/// Shortest decimal digits with the exponent of the first one.
struct Shortest {
    digits: Ascii,
    exponent: i32,
}

impl Shortest {
    /// Digits of a finite, non-negative double. The standard library prints the shortest ones that read back exactly.
    fn of(float: f64) -> Self {
        let mut text = Ascii::default();
        // Writing to the buffer cannot fail: 17 digits, a point and an exponent fit.
        let _ = write!(text, "{float:e}");
        let (mantissa, exponent) = text.as_str().split_once('e').unwrap_or((text.as_str(), "0"));
        let mut digits = Ascii::default();
        mantissa.bytes().filter(u8::is_ascii_digit).for_each(|digit| digits.push(digit));
        Shortest { digits, exponent: exponent.parse().unwrap_or(0) }
    }

    fn push_positional(&self, out: &mut String) {
        let digits = self.digits.as_str();
        if self.exponent < 0 {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', self.leading_zeros()));
            return out.push_str(digits);
        }
        let whole = usize::try_from(self.exponent).unwrap_or(0) + 1;
        match digits.split_at_checked(whole) {
            Some((before, after)) => push_parts(out, before, after),
            None => {
                out.push_str(digits);
                out.extend(std::iter::repeat_n('0', whole - digits.len()));
                out.push_str(".0");
            }
        }
    }

    fn leading_zeros(&self) -> usize {
        usize::try_from(-self.exponent - 1).unwrap_or(0)
    }

    fn push_scientific(&self, out: &mut String) {
        let (first, rest) = self.digits.as_str().split_at_checked(1).unwrap_or(("0", ""));
        out.push_str(first);
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        let sign = if self.exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", self.exponent.abs());
    }
}

fn push_parts(out: &mut String, before: &str, after: &str) {
    out.push_str(before);
    out.push('.');
    out.push_str(if after.is_empty() { "0" } else { after });
}

/// A small ASCII buffer on the stack.
#[derive(Default)]
struct Ascii {
    bytes: [u8; 32],
    len: usize,
}

impl Ascii {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }
}

impl Write for Ascii {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.bytes().for_each(|byte| self.push(byte));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::float_text;

    #[test]
    fn layout_is_python() {
        let cases = [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (123456789.125, "123456789.125"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (9007199254740993.0, "9007199254740992.0"),
            (1.2345e22, "1.2345e+22"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (float, text) in cases {
            assert_eq!(float_text(float), text);
        }
    }
}
