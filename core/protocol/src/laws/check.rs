use super::report::{Counterexample, Law, LawReport, Verdict};
use super::{Random, Sampler};
use crate::error::{Code, Error, Result};

/// How hard to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LawOptions {
    /// Trials per law; 0 is refused.
    pub trials: u64,
    /// Where the samples start.
    pub seed: u64,
}

impl LawOptions {
    /// Trials per law unless said otherwise.
    pub const DEFAULT_TRIALS: u64 = 1000;
}

impl Default for LawOptions {
    fn default() -> Self {
        LawOptions { trials: Self::DEFAULT_TRIALS, seed: 0 }
    }
}

/// Most simpler candidates that are tried while shrinking one counterexample.
pub(super) const SHRINK_TRIALS: usize = 2000;
/// One operand in this many is a copy of another one, so that equal operands are looked at.
const REPEATED: usize = 8;

/// Tries a merge function on drawn samples.
///
/// `same` says when two results are equal. A merge that fails on some operands has to fail on both sides of a law.
/// Fails with `BAD_ARGUMENT` when there are no trials.
pub fn check<T: Clone>(
    merge: impl Fn(&T, &T) -> Result<T>,
    same: impl Fn(&T, &T) -> bool,
    sampler: &mut impl Sampler<T>,
    options: LawOptions,
) -> Result<LawReport<T>> {
    check_by_law(merge, |_, a, b| same(a, b), sampler, options)
}

/// As [`check`], where what counts as equal may depend on the law.
pub(super) fn check_by_law<T: Clone>(
    merge: impl Fn(&T, &T) -> Result<T>,
    same: impl Fn(Law, &T, &T) -> bool,
    sampler: &mut impl Sampler<T>,
    options: LawOptions,
) -> Result<LawReport<T>> {
    if options.trials == 0 {
        return Err(Error::new(Code::BadArgument, "a law check needs at least one trial"));
    }
    let laws = Laws { merge, same };
    let verdicts = Law::ALL.map(|law| (law, laws.try_drawn(law, sampler, options)));
    Ok(LawReport { verdicts: verdicts.into() })
}

/// Tries a merge function on every operand, pair and triple of some samples.
///
/// When there are more triples than `options.trials`, that many are drawn instead. Fails with `BAD_ARGUMENT` without samples or
/// trials.
pub fn check_all<T: Clone>(
    merge: impl Fn(&T, &T) -> Result<T>,
    same: impl Fn(&T, &T) -> bool,
    samples: &[T],
    options: LawOptions,
) -> Result<LawReport<T>> {
    check_all_by_law(merge, |_, a, b| same(a, b), samples, options)
}

/// As [`check_all`], where what counts as equal may depend on the law.
pub(super) fn check_all_by_law<T: Clone>(
    merge: impl Fn(&T, &T) -> Result<T>,
    same: impl Fn(Law, &T, &T) -> bool,
    samples: &[T],
    options: LawOptions,
) -> Result<LawReport<T>> {
    if samples.is_empty() || options.trials == 0 {
        return Err(Error::new(Code::BadArgument, "a law check needs at least one sample and one trial"));
    }
    let laws = Laws { merge, same };
    let verdicts = Law::ALL.map(|law| {
        let combinations = (samples.len() as u128).pow(law.operands());
        let verdict = if combinations <= u128::from(options.trials) {
            laws.try_every(law, samples, combinations as u64)
        } else {
            laws.try_drawn(law, &mut super::Samples(samples), options)
        };
        (law, verdict)
    });
    Ok(LawReport { verdicts: verdicts.into() })
}

/// Tries local operations: joining the state before an operation with the one after it has to give the one after it, from
/// either side.
///
/// `operate` gives the state after one operation, or an error when it is refused, which is no move and no fault. Fails with
/// `BAD_ARGUMENT` when there are no trials.
pub fn check_operations<T: Clone>(
    merge: impl Fn(&T, &T) -> Result<T>,
    same: impl Fn(&T, &T) -> bool,
    operate: impl Fn(&T, &mut Random) -> Result<T>,
    sampler: &mut impl Sampler<T>,
    options: LawOptions,
) -> Result<LawReport<T>> {
    if options.trials == 0 {
        return Err(Error::new(Code::BadArgument, "a law check needs at least one trial"));
    }
    let mut random = Random::new(options.seed);
    let mut verdict = Verdict::Held { trials: options.trials };
    for _ in 0..options.trials {
        let before = sampler.draw(&mut random);
        let Ok(after) = operate(&before, &mut random) else { continue };
        if let Some(found) = moved_down(&merge, &same, &before, &after) {
            verdict = Verdict::Broken(Box::new(found));
            break;
        }
    }
    Ok(LawReport { verdicts: vec![(Law::Monotone, verdict)] })
}

