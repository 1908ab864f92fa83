//! Stamps: when something was written.

use std::cmp::Ordering;
use std::fmt;

use crate::error::{Code, Error, Result};
use crate::order::compare_int_float;
use crate::value::Value;
use crate::wire::encode_value;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// Doubles of this size and more are not looked at as whole microseconds: these would not fit 64 bits.
const MICROS_LIMIT_SECONDS: f64 = 9.2e12;

/// The time of a write on one line: microseconds since 1970 (UTC), or seconds as version-1 frames have them.
///
/// Our own clock gives microseconds. A double that is the nearest one to a whole number of microseconds *is* that number, so a
/// stamp that goes through a version-1 frame comes back as it was. Whole seconds keep their spelling: `5` and `5.0` are
/// the same time, and the spelling decides last between two writes. Never NaN or infinite.
///
/// ```
/// # use crdt_merge_protocol::Stamp;
/// assert_eq!(Stamp::from_seconds(1767225600.000001)?, Stamp::from_micros(1_767_225_600_000_001));
/// assert_ne!(Stamp::from_whole_seconds(5), Stamp::from_micros(5_000_000));
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Stamp(Spelling);

#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    Micros(i64),
    /// Integer seconds.
    Seconds(i64),
    /// Seconds that are no whole number of microseconds; finite.
    Fraction(f64),
}

impl Eq for Stamp {}

impl Stamp {
    /// The stamp of a value that was never written: microsecond 0.
    pub const ZERO: Stamp = Stamp(Spelling::Micros(0));

    /// Microseconds since 1970-01-01T00:00:00Z.
    ///
    /// Version 1 writes the nearest double of seconds. Up to 2⁵² µs (the year 2112) that reads back as the same stamp, later ones
    /// can come back a few microseconds off.
    pub const fn from_micros(micros: i64) -> Self {
        Stamp(Spelling::Micros(micros))
    }

    /// Whole seconds since 1970 in the integer spelling of version 1.
    pub const fn from_whole_seconds(seconds: i64) -> Self {
        Stamp(Spelling::Seconds(seconds))
    }

    /// Seconds since 1970 as a double; NaN and the infinities are `BAD_STAMP`.
    pub fn from_seconds(seconds: f64) -> Result<Self> {
        if !seconds.is_finite() {
            return Err(Error::new(Code::BadStamp, "a stamp is a finite number").with("found", seconds));
        }
        Ok(Stamp(match whole_micros(seconds) {
            Some(micros) => Spelling::Micros(micros),
            None => Spelling::Fraction(seconds),
        }))
    }

    /// The stamp as version 1 writes it: integer seconds stay, everything else is the nearest double of seconds.
    pub fn to_wire(self) -> Value {
        match self.0 {
            Spelling::Seconds(seconds) => Value::Int(seconds),
            Spelling::Micros(micros) => Value::Float(seconds_of(micros)),
            Spelling::Fraction(seconds) => Value::Float(seconds),
        }
    }

    /// The seconds of a stamp in the integer spelling.
    pub(crate) fn as_whole_seconds(self) -> Option<i64> {
        match self.0 {
            Spelling::Seconds(seconds) => Some(seconds),
            Spelling::Micros(_) | Spelling::Fraction(_) => None,
        }
    }

    /// The seconds of a stamp that is no whole number of microseconds.
    pub(crate) fn as_fraction(self) -> Option<f64> {
        match self.0 {
            Spelling::Fraction(seconds) => Some(seconds),
            Spelling::Micros(_) | Spelling::Seconds(_) => None,
        }
    }

    /// The last whole microsecond that is not after the stamp, for clocks that must go past it. Saturates.
    pub fn floor_micros(self) -> i64 {
        match self.0 {
            Spelling::Micros(micros) => micros,
            Spelling::Seconds(seconds) => seconds.saturating_mul(MICROS_PER_SECOND),
            Spelling::Fraction(seconds) => match fraction_micros(seconds) {
                Some((floor, _)) => i64::try_from(floor).unwrap_or(if seconds < 0.0 { i64::MIN } else { i64::MAX }),
                None => {
                    if seconds < 0.0 {
                        i64::MIN
                    } else {
                        i64::MAX
                    }
                }
            },
        }
    }

