//! Decimal digits without a loop: several digits of a number side by side in one word.

/// Bytes that [`write_decimal`] needs: a sign and 19 digits, rounded up to whole words.
pub const DECIMAL_ROOM: usize = 32;

const TEN_TO_8: u64 = 100_000_000;
const TEN_TO_16: u64 = TEN_TO_8 * TEN_TO_8;
/// The digit 0 in every byte.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Writes the decimal digits of a number, after a minus sign if it is negative, and returns how many bytes these are.
///
/// Bytes after them keep what they hold or become 0.
///
/// ```
/// # use crdt_merge_kernels::{DECIMAL_ROOM, write_decimal};
/// let mut room = [0; DECIMAL_ROOM];
/// let length = write_decimal(&mut room, -1200);
/// assert_eq!(&room[..length], b"-1200");
/// ```
#[inline]
pub fn write_decimal(room: &mut [u8; DECIMAL_ROOM], number: i64) -> usize {
    let sign = usize::from(number < 0);
    room[0] = b'-';
    let magnitude = number.unsigned_abs();
    let (high, low) = (magnitude / TEN_TO_16, magnitude % TEN_TO_16);
    let start = if high > 0 { sign + write_word(room, sign, high) } else { sign };
    if high > 0 {
        return start + write_words(room, start, low, 0);
    }
    if low < TEN_TO_8 {
        return start + write_word(room, start, low);
    }
    start + write_words(room, start, low, leading_zeros(digits(low / TEN_TO_8)))
}

/// Writes a number below 10^8 without leading zeros.
#[inline]
fn write_word(room: &mut [u8; DECIMAL_ROOM], start: usize, number: u64) -> usize {
    let digits = digits(number);
    let skipped = leading_zeros(digits);
    let text = (digits | ZEROS) >> (8 * skipped);
    room[start..start + 8].copy_from_slice(&text.to_le_bytes());
    8 - skipped
}

/// Writes a number below 10^16 without the first of its sixteen digits.
#[inline]
fn write_words(room: &mut [u8; DECIMAL_ROOM], start: usize, number: u64, skipped: usize) -> usize {
    let (high, low) = (digits(number / TEN_TO_8) | ZEROS, digits(number % TEN_TO_8) | ZEROS);
    let text = ((u128::from(low) << 64) | u128::from(high)) >> (8 * skipped);
    room[start..start + 16].copy_from_slice(&text.to_le_bytes());
    16 - skipped
}

/// The eight digits of a number below 10^8, the first one in the lowest byte.
#[inline]
fn digits(number: u64) -> u64 {
    // Two numbers of four digits, then four of two digits, then eight of one. Multiplying and shifting divides all of them at
    // once: 10486 / 2^20 is close enough to 1/100 below 10^4, and 103 / 2^10 to 1/10 below 100.
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - tens * 10) << 8)
}

/// How many of eight digits come before the first that is not 0; the last digit always counts.
#[inline]
fn leading_zeros(digits: u64) -> usize {
    (digits | (1 << 56)).trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: i64) {
        let mut room = [0xee; DECIMAL_ROOM];
        let length = write_decimal(&mut room, number);
        assert_eq!(std::str::from_utf8(&room[..length]).unwrap(), number.to_string());
        assert!(room[length..].iter().all(|byte| matches!(byte, 0 | 0xee)), "{room:?}");
    }

    #[test]
    fn all_short_numbers() {
        (-20_000..20_000).for_each(check);
    }

    #[test]
    fn numbers_around_powers() {
        for base in [2_i64, 10] {
            for power in (0..63).map_while(|exponent| base.checked_pow(exponent)) {
                for near in -2..=2 {
                    check(power.saturating_add(near));
                    check((-power).saturating_sub(near));
                }
            }
        }
        [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1].into_iter().for_each(check);
    }

    #[test]
    fn numbers_of_every_length_without_pattern() {
        let mut state = 7_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            check(state.cast_signed() >> (state >> 58));
        }
    }

    #[test]
    fn dividing_by_multiplying_is_exact() {
        assert!((0..10_000_u64).all(|number| (number * 10_486) >> 20 == number / 100));
        assert!((0..100_u64).all(|number| (number * 103) >> 10 == number / 10));
    }
}