/// The counterexample that an operation is, if one of the joins with the state before it does not give the state after it.
fn moved_down<T: Clone>(
    merge: &impl Fn(&T, &T) -> Result<T>,
    same: &impl Fn(&T, &T) -> bool,
    before: &T,
    after: &T,
) -> Option<Counterexample<T>> {
    let joins = [merge(before, after), merge(after, before)];
    let wrong = joins.into_iter().find(|joined| !joined.as_ref().is_ok_and(|joined| same(joined, after)))?;
    let left = wrong.map_err(|error| error.to_string());
    Some(Counterexample { operands: vec![before.clone(), after.clone()], left, right: Ok(after.clone()) })
}

impl Law {
    const fn operands(self) -> u32 {
        match self {
            Law::Idempotent => 1,
            Law::Commutative | Law::Monotone => 2,
            Law::Associative => 3,
        }
    }
}

pub(super) struct Laws<M, S> {
    pub(super) merge: M,
    pub(super) same: S,
}

impl<M, S> Laws<M, S> {
    fn try_every<T: Clone>(&self, law: Law, samples: &[T], combinations: u64) -> Verdict<T>
    where
        M: Fn(&T, &T) -> Result<T>,
        S: Fn(Law, &T, &T) -> bool,
    {
        for combination in 0..combinations {
            let operands = combination_of(samples, combination, law.operands());
            if let Some(found) = self.broken(law, &operands) {
                return Verdict::Broken(Box::new(found));
            }
        }
        Verdict::Held { trials: combinations }
    }

    fn try_drawn<T: Clone>(&self, law: Law, sampler: &mut impl Sampler<T>, options: LawOptions) -> Verdict<T>
    where
        M: Fn(&T, &T) -> Result<T>,
        S: Fn(Law, &T, &T) -> bool,
    {
        // Every law has a stream of its own, so that looking at one does not move the others.
        let mut random = Random::new(options.seed.wrapping_add((law as u64) << 32));
        for _ in 0..options.trials {
            let operands = draw_operands(law, sampler, &mut random);
            if let Some(found) = self.broken(law, &operands) {
                return Verdict::Broken(Box::new(self.shrunk(law, found, sampler)));
            }
        }
        Verdict::Held { trials: options.trials }
    }

    /// The counterexample that the operands are, if they break the law.
    pub(super) fn broken<T: Clone>(&self, law: Law, operands: &[T]) -> Option<Counterexample<T>>
    where
        M: Fn(&T, &T) -> Result<T>,
        S: Fn(Law, &T, &T) -> bool,
    {
        let (left, right) = self.sides(law, operands)?;
        let holds = match (&left, &right) {
            (Ok(left), Ok(right)) => (self.same)(law, left, right),
            (Err(left), Err(right)) => left.code() == right.code(),
            _ => false,
        };
        let text = |side: Result<T>| side.map_err(|error| error.to_string());
        (!holds).then(|| Counterexample { operands: operands.to_vec(), left: text(left), right: text(right) })
    }

    /// Both sides of a law; `None` when there are not enough operands, which cannot be.
    fn sides<T: Clone>(&self, law: Law, operands: &[T]) -> Option<(Result<T>, Result<T>)>
    where
        M: Fn(&T, &T) -> Result<T>,
    {
        let merge = &self.merge;
        Some(match (law, operands) {
            (Law::Idempotent, [a, ..]) => (merge(a, a), Ok(a.clone())),
            (Law::Commutative, [a, b, ..]) => (merge(a, b), merge(b, a)),
            (Law::Monotone, [a, b, ..]) => (merge(a, b).and_then(|ab| merge(a, &ab)), merge(a, b)),
            (Law::Associative, [a, b, c, ..]) => {
                (merge(a, b).and_then(|ab| merge(&ab, c)), merge(b, c).and_then(|bc| merge(a, &bc)))
            }
            _ => return None,
        })
    }

    /// Replaces operands by simpler ones, and by each other, as long as the law stays broken.
    fn shrunk<T: Clone>(&self, law: Law, mut found: Counterexample<T>, sampler: &impl Sampler<T>) -> Counterexample<T>
    where
        M: Fn(&T, &T) -> Result<T>,
        S: Fn(Law, &T, &T) -> bool,
    {
        let mut left = SHRINK_TRIALS;
        while left > 0 {
            let candidates = simpler_operands(&found.operands, sampler);
            left = left.saturating_sub(candidates.len().max(1));
            match candidates.iter().find_map(|operands| self.broken(law, operands)) {
                Some(simpler) => found = simpler,
                None => break,
            }
        }
        found
    }
}