    /// Order in time, by exact value; different spellings of one time are equal here.
    pub fn cmp_time(&self, other: &Stamp) -> Ordering {
        use Spelling::{Fraction, Micros, Seconds};
        match (self.0, other.0) {
            (Micros(a), Micros(b)) | (Seconds(a), Seconds(b)) => a.cmp(&b),
            (Fraction(a), Fraction(b)) => a.total_cmp(&b),
            (Seconds(a), Micros(b)) => (i128::from(a) * i128::from(MICROS_PER_SECOND)).cmp(&i128::from(b)),
            (Seconds(a), Fraction(b)) => compare_int_float(a, b),
            (Micros(a), Fraction(b)) => compare_micros(a, b),
            (Micros(_), Seconds(_)) | (Fraction(_), _) => other.cmp_time(self).reverse(),
        }
    }

    /// Order of the bytes of two stamps on the wire of version 1: the last tie-break.
    pub(crate) fn cmp_spelling(&self, other: &Stamp) -> Ordering {
        if self == other { Ordering::Equal } else { encode_value(&self.to_wire()).cmp(&encode_value(&other.to_wire())) }
    }

    /// Order of tombstones: in time, then by bytes.
    pub(crate) fn cmp_total(&self, other: &Stamp) -> Ordering {
        self.cmp_time(other).then_with(|| self.cmp_spelling(other))
    }
}

impl Default for Stamp {
    fn default() -> Self {
        Stamp::ZERO
    }
}

/// The time for people: RFC 3339 in UTC with six fraction digits and `Z`; outside the years 0000 to 9999 the number of
/// microseconds. Fractions of a microsecond are left out.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.floor_micros();
        let day = micros.div_euclid(MICROS_PER_DAY);
        let (year, month, day_of_month) = civil(day);
        if !(0..=9999).contains(&year) {
            return write!(f, "{micros}");
        }
        let in_day = micros.rem_euclid(MICROS_PER_DAY);
        let (seconds, fraction) = (in_day / MICROS_PER_SECOND, in_day % MICROS_PER_SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z")
    }
}

/// Year, month and day of a count of days since 1970-01-01 in the proleptic Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last day of a year; 400 years have 146,097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let since_year_zero = days + 719_468;
    let (era, day_of_era) = (since_year_zero.div_euclid(146_097), since_year_zero.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Spelling::Micros(micros) => write!(f, "{micros} µs"),
            Spelling::Seconds(seconds) => write!(f, "{seconds} s"),
            Spelling::Fraction(seconds) => write!(f, "{seconds:?} s"),
        }
    }
}

/// The nearest double of seconds.
fn seconds_of(micros: i64) -> f64 {
    // One rounding where the microseconds are exact in a double; beyond 2^53 split off whole seconds, which are exact.
    if micros.unsigned_abs() <= 1 << 53 {
        return micros as f64 / MICROS_PER_SECOND as f64;
    }
    nearest_seconds(micros)
}

/// The nearest double for microseconds that no double holds exactly: the decimal text, read back with one rounding.
#[cold]
fn nearest_seconds(micros: i64) -> f64 {
    let (whole, fraction) = (micros / MICROS_PER_SECOND, (micros % MICROS_PER_SECOND).abs());
    let text = format!("{whole}.{fraction:06}");
    text.parse().unwrap_or(whole as f64)
}

/// The whole microseconds whose nearest double of seconds this is: of the two around it the lower one that qualifies.
///
/// Up to 2^52 µs (the year 2112) doubles are closer together than microseconds and the count is the only one.
fn whole_micros(seconds: f64) -> Option<i64> {
    if seconds.abs() >= MICROS_LIMIT_SECONDS {
        return None;
    }
    let (floor, _) = fraction_micros(seconds)?;
    let floor = i64::try_from(floor).ok()?;
    // Doubles are either closer together than microseconds, and then one neighbour at most has this double as its nearest,
    // or further apart, and then one of the two neighbours has.
    [floor, floor.saturating_add(1)].into_iter().find(|micros| seconds_of(*micros) == seconds)
}

/// Microseconds of a finite double of seconds, rounded down, and whether something was left over.
/// `None` when they exceed every 64-bit count.
fn fraction_micros(seconds: f64) -> Option<(i128, bool)> {
    if seconds.abs() >= 1e18 {
        return None;
    }
    let bits = seconds.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7ff).unwrap_or(0);
    let mantissa = i128::from(bits & ((1 << 52) - 1)) | if exponent > 0 { 1 << 52 } else { 0 };
    let scaled = mantissa * i128::from(MICROS_PER_SECOND) * if seconds < 0.0 { -1 } else { 1 };
    let shift = exponent.max(1) - 1075;
    Some(if shift >= 0 { (scaled << shift, false) } else { floor_shift(scaled, shift.unsigned_abs()) })
}

