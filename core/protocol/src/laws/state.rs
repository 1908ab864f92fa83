use super::{LawOptions, LawReport, Sampler, check, check_all};
use crate::error::Result;
use crate::state::State;

/// Checks the join of a kind on drawn states: equal states, and equal canonical bytes wherever both sides have some.
pub fn check_state<S: State>(sampler: &mut impl Sampler<S>, options: LawOptions) -> Result<LawReport<S>> {
    check(S::joined, S::eq, sampler, options)
}

/// Checks the join of a kind on every operand, pair and triple of some states.
pub fn check_states<S: State>(samples: &[S], options: LawOptions) -> Result<LawReport<S>> {
    check_all(S::joined, S::eq, samples, options)
}
