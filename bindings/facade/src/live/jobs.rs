//! Long operations, which the host steps.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crdt_merge_protocol::job::{Job as _, Progress, Step};
use crdt_merge_protocol::laws::{LawJob, Merged, Mixed};
use crdt_merge_protocol::{AnyState, Code, Error, MergeJob, Result};

use super::State;
use crate::datum::Datum;

/// A job, until its result was taken or it was cancelled.
pub(crate) struct Job(Mutex<Stage>);

enum Stage {
    Merge { job: Box<MergeJob<AnyState>>, into: Arc<State> },
    Laws(Box<LawJob>),
    Over(Code),
}

impl Job {
    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a job came to in one step.
fn stepped<Q>(step: Step<Q>, questions: impl Fn(Q) -> Datum) -> Datum {
    let record = |state: &str, questions: Datum, progress: Option<Progress>| {
        let (phase, unit) =
            progress.map_or((Datum::Null, Datum::Null), |p| (Datum::text(p.phase), Datum::text(p.unit)));
        Datum::map([
            ("state", Datum::text(state)),
            ("phase", phase),
            ("done", progress.map_or(Datum::Null, |p| Datum::count(p.done))),
            ("total", progress.and_then(|p| p.total).map_or(Datum::Null, Datum::count)),
            ("unit", unit),
            ("questions", questions),
        ])
    };
    match step {
        Step::Running(progress) => record("running", Datum::Null, Some(progress)),
        Step::Ask(asked) => record("ask", questions(asked), None),
        Step::Done => record("done", Datum::Null, None),
    }
}

fn over(code: Code) -> Error {
    match code {
        Code::Cancelled => Error::new(code, "the job was cancelled"),
        _ => Error::new(code, "the result of the job was taken"),
    }
}

pub(crate) mod operations {
    use crdt_merge_protocol::Join;

    use super::*;
    use crate::arguments::{bad_argument, bytes, decode_options, int, is_set, list, member, optional, value};
    use crate::handles::{self, Object};
    use crate::live::laws::{of_values, options};
    use crate::live::states::operations::{reported, state};

    fn job(input: &Datum) -> Result<Arc<Job>> {
        handles::job(int(input, "job")?)
    }

    fn keep(stage: Stage) -> Result<Datum> {
        handles::open(Object::Job(Arc::new(Job(Mutex::new(stage))))).map(Datum::Int)
    }

    /// The merge of a large frame, range by range of keys.
    pub(crate) fn state_merge_job(input: &Datum) -> Result<Datum> {
        let into = state(input)?;
        let frame = bytes(member(input, "frame")?)?.to_vec();
        let here = into.read().clone();
        let mut job = MergeJob::new(here, frame, decode_options(input)?);
        if is_set(input, "keys")? {
            job = job.with_keys();
        }
        keep(Stage::Merge { job: Box::new(job), into })
    }

    /// A law check of a merge function of the host, which answers questions in batches.
    pub(crate) fn law_job(input: &Datum) -> Result<Datum> {
        let samples = match optional(input, "samples") {
            Some(samples) => list(samples)?.iter().map(value).collect::<Result<_>>()?,
            None => Vec::new(),
        };
        keep(Stage::Laws(Box::new(LawJob::new(Mixed::with_samples(samples), options(input)?)?)))
    }

    pub(crate) fn job_step(input: &Datum) -> Result<Datum> {
        let (job, budget) = (job(input)?, int(input, "budget")?);
        match &mut *job.lock() {
            Stage::Merge { job, .. } => Ok(stepped(job.step(budget)?, |never| match never {})),
            Stage::Laws(job) => Ok(stepped(job.step(budget)?, |pairs| {
                let pair = |(a, b)| Datum::List(vec![Datum::from(&a), Datum::from(&b)]);
                Datum::List(pairs.into_iter().map(pair).collect())
            })),
            Stage::Over(code) => Err(over(*code)),
        }
    }

    /// What the host's function made of each pair: `value`, or `raised` with a text.
    fn answer(answer: &Datum) -> Result<Merged> {
        match optional(answer, "raised") {
            Some(Datum::Text(raised)) => Ok(Err(raised.clone())),
            Some(_) => Err(bad_argument("what was raised is text")),
            None => member(answer, "value").and_then(value).map(Ok),
        }
    }

    pub(crate) fn job_answer(input: &Datum) -> Result<Datum> {
        let job = job(input)?;
        match &mut *job.lock() {
            Stage::Merge { .. } => return Err(bad_argument("this job has no questions")),
            Stage::Laws(job) => {
                let answers: Result<_> = list(member(input, "answers")?)?.iter().map(answer).collect();
                job.answer(answers?)?;
            }
            Stage::Over(code) => return Err(over(*code)),
        }
        Ok(Datum::Null)
    }

    /// The report of the job. The merge is in the state from here on, and not before.
    pub(crate) fn job_result(input: &Datum) -> Result<Datum> {
        let job = job(input)?;
        let stage = std::mem::replace(&mut *job.lock(), Stage::Over(Code::Closed));
        match stage {
            Stage::Merge { job, into } => {
                let (joined, report) = job.finish()?;
                // The state may have been written meanwhile; joining keeps that.
                into.write().join(&joined)?;
                Ok(reported(report))
            }
            Stage::Laws(job) => Ok(of_values(&job.finish()?)),
            Stage::Over(code) => {
                *job.lock() = Stage::Over(code);
                Err(over(code))
            }
        }
    }

    pub(crate) fn job_cancel(input: &Datum) -> Result<Datum> {
        *job(input)?.lock() = Stage::Over(Code::Cancelled);
        Ok(Datum::Null)
    }
}
