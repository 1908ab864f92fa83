/// Places that an item has in a table: (first + i · step) mod size for i from 0, in whole numbers without a bound.
pub(crate) struct Positions {
    next: u64,
    step: u64,
    size: u64,
}

impl Positions {
    /// The places in a table of `size`, which is from 1 to 2⁶³.
    #[inline]
    pub(crate) fn new(first: u64, step: u64, size: u64) -> Self {
        // A table of no size has the one place 0; callers refuse such tables.
        let size = size.max(1);
        Positions { next: first % size, step: step % size, size }
    }
}

impl Iterator for Positions {
    type Item = u64;

    /// Residues are added, and one subtraction keeps them below `size`: the same as dividing sums of 128 bits.
    #[inline]
    fn next(&mut self) -> Option<u64> {
        let position = self.next;
        let sum = position + self.step;
        self.next = if sum >= self.size { sum - self.size } else { sum };
        Some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::Positions;

    #[test]
    fn positions_are_those_of_wide_sums() {
        for size in [1, 2, 63, 64, 719, 95_851, 1 << 28, (1 << 32) - 1, 1 << 32] {
            for (first, step) in [(0, 0), (u64::MAX, u64::MAX), (15_742_199_321_690_249_996, 9_853_325_833_115_159_628)]
            {
                let wide =
                    (0..100_u128).map(|i| ((u128::from(first) + i * u128::from(step)) % u128::from(size)) as u64);
                assert!(Positions::new(first, step, size).take(100).eq(wide), "{size} {first} {step}");
            }
        }
    }
}
