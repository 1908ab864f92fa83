use super::MinHash;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Place by place the smaller figure: the signature of all items of both. The places have no names, so an observer hears nothing.
impl Join for MinHash {
    /// Fails with `PARAMETER_MISMATCH` between two lengths or seeds.
    fn join_with<O: Observer>(&mut self, other: &Self, _: &mut O) -> Result<Changed> {
        self.check_parameters(other)?;
        let mut moved = false;
        for (here, there) in self.signature.iter_mut().zip(&other.signature) {
            moved |= *there < *here;
            *here = (*here).min(*there);
        }
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || moved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn the_join_has_the_items_of_both() -> Result<()> {
        let [mut evens, mut odds, mut all] = [MinHash::default(), MinHash::default(), MinHash::default()];
        evens.add_all((0..50_i64).map(|number| 2 * number));
        odds.add_all((0..50_i64).map(|number| 2 * number + 1));
        all.add_all(0..100_i64);
        assert_eq!(evens.joined(&odds)?, all);
        assert_eq!(evens.join(&odds)?, Changed::Yes);
        assert_eq!(evens.join(&odds)?, Changed::No);
        Ok(())
    }

    #[test]
    fn other_parameters_change_nothing() -> Result<()> {
        for mut other in [MinHash::new(5)?, MinHash::with_seed(4, 1)?] {
            let mut signature = MinHash::new(4)?;
            other.add("x");
            assert_eq!(signature.join(&other).unwrap_err().code(), Code::ParameterMismatch);
            assert_eq!(signature, MinHash::new(4)?);
        }
        Ok(())
    }
}
