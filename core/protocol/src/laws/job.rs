use std::cell::RefCell;
use std::collections::HashMap;

use super::check::{Laws, draw_operands, simpler_operands};
use super::report::{Counterexample, Law, LawReport, Verdict};
use super::{LawOptions, Mixed, Random};
use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress, Step};
use crate::value::Value;

/// Two values to merge.
pub type MergePair = (Value, Value);
/// What a user's function made of a pair: the merged value, or what it raised.
pub type Merged = std::result::Result<Value, String>;

/// Checks a user's merge function of values, which the job never calls: it asks for merges in batches.
///
/// It tries the same operands in the same order as [`super::check`] does with the same sampler and options, and comes to the same
/// report. Of one batch of trials no pair is asked twice; the function is taken to be one, giving one result for one pair.
///
/// ```
/// # use crdt_merge_protocol::{Value, job, laws::{LawJob, LawOptions, Mixed}};
/// let job = LawJob::new(Mixed::default(), LawOptions::default())?;
/// let greater = |pairs: Vec<(Value, Value)>| Ok(pairs.into_iter().map(|(a, b)| Ok(a.max(b))).collect());
/// assert!(job::run(job, 1_000, greater, |_| true)?.is_lawful());
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug)]
pub struct LawJob {
    sampler: Mixed,
    options: LawOptions,
    /// The law at hand and those after it.
    laws: std::slice::Iter<'static, Law>,
    law: Option<Trials>,
    /// What is known of the function; kept for one window of trials.
    known: HashMap<MergePair, Merged>,
    asked: Vec<MergePair>,
    verdicts: Vec<(Law, Verdict<Value>)>,
    failure: Option<Error>,
}

/// The trials of one law.
#[derive(Debug)]
struct Trials {
    law: Law,
    random: Random,
    drawn: u64,
    /// Operands that are being looked at, in order.
    window: Vec<Vec<Value>>,
    /// The smallest counterexample so far, and how many simpler candidates may still be tried.
    shrinking: Option<(Counterexample<Value>, usize)>,
}

/// What looking at a window came to.
enum Look {
    Missing(Vec<MergePair>),
    Found(Counterexample<Value>),
    Nothing,
}

impl LawJob {
    /// A check of a function over drawn values.
    ///
    /// Fails with `BAD_ARGUMENT` when there are no trials.
    pub fn new(sampler: Mixed, options: LawOptions) -> Result<Self> {
        if options.trials == 0 {
            return Err(Error::new(Code::BadArgument, "a law check needs at least one trial"));
        }
        let mut job = LawJob {
            sampler,
            options,
            laws: Law::ALL.iter(),
            law: None,
            known: HashMap::new(),
            asked: Vec::new(),
            verdicts: Vec::new(),
            failure: None,
        };
        job.next_law();
        Ok(job)
    }

    fn next_law(&mut self) {
        let seed = self.options.seed;
        self.known.clear();
        self.law = self.laws.next().map(|law| Trials {
            law: *law,
            // The stream that the checker gives this law.
            random: Random::new(seed.wrapping_add((*law as u64) << 32)),
            drawn: 0,
            window: Vec::new(),
            shrinking: None,
        });
    }

    fn decide(&mut self, verdict: Verdict<Value>) {
        if let Some(trials) = &self.law {
            self.verdicts.push((trials.law, verdict));
        }
        self.next_law();
    }

    fn progress(&self) -> Progress {
        let phase = self.law.as_ref().map_or("done", |trials| trials.law.name());
        let drawn = self.law.as_ref().map_or(self.options.trials, |trials| trials.drawn);
        Progress { phase, done: drawn, total: Some(self.options.trials), unit: "trials" }
    }

    /// Looks at the window of the law at hand once.
    fn advance(&mut self, budget: u64) -> Option<Vec<MergePair>> {
        let trials = self.law.as_mut()?;
        trials.fill(&mut self.sampler, self.options.trials, budget);
        match trials.look(&self.known) {
            Look::Missing(pairs) => return Some(pairs),
            Look::Found(found) => trials.shrink_to(found, &self.sampler),
            Look::Nothing => trials.window.clear(),
        }
        self.known.clear();
        if let Some(verdict) = self.law.as_mut().and_then(|trials| trials.verdict(self.options.trials)) {
            self.decide(verdict);
        }
        None
    }
}

impl Trials {
    /// Draws as many trials as the budget allows, when none are left to look at.
    fn fill(&mut self, sampler: &mut Mixed, most: u64, budget: u64) {
        while self.shrinking.is_none() && self.drawn < most && (self.window.len() as u64) < budget.max(1) {
            self.window.push(draw_operands(self.law, sampler, &mut self.random));
            self.drawn += 1;
        }
    }

    /// Looks at the operands in order, as far as all merges before the first counterexample are known.
    fn look(&self, known: &HashMap<MergePair, Merged>) -> Look {
        let missing = RefCell::new(Vec::new());
        let laws = Laws {
            merge: |a: &Value, b: &Value| lookup(known, &missing, a, b),
            same: |_, a: &Value, b: &Value| a == b,
        };
        for operands in &self.window {
            let before = missing.borrow().len();
            let found = laws.broken(self.law, operands);
            let is_known = missing.borrow().len() == before;
            if let Some(found) = found.filter(|_| is_known && before == 0) {
                return Look::Found(found);
            }
        }
        let mut missing = missing.into_inner();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() { Look::Nothing } else { Look::Missing(missing) }
    }