fn combination_of<T: Clone>(samples: &[T], mut combination: u64, operands: u32) -> Vec<T> {
    let base = samples.len() as u64;
    (0..operands)
        .filter_map(|_| {
            let sample = samples.get((combination % base) as usize).cloned();
            combination /= base;
            sample
        })
        .collect()
}

pub(super) fn draw_operands<T: Clone>(law: Law, sampler: &mut impl Sampler<T>, random: &mut Random) -> Vec<T> {
    let mut operands: Vec<T> = Vec::new();
    for _ in 0..law.operands() {
        let repeated = if random.one_in(REPEATED) { random.pick(&operands).cloned() } else { None };
        operands.push(repeated.unwrap_or_else(|| sampler.draw(random)));
    }
    operands
}

pub(super) fn simpler_operands<T: Clone>(operands: &[T], sampler: &impl Sampler<T>) -> Vec<Vec<T>> {
    let replaced = |index: usize, simpler: T| {
        let mut operands = operands.to_vec();
        if let Some(operand) = operands.get_mut(index) {
            *operand = simpler;
        }
        operands
    };
    operands
        .iter()
        .enumerate()
        .flat_map(|(index, operand)| sampler.simpler(operand).into_iter().map(move |simpler| (index, simpler)))
        .map(|(index, simpler)| replaced(index, simpler))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers below 100; smaller ones are simpler.
    struct Numbers;

    impl Sampler<u64> for Numbers {
        fn draw(&mut self, random: &mut Random) -> u64 {
            random.bits() % 100
        }

        fn simpler(&self, sample: &u64) -> Vec<u64> {
            [sample / 2, sample.saturating_sub(1)].into_iter().filter(|number| number < sample).collect()
        }
    }

    fn report(merge: impl Fn(u64, u64) -> u64) -> Result<LawReport<u64>> {
        check(|a, b| Ok(merge(*a, *b)), |a, b| a == b, &mut Numbers, LawOptions::default())
    }

    #[test]
    fn max_is_a_join_and_sum_is_not() -> Result<()> {
        assert!(report(u64::max)?.is_lawful());
        let sum = report(|a, b| a + b)?;
        assert_eq!(sum.broken().map(|(law, _)| law).collect::<Vec<_>>(), [Law::Idempotent, Law::Monotone]);
        Ok(())
    }

    #[test]
    fn counterexamples_are_small() -> Result<()> {
        let left = report(|a, _| a)?;
        let Some(Verdict::Broken(found)) = left.verdict(Law::Commutative) else {
            return Err(Error::new(Code::Internal, "taking the left side is not commutative"));
        };
        assert!(matches!(found.operands[..], [0, 1] | [1, 0]), "{found:?}");
        Ok(())
    }

    #[test]
    fn operations_that_move_down_are_found() -> Result<()> {
        let max = |a: &u64, b: &u64| Ok(*a.max(b));
        let judge = |operate: fn(&u64, &mut Random) -> Result<u64>| {
            check_operations(max, |a, b| a == b, operate, &mut Numbers, LawOptions::default())
        };
        assert!(judge(|number, random| Ok(number + random.bits() % 3))?.is_lawful());
        assert!(judge(|_, _| Err(Error::new(Code::OutOfRange, "refused")))?.is_lawful());
        assert!(!judge(|number, _| Ok(number.saturating_sub(1)))?.is_lawful());
        Ok(())
    }

    #[test]
    fn no_trials_and_no_samples_are_refused() {
        let options = LawOptions { trials: 0, seed: 0 };
        let merge = |a: &u64, _: &u64| Ok(*a);
        assert_eq!(check(merge, |a, b| a == b, &mut Numbers, options).unwrap_err().code(), Code::BadArgument);
        assert_eq!(check_all(merge, |a, b| a == b, &[], LawOptions::default()).unwrap_err().code(), Code::BadArgument);
    }

    #[test]
    fn a_merge_that_fails_on_one_side_only_is_caught() -> Result<()> {
        let merge = |a: &u64, b: &u64| if a > b { Err(Error::new(Code::BadValue, "no")) } else { Ok(*b) };
        let report = check_all(merge, |a, b| a == b, &[1, 2], LawOptions::default())?;
        assert!(!report.verdict(Law::Commutative).is_some_and(Verdict::is_held));
        Ok(())
    }
}
