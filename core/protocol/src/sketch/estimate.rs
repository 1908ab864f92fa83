/// A number that is known only roughly.
///
/// The true number lies between `low` and `high` in about 95 of 100 cases: they are two standard errors away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The most likely number.
    pub value: f64,
    /// The lower bound, at least 0.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Estimate {
    /// Standard errors between the value and each bound.
    const SPREAD: f64 = 2.0;

    /// A value with a standard error given as a share of it.
    pub(crate) fn with_relative_error(value: f64, error: f64) -> Self {
        let away = Self::SPREAD * error;
        Estimate { value, low: value * (1.0 - away).max(0.0), high: value * (1.0 + away) }
    }
}
