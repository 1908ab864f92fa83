//! Jobs: long work in steps, driven by whoever waits for it.
//!
//! A job never calls user code, reads no clock and holds no thread. Its owner calls [`Job::step`] again and again, shows the
//! progress, answers what is asked, and may drop the job at any time: nothing it was given has changed then.

use crate::error::Result;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done: a short name in lower case.
    pub phase: &'static str,
    /// Units done in this phase.
    pub done: u64,
    /// Units in this phase, when they are known.
    pub total: Option<u64>,
    /// What is counted.
    pub unit: &'static str,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<Q> {
    /// There is more to do.
    Running(Progress),
    /// The job goes on when these questions have been answered with [`Job::answer`].
    Ask(Q),
    /// There is nothing left to do: [`Job::finish`] gives the result.
    Done,
}

/// Work that is done in steps.
pub trait Job {
    /// What it may ask, in batches.
    type Question;
    /// The answers to a batch.
    type Answer;
    /// What it comes to.
    type Output;

    /// Does about `budget` units of work, at least one; a unit is in the order of a microsecond on one core.
    ///
    /// A step after [`Step::Ask`] without an answer asks the same again. After an error the job is over, and every further step
    /// fails with the same code.
    fn step(&mut self, budget: u64) -> Result<Step<Self::Question>>;

    /// Answers the questions of the last [`Step::Ask`].
    ///
    /// Fails with `BAD_ARGUMENT`, and goes on waiting, when nothing was asked or the answer has another shape.
    fn answer(&mut self, answer: Self::Answer) -> Result<()>;

    /// The result. Fails with `BAD_ARGUMENT` before the last step, and with what a step failed with.
    fn finish(self) -> Result<Self::Output>;
}

/// Runs a job to its end, answering with `answer`.
///
/// `watch` hears of the progress after every step; when it gives `false` the job is dropped with `CANCELLED`.
pub fn run<J: Job>(
    mut job: J,
    budget: u64,
    mut answer: impl FnMut(J::Question) -> Result<J::Answer>,
    mut watch: impl FnMut(Progress) -> bool,
) -> Result<J::Output> {
    loop {
        match job.step(budget)? {
            Step::Done => return job.finish(),
            Step::Ask(question) => job.answer(answer(question)?)?,
            Step::Running(progress) if watch(progress) => {}
            Step::Running(_) => {
                return Err(crate::error::Error::new(crate::error::Code::Cancelled, "the job was cancelled"));
            }
        }
    }
}
