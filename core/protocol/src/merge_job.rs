//! Merging a large frame in steps.

use std::borrow::Borrow;
use std::convert::Infallible;

use crate::error::{Code, Error, Result};
use crate::job::{Job, Progress, Step};
use crate::join::{Join, MergeReport};
use crate::state::AnyState;
use crate::value::Value;
use crate::wire::DecodeOptions;

/// A state that joins range of keys by range of keys.
///
/// Kinds without keys, and kinds that are small, are one range.
pub(crate) trait Ranges: Join {
    /// How many keys there are.
    fn key_count(&self) -> u64 {
        1
    }

    /// The key that is `count` places behind `after`, when there are more behind it.
    fn limit(&self, _after: Option<&Value>, _count: usize) -> Option<Value> {
        None
    }

    /// The state of the keys behind `after`, up to `up_to` and with it. What has no keys, such as a context, is in every part.
    fn between(&self, _after: Option<&Value>, _up_to: Option<&Value>) -> Self {
        self.clone()
    }

    /// Adds a part whose keys are behind all others; what has no keys is that of the part.
    fn append(&mut self, part: Self) {
        *self = part;
    }

    /// A copy that can be taken apart, when this state cannot.
    fn sorted(&self) -> Option<Self> {
        None
    }

    /// Fails when the states do not join for a reason that shows in no single range.
    fn check_whole(&self, _other: &Self) -> Result<()> {
        Ok(())
    }
}

/// Decodes a frame and joins it with a state, in steps: for frames that are too large to hold up an event loop.
///
/// The state is borrowed, or held by something that borrows as it (`&AnyState`, `Arc<AnyState>`), and never changed: the result
/// is a new one, to take its place when all went well. Reading the frame is one step; the join goes range by range of keys.
/// Sketches, counters, clocks and Merkle trees join in one step.
///
/// ```
/// # use crdt_merge_protocol::{AnyState, Framed, LwwMap, MergeJob, Stamp, job, wire::DecodeOptions};
/// let mut here = LwwMap::new();
/// here.write("theme", "dark", Stamp::from_micros(1), "laptop")?;
/// let mut there = LwwMap::new();
/// there.write("size", 12, Stamp::from_micros(2), "phone")?;
/// let here = AnyState::from(here);
/// let job = MergeJob::new(&here, there.encode(), DecodeOptions::strict());
/// let (merged, report) = job::run(job, 1_000, |never| match never {}, |_| true)?;
/// assert!(report.changed && merged != here);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug)]
pub struct MergeJob<H> {
    here: H,
    options: DecodeOptions,
    report: MergeReport,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Read(Vec<u8>),
    Join(Box<Joining>),
    Done(Box<AnyState>),
    Failed(Error),
}

/// A join under way.
#[derive(Debug)]
struct Joining {
    there: AnyState,
    /// The state that the other one is joined with, where that cannot be taken apart as it is.
    sorted: Option<AnyState>,
    /// The ranges that are done.
    joined: Option<AnyState>,
    /// The last key of these.
    after: Option<Value>,
    done: u64,
    total: u64,
}

impl<H: Borrow<AnyState>> MergeJob<H> {
    /// A merge of a state and a frame.
    pub fn new(here: H, frame: Vec<u8>, options: DecodeOptions) -> Self {
        MergeJob { here, options, report: MergeReport::default(), stage: Stage::Read(frame) }
    }

    /// The same job with a report that collects the keys that change.
    #[must_use]
    pub fn with_keys(mut self) -> Self {
        self.report = MergeReport::with_keys();
        self
    }

    /// The next stage, as far as a budget goes.
    fn advance(&mut self, stage: Stage, budget: usize) -> Result<Stage> {
        match stage {
            Stage::Read(frame) => {
                let there = AnyState::decode_with(&frame, &self.options)?;
                let here = self.here.borrow();
                here.check_whole(&there)?;
                let total = here.key_count().max(there.key_count());
                let sorted = here.sorted();
                Ok(Stage::Join(Box::new(Joining { there, sorted, joined: None, after: None, done: 0, total })))
            }
            Stage::Join(joining) => joining.advance(self.here.borrow(), &mut self.report, budget),
            Stage::Failed(error) => Err(error),
            done @ Stage::Done(_) => Ok(done),
        }
    }
}

impl Joining {
    /// Joins the next range of keys.
    fn advance(mut self: Box<Self>, here: &AnyState, report: &mut MergeReport, budget: usize) -> Result<Stage> {
        let (here, after) = (self.sorted.as_ref().unwrap_or(here), self.after.as_ref());
        let limits = [here.limit(after, budget), self.there.limit(after, budget)];
        let up_to = limits.into_iter().flatten().min();
        let mut part = here.between(after, up_to.as_ref());
        let changed = part.join_with(&self.there.between(after, up_to.as_ref()), report)?;
        report.changed |= changed.is_yes();
        self.done = (self.done + part.key_count()).min(self.total);
        match &mut self.joined {
            Some(joined) => joined.append(part),
            None => self.joined = Some(part),
        }
        Ok(match (up_to, self.joined.take()) {
            (None, Some(joined)) => Stage::Done(Box::new(joined)),
            (up_to, joined) => {
                (self.after, self.joined) = (up_to, joined);
                Stage::Join(self)
            }
        })
    }
}