    /// Goes on with what is simpler than a counterexample.
    fn shrink_to(&mut self, found: Counterexample<Value>, sampler: &Mixed) {
        let left = self.shrinking.as_ref().map_or(super::check::SHRINK_TRIALS, |(_, left)| *left);
        self.window = if left > 0 { simpler_operands(&found.operands, sampler) } else { Vec::new() };
        self.shrinking = Some((found, left.saturating_sub(self.window.len().max(1))));
    }

    /// The verdict, once nothing is left to look at.
    fn verdict(&mut self, most: u64) -> Option<Verdict<Value>> {
        if !self.window.is_empty() {
            return None;
        }
        match self.shrinking.take() {
            Some((found, _)) => Some(Verdict::Broken(Box::new(found))),
            None if self.drawn == most => Some(Verdict::Held { trials: most }),
            None => None,
        }
    }
}

/// The merge as far as it is known; what is not is noted.
fn lookup(
    known: &HashMap<MergePair, Merged>,
    missing: &RefCell<Vec<MergePair>>,
    a: &Value,
    b: &Value,
) -> Result<Value> {
    let pair = (a.clone(), b.clone());
    match known.get(&pair) {
        Some(Ok(merged)) => Ok(merged.clone()),
        Some(Err(raised)) => Err(Error::new(Code::StrategyFailed, raised.clone())),
        None => {
            missing.borrow_mut().push(pair);
            Err(Error::new(Code::StrategyFailed, "not asked yet"))
        }
    }
}

impl Job for LawJob {
    type Question = Vec<MergePair>;
    type Answer = Vec<Merged>;
    type Output = LawReport<Value>;

    fn step(&mut self, budget: u64) -> Result<Step<Self::Question>> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.asked.is_empty() {
            self.asked = self.advance(budget).unwrap_or_default();
        }
        Ok(match self.law {
            _ if !self.asked.is_empty() => Step::Ask(self.asked.clone()),
            Some(_) => Step::Running(self.progress()),
            None => Step::Done,
        })
    }

    fn answer(&mut self, answer: Self::Answer) -> Result<()> {
        if self.asked.is_empty() || answer.len() != self.asked.len() {
            return Err(Error::new(Code::BadArgument, "expected one answer to each question")
                .with("expected", self.asked.len())
                .with("found", answer.len()));
        }
        self.known.extend(std::mem::take(&mut self.asked).into_iter().zip(answer));
        Ok(())
    }

    fn finish(self) -> Result<Self::Output> {
        match (self.failure, self.law) {
            (Some(failure), _) => Err(failure),
            (None, Some(_)) => Err(Error::new(Code::BadArgument, "the check has not come to its end")),
            (None, None) => Ok(LawReport { verdicts: self.verdicts }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::run;
    use crate::laws::check;

    const OPTIONS: LawOptions = LawOptions { trials: 300, seed: 5 };

    fn both(merge: impl Fn(&Value, &Value) -> Merged) -> Result<(LawReport<Value>, LawReport<Value>)> {
        let direct = |a: &Value, b: &Value| merge(a, b).map_err(|raised| Error::new(Code::StrategyFailed, raised));
        let at_once = check(direct, |a, b| a == b, &mut Mixed::default(), OPTIONS)?;
        let answer = |pairs: Vec<MergePair>| Ok(pairs.iter().map(|(a, b)| merge(a, b)).collect());
        let in_steps = run(LawJob::new(Mixed::default(), OPTIONS)?, 17, answer, |_| true)?;
        Ok((at_once, in_steps))
    }

    #[test]
    fn steps_come_to_the_report_of_the_checker() -> Result<()> {
        let merges: [fn(&Value, &Value) -> Merged; 4] = [
            |a, b| Ok(a.max(b).clone()),
            |a, _| Ok(a.clone()),
            |a, b| if a.kind() == b.kind() { Ok(a.max(b).clone()) } else { Err("two kinds".to_owned()) },
            |a, b| Ok(Value::Text(a.py_str() + &b.py_str())),
        ];
        for merge in merges {
            let (at_once, in_steps) = both(merge)?;
            assert_eq!(at_once, in_steps);
        }
        assert!(both(merges[0])?.1.is_lawful() && !both(merges[3])?.1.is_lawful());
        Ok(())
    }

    #[test]
    fn answers_of_another_shape_are_refused_and_the_questions_stay() -> Result<()> {
        let mut job = LawJob::new(Mixed::default(), OPTIONS)?;
        assert_eq!(job.answer(vec![]).unwrap_err().code(), Code::BadArgument);
        let Step::Ask(pairs) = job.step(10)? else { return Err(Error::new(Code::Internal, "expected questions")) };
        assert_eq!(job.answer(vec![]).unwrap_err().code(), Code::BadArgument);
        assert_eq!(job.step(10)?, Step::Ask(pairs.clone()));
        job.answer(pairs.into_iter().map(|(a, _)| Ok(a)).collect())?;
        assert!(matches!(job.step(10)?, Step::Running(_) | Step::Ask(_)));
        assert_eq!(job.finish().unwrap_err().code(), Code::BadArgument);
        Ok(())
    }

    #[test]
    fn samples_of_the_user_are_tried() -> Result<()> {
        let secret = Value::from("only the user has this");
        let bad = |pairs: Vec<MergePair>| {
            let merge = |(a, b): &MergePair| Ok(if *a == secret { a.clone() } else { a.max(b).clone() });
            Ok(pairs.iter().map(merge).collect())
        };
        let sampler = Mixed::with_samples(vec![secret.clone()]);
        assert!(!run(LawJob::new(sampler, OPTIONS)?, 100, bad, |_| true)?.is_lawful());
        assert!(run(LawJob::new(Mixed::default(), OPTIONS)?, 100, bad, |_| true)?.is_lawful());
        Ok(())
    }
}
