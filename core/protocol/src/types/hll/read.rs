use super::CompatHll;
use crate::sketch::Estimate;

/// Number of hashes of 64 bits, as a double.
const HASHES: f64 = 18_446_744_073_709_551_616.0;
/// Above this the estimate is corrected for different items with equal hashes.
const LARGE: f64 = 4_294_967_296.0 / 30.0;
/// Up to this many times the number of registers, empty registers tell more than ranks do.
const SMALL: f64 = 2.5;

impl CompatHll {
    /// How many different items were added, with bounds two standard errors away.
    ///
    /// The number is infinite when the registers stand for at least 2^64 items.
    pub fn estimate(&self) -> Estimate {
        Estimate::with_relative_error(self.corrected(), self.standard_error())
    }

    /// The standard error of the estimate as a share of it.
    pub fn standard_error(&self) -> f64 {
        1.04 / self.size().sqrt()
    }

    /// The number of registers. At most 2^18, so a double holds it exactly.
    fn size(&self) -> f64 {
        self.registers.len() as f64
    }

    /// From the harmonic mean of the ranks.
    fn raw(&self) -> f64 {
        let sum = self.registers.iter().fold(0.0, |sum, rank| sum + reciprocal_power(*rank));
        alpha(self.size()) * self.size() * self.size() / sum
    }

    fn corrected(&self) -> f64 {
        let estimate = self.uncrowded();
        if estimate <= LARGE {
            return estimate;
        }
        if estimate >= HASHES {
            return f64::INFINITY;
        }
        -HASHES * libm::log(1.0 - estimate / HASHES)
    }

    /// The raw estimate, or for few items the one from the number of empty registers.
    fn uncrowded(&self) -> f64 {
        let raw = self.raw();
        let empty = self.registers.iter().filter(|rank| **rank == 0).count();
        if raw > SMALL * self.size() || empty == 0 {
            return raw;
        }
        self.size() * libm::log(self.size() / empty as f64)
    }
}

/// Corrects the bias of the harmonic mean.
fn alpha(size: f64) -> f64 {
    match size as u32 {
        16 => 0.673,
        32 => 0.697,
        64 => 0.709,
        _ => 0.7213 / (1.0 + 1.079 / size),
    }
}

/// 2^−`rank`, exactly: the exponent of a double reaches further than that of any rank.
fn reciprocal_power(rank: u8) -> f64 {
    f64::from_bits((1023 - u64::from(rank)) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    fn sketch(precision: u8, ranks: impl FnMut(usize) -> u8) -> CompatHll {
        let registers = (0..1 << precision).map(ranks).collect();
        CompatHll { precision, registers, extensions: Default::default() }
    }

    #[test]
    fn reads_have_their_bits() -> Result<()> {
        let mut few = CompatHll::new(4)?;
        few.add_all((0..100).map(|number| number.to_string()))?;
        assert_eq!(few.estimate().value, 79.042_523_297_491_04);
        assert_eq!(few.standard_error(), 0.26);
        assert_eq!(CompatHll::new(4)?.estimate(), Estimate { value: 0.0, low: 0.0, high: 0.0 });
        Ok(())
    }

    #[test]
    fn full_registers_stand_for_infinitely_many() {
        assert_eq!(sketch(4, |_| 255).estimate().value, f64::INFINITY);
        let many = sketch(4, |_| 40).estimate();
        assert!(many.value > LARGE && many.low < many.value && many.value < many.high && many.high.is_finite());
    }

    #[test]
    fn powers_are_exact() {
        assert!((0..=u8::MAX).all(|rank| reciprocal_power(rank) == 2.0_f64.powi(-i32::from(rank))));
    }
}
