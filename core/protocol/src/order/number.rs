//! Comparing an integer with a double without rounding.

use std::cmp::Ordering;

/// 2⁶³ as a double.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// Exact order of an integer and a double; NaN is greater than every number.
///
/// ```
/// # use crdt_merge_protocol::order::compare_int_float;
/// # use std::cmp::Ordering;
/// assert_eq!(compare_int_float(9_007_199_254_740_993, 9_007_199_254_740_992.0), Ordering::Greater);
/// ```
pub fn compare_int_float(int: i64, float: f64) -> Ordering {
    if float.is_nan() || float >= TWO_63 {
        return Ordering::Less;
    }
    if float < -TWO_63 {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    // In range, and the conversion of a whole double is exact.
    int.cmp(&(whole as i64)).then_with(|| 0.0_f64.total_cmp(&(float - whole + 0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_at_the_edges() {
        use Ordering::{Equal, Greater, Less};
        let cases = [
            (0, -0.0, Equal),
            (0, 0.5, Less),
            (0, -0.5, Greater),
            (i64::MAX, TWO_63, Less),
            (i64::MIN, -TWO_63, Equal),
            (i64::MIN, -1e300, Greater),
            (5, 5.0, Equal),
            (-5, -5.5, Greater),
            (1, f64::INFINITY, Less),
            (1, f64::NAN, Less),
            ((1 << 53) + 1, 9_007_199_254_740_992.0, Greater),
            (i64::MAX, 9_223_372_036_854_774_784.0, Greater),
        ];
        for (int, float, expected) in cases {
            assert_eq!(compare_int_float(int, float), expected, "{int} {float}");
        }
    }
}