impl<H: Borrow<AnyState>> Job for MergeJob<H> {
    type Question = Infallible;
    type Answer = Infallible;
    type Output = (AnyState, MergeReport);

    /// A unit is a key.
    fn step(&mut self, budget: u64) -> Result<Step<Infallible>> {
        let over = Stage::Failed(Error::new(Code::Internal, "the step before this one did not come back"));
        let stage = std::mem::replace(&mut self.stage, over);
        let budget = usize::try_from(budget).unwrap_or(usize::MAX).max(1);
        match self.advance(stage, budget) {
            Ok(stage) => self.stage = stage,
            Err(error) => {
                self.stage = Stage::Failed(error.clone());
                return Err(error);
            }
        }
        Ok(match &self.stage {
            Stage::Join(joining) => Step::Running(Progress {
                phase: "joining",
                done: joining.done,
                total: Some(joining.total),
                unit: "keys",
            }),
            _ => Step::Done,
        })
    }

    /// There are no questions, so there is nothing that could be answered.
    fn answer(&mut self, answer: Infallible) -> Result<()> {
        match answer {}
    }

    fn finish(self) -> Result<(AnyState, MergeReport)> {
        match self.stage {
            Stage::Done(joined) => Ok((*joined, self.report)),
            Stage::Failed(error) => Err(error),
            Stage::Read(_) | Stage::Join(_) => Err(Error::new(Code::BadArgument, "the merge has not come to its end")),
        }
    }
}

macro_rules! ranges_of_any {
    ($($kind:ident),* $(,)?) => {
        impl Ranges for AnyState {
            fn key_count(&self) -> u64 {
                match self {
                    $(AnyState::$kind(state) => state.key_count(),)*
                    _ => 1,
                }
            }

            fn sorted(&self) -> Option<Self> {
                match self {
                    $(AnyState::$kind(state) => state.sorted().map(AnyState::$kind),)*
                    _ => None,
                }
            }

            fn limit(&self, after: Option<&Value>, count: usize) -> Option<Value> {
                match self {
                    $(AnyState::$kind(state) => state.limit(after, count),)*
                    _ => None,
                }
            }

            fn between(&self, after: Option<&Value>, up_to: Option<&Value>) -> Self {
                match self {
                    $(AnyState::$kind(state) => AnyState::$kind(state.between(after, up_to)),)*
                    other => other.clone(),
                }
            }

            fn append(&mut self, part: Self) {
                match (self, part) {
                    $((AnyState::$kind(state), AnyState::$kind(part)) => state.append(part),)*
                    (state, part) => *state = part,
                }
            }

            fn check_whole(&self, other: &Self) -> Result<()> {
                match (self, other) {
                    $((AnyState::$kind(state), AnyState::$kind(other)) => state.check_whole(other),)*
                    _ => Ok(()),
                }
            }
        }
    };
}

ranges_of_any!(LwwMap, OrSet, GossipState);

/// The text of a key, for kinds whose keys are names.
pub(crate) fn name_of(key: Option<&Value>) -> Option<&str> {
    key.and_then(Value::as_text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::run;
    use crate::laws::{Random, kinds};
    use crate::state::{Framed, State};

    fn in_steps(here: &AnyState, frame: Vec<u8>, budget: u64) -> Result<(AnyState, MergeReport)> {
        let job = MergeJob::new(here, frame, DecodeOptions::strict()).with_keys();
        run(job, budget, |never| match never {}, |progress| progress.done <= progress.total.unwrap_or(0))
    }

    fn agrees<S: State + Into<AnyState>>(draw: impl Fn(&mut Random) -> S) {
        let mut random = Random::new(7);
        for _ in 0..300 {
            let (here, there) = (draw(&mut random), draw(&mut random));
            let (frame, here, there) = (there.encode(), here.into(), there.into());
            for budget in [1, 2, 1_000] {
                let stepped = in_steps(&here, frame.clone(), budget).map(|(joined, report)| (joined, report.changed));
                let mut joined = here.clone();
                let at_once = joined.join(&there).map(|changed| (joined, changed.is_yes()));
                match (stepped, at_once) {
                    (Ok(stepped), Ok(at_once)) => {
                        assert_eq!(stepped, at_once);
                        assert_eq!(stepped.0.encode(), at_once.0.encode());
                    }
                    (stepped, at_once) => {
                        assert_eq!(stepped.map_err(|error| error.code()), at_once.map_err(|error| error.code()));
                    }
                }
            }
        }
    }

    #[test]
    fn steps_join_as_one_merge_does() {
        agrees(kinds::lww_map);
        agrees(kinds::or_set);
        agrees(kinds::gossip_state);
        agrees(kinds::g_counter);
    }

    #[test]
    fn a_failed_merge_stays_failed() {
        let here = AnyState::from(crate::types::GCounter::new());
        let mut job = MergeJob::new(&here, crate::types::PnCounter::new().encode(), DecodeOptions::strict());
        assert!(matches!(job.step(1), Ok(Step::Running(_))));
        assert_eq!(job.step(1).unwrap_err().code(), Code::TypeMismatch);
        assert_eq!(job.step(1).unwrap_err().code(), Code::TypeMismatch);
        assert_eq!(job.finish().unwrap_err().code(), Code::TypeMismatch);
    }
}