fn floor_shift(number: i128, shift: u32) -> (i128, bool) {
    if shift > 126 {
        return (if number < 0 { -1 } else { 0 }, number != 0);
    }
    let floor = number >> shift;
    (floor, floor << shift != number)
}

fn compare_micros(micros: i64, seconds: f64) -> Ordering {
    match fraction_micros(seconds) {
        None => {
            if seconds < 0.0 {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        Some((floor, has_rest)) => {
            i128::from(micros).cmp(&floor).then(if has_rest { Ordering::Less } else { Ordering::Equal })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_microseconds_come_back_from_doubles() -> Result<()> {
        for micros in [0, 1, -1, 1_767_225_600_000_001, 4_292_000_000_123_457, 1 << 52, -(1 << 52)] {
            assert_eq!(Stamp::from_seconds(seconds_of(micros))?, Stamp::from_micros(micros));
        }
        assert_eq!(Stamp::from_seconds(-0.0)?, Stamp::ZERO);
        assert_eq!(Stamp::from_seconds(f64::NAN).unwrap_err().code(), Code::BadStamp);
        Ok(())
    }

    #[test]
    fn doubles_survive_the_wire_bit_for_bit() -> Result<()> {
        for seconds in [
            0.1,
            1e-9,
            0.000_000_3,
            1_700_000_000.123_456_7,
            9.3e12,
            1e300,
            -1e-300,
            8_000_000_000_000.5,
            2_f64.powi(43) + 0.25,
        ] {
            let Value::Float(back) = Stamp::from_seconds(seconds)?.to_wire() else {
                return Err(Error::new(Code::Internal, "float"));
            };
            assert_eq!(back.to_bits(), seconds.to_bits(), "{seconds}");
        }
        Ok(())
    }

    #[test]
    fn spellings_compare_by_exact_value() -> Result<()> {
        let line = [
            Stamp::from_seconds(-1e300)?,
            Stamp::from_whole_seconds(i64::MIN),
            Stamp::from_micros(i64::MIN),
            Stamp::from_whole_seconds(-1),
            Stamp::from_seconds(-1e-9)?,
            Stamp::ZERO,
            Stamp::from_seconds(1e-9)?,
            Stamp::from_micros(1),
            Stamp::from_whole_seconds(1),
            Stamp::from_seconds(9_007_199_254_740_992.0)?,
            Stamp::from_whole_seconds((1 << 53) + 1),
            Stamp::from_seconds(1e19)?,
        ];
        for (i, a) in line.iter().enumerate() {
            for (j, b) in line.iter().enumerate() {
                assert_eq!(a.cmp_time(b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
        let (int, float) = (Stamp::from_whole_seconds(5), Stamp::from_seconds(5.0)?);
        assert_eq!(int.cmp_time(&float), Ordering::Equal);
        assert_eq!(int.cmp_total(&float), Ordering::Greater);
        Ok(())
    }

    #[test]
    fn people_read_rfc_3339() -> Result<()> {
        let text = |micros| Stamp::from_micros(micros).to_string();
        assert_eq!(text(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(text(1_767_225_600_000_001), "2026-01-01T00:00:00.000001Z");
        assert_eq!(text(951_782_400_000_000), "2000-02-29T00:00:00.000000Z");
        assert_eq!(text(-62_167_219_200_000_000), "0000-01-01T00:00:00.000000Z");
        assert_eq!(text(-62_167_219_200_000_001), "-62167219200000001");
        assert_eq!(text(253_402_300_799_999_999), "9999-12-31T23:59:59.999999Z");
        assert_eq!(text(253_402_300_800_000_000), "253402300800000000");
        assert_eq!(Stamp::from_seconds(1.000_000_5)?.to_string(), "1970-01-01T00:00:01.000000Z");
        Ok(())
    }

    #[test]
    fn floor_is_never_after_the_stamp() -> Result<()> {
        for seconds in [-1.5, -1e-9, 1e-9, 0.1, 1e17, -1e17, 1e300] {
            let stamp = Stamp::from_seconds(seconds)?;
            assert_ne!(
                Stamp::from_micros(stamp.floor_micros()).cmp_time(&stamp),
                if seconds < -1e16 { Ordering::Less } else { Ordering::Greater }
            );
        }
        Ok(())
    }
}
