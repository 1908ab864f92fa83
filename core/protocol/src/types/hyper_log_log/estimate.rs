use super::HyperLogLog;
use super::state::MOST_RANK;
use crate::sketch::Estimate;

/// 1 / (2 ln 2).
const ALPHA: f64 = 0.5 / std::f64::consts::LN_2;

/// How many registers hold each rank.
type Counts = [u32; MOST_RANK as usize + 1];

impl HyperLogLog {
    /// How many different items were added, with bounds two standard errors away.
    ///
    /// Ertl's improved raw estimator: unbiased from no items to 2^64 times the number of registers, without corrections in
    /// between. The lower bound is never below the number of registers that hold something, since each took an item. The number
    /// is infinite when every register is full.
    pub fn estimate(&self) -> Estimate {
        let counts = self.counts();
        let mut estimate = Estimate::with_relative_error(estimated(&counts, self.size()), self.standard_error());
        estimate.low = estimate.low.max(self.size() - f64::from(counts[0]));
        estimate
    }

    /// The standard error of the estimate as a share of it.
    pub fn standard_error(&self) -> f64 {
        1.04 / libm::sqrt(self.size())
    }

    /// The number of registers. At most 2^18, so a double holds it exactly.
    fn size(&self) -> f64 {
        self.registers.len() as f64
    }

    fn counts(&self) -> Counts {
        let mut counts: Counts = [0; MOST_RANK as usize + 1];
        for rank in &self.registers {
            if let Some(count) = counts.get_mut(usize::from(*rank)) {
                *count += 1;
            }
        }
        counts
    }
}

/// The estimate for a number of registers. Every operation rounds as IEEE 754 says, in this order, so that the bits are the
/// same everywhere.
fn estimated(counts: &Counts, size: f64) -> f64 {
    let [empty, ranks @ .., full] = counts;
    let top = size * tau(1.0 - f64::from(*full) / size);
    let sum = ranks.iter().rev().fold(top, |sum, count| 0.5 * (sum + f64::from(*count)));
    let sum = sum + size * sigma(f64::from(*empty) / size);
    ALPHA * size * size / sum
}

/// x + Σ x^(2^k) · 2^(k − 1) over k from 1: what the empty registers say.
fn sigma(share: f64) -> f64 {
    if share == 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut weight, mut sum) = (share, 1.0, share);
    loop {
        power *= power;
        let before = sum;
        sum += power * weight;
        weight += weight;
        if sum == before {
            return sum;
        }
    }
}

/// (1 − x − Σ (1 − x^(2^−k))² · 2^−k over k from 1) / 3: what the registers of the largest rank say.
fn tau(share: f64) -> f64 {
    if share == 0.0 || share == 1.0 {
        return 0.0;
    }
    let (mut root, mut weight, mut sum) = (share, 1.0, 1.0 - share);
    loop {
        root = libm::sqrt(root);
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - root) * (1.0 - root) * weight;
        if sum == before {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::sketch::{CanonicalItem, ItemHash};

    fn of_ranks(precision: u8, rank: impl Fn(usize) -> u8) -> HyperLogLog {
        let registers = (0..1 << precision).map(rank).collect();
        HyperLogLog { seed: 0, precision, registers, extensions: Default::default() }
    }

    #[test]
    fn estimates_have_their_bits() -> Result<()> {
        let mut sketch = HyperLogLog::new(4)?;
        assert_eq!(sketch.estimate(), Estimate { value: 0.0, low: 0.0, high: 0.0 });
        sketch.add("alice");
        assert_eq!(sketch.estimate().value, 1.033_075_903_477_336_5);
        assert_eq!(sketch.estimate().low, 1.0);
        let mut texts = HyperLogLog::new(4)?;
        texts.add_all((0..100).map(|number| number.to_string()));
        assert_eq!(texts.registers(), [7, 3, 6, 3, 2, 6, 5, 4, 5, 4, 5, 5, 4, 3, 7, 3]);
        assert_eq!(texts.estimate().value, 166.458_560_210_737_86);
        let mut numbers = HyperLogLog::new(10)?;
        numbers.add_all(0..1_000_i64);
        assert_eq!(numbers.estimate().value, 996.412_679_005_855_5);
        assert_eq!(numbers.standard_error(), 0.032_5);
        Ok(())
    }

    #[test]
    fn extremes_are_numbers_or_infinite() {
        assert_eq!(of_ranks(4, |_| 65).estimate().value, f64::INFINITY);
        let nearly = of_ranks(4, |index| 65 - u8::from(index == 0)).estimate();
        assert!(nearly.value.is_finite() && nearly.value > 1e19 && nearly.low < nearly.value);
        let all_ones = of_ranks(4, |_| 1).estimate();
        assert!(all_ones.low <= all_ones.value && all_ones.low >= 16.0);
    }

    #[test]
    fn bounds_are_around_the_value() {
        for (precision, taken) in (4..=12).flat_map(|precision| (0..1 << precision).map(move |n| (precision, n))) {
            for rank in [1, 2] {
                let Estimate { value, low, high } =
                    of_ranks(precision, |index| rank * u8::from(index < taken)).estimate();
                assert!(
                    taken as f64 <= low && low <= value && value <= high,
                    "{precision} {taken} {rank}: {low} {value}"
                );
            }
        }
    }

    /// The root of the mean squared relative error over sketches with different seeds.
    fn error_over_seeds(precision: u8, items: i64, seeds: u64) -> Result<f64> {
        let errors = (0..seeds).map(|seed| {
            let mut sketch = HyperLogLog::with_seed(precision, seed)?;
            sketch.add_all(0..items);
            Ok((sketch.estimate().value / items as f64 - 1.0).powi(2))
        });
        Ok((errors.sum::<Result<f64>>()? / seeds as f64).sqrt())
    }

    #[test]
    fn errors_are_those_of_the_theory() -> Result<()> {
        for (precision, items) in
            [(10, 10), (10, 100), (10, 1_000), (10, 3_000), (10, 10_000), (6, 20_000), (14, 30_000)]
        {
            let standard = HyperLogLog::new(precision)?.standard_error();
            let error = error_over_seeds(precision, items, 60)?;
            // 60 samples of a standard deviation are within a third of it.
            assert!(error < 1.33 * standard, "{precision} {items}: {error} of {standard}");
        }
        Ok(())
    }

    /// All sizes up to ten million; for release builds.
    #[test]
    #[ignore = "minutes without optimisation"]
    fn errors_of_large_sketches_are_those_of_the_theory() -> Result<()> {
        for items in [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
            let standard = HyperLogLog::default().standard_error();
            let error = error_over_seeds(14, items, 200)?;
            println!("{items}: {:.4} % of {:.4} %", 100.0 * error, 100.0 * standard);
            assert!(error < 1.15 * standard, "{items}: {error} of {standard}");
        }
        Ok(())
    }

    #[test]
    fn index_and_rank_are_independent() -> Result<()> {
        // Of items in one register, half have rank 1, whatever the register.
        let mut low = [0_u32; 16];
        let mut all = [0_u32; 16];
        for number in 0..64_000_i64 {
            let ItemHash { lo, hi } = number.item_hash(0);
            all[(lo >> 60) as usize] += 1;
            low[(lo >> 60) as usize] += u32::from(hi.leading_zeros() == 0);
        }
        let shares = low.iter().zip(all).map(|(low, all)| f64::from(*low) / f64::from(all));
        assert!(shares.clone().all(|share| (share - 0.5).abs() < 0.04), "{:?}", shares.collect::<Vec<_>>());
        Ok(())
    }
}
