//! A run: every testee is asked every case it offers, and each answer is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::case::{Case, Expect, Level};
use crate::judge::{Outcome, judge};
use crate::plan;
use crate::testee::{Config, Greeting, Question, Testee};

/// The outcome of one case for one testee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// Id of the case.
    pub id: String,
    /// How binding the case is.
    pub level: &'static str,
    /// What became of it.
    pub outcome: Outcome,
}

/// All outcomes of one testee.
#[derive(Clone, Debug, PartialEq)]
pub struct TesteeReport {
    /// Name of the testee.
    pub name: String,
    /// What it said about itself.
    pub greeting: Greeting,
    /// One result per case, in the order of the corpus.
    pub results: Vec<CaseResult>,
    /// Faults that belong to no case: no greeting, patterns that match nothing, cases not run.
    pub faults: Vec<String>,
}

/// Everything a run found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// One part per testee.
    pub testees: Vec<TesteeReport>,
    /// What the corpus leaves uncovered; empty when coverage was not asked.
    pub uncovered: Vec<String>,
    /// Whether coverage and the list of cases that must run were asked.
    pub complete: bool,
}

impl Report {
    fn results(&self) -> impl Iterator<Item = &CaseResult> {
        self.testees.iter().flat_map(|testee| &testee.results)
    }

    fn count(&self, word: &str) -> usize {
        self.results().filter(|result| result.outcome.word() == word).count()
    }

    /// Cases that passed.
    pub fn passed(&self) -> usize {
        self.count("pass")
    }

    /// Cases that failed or crashed, faults of testees, and gaps of the corpus.
    pub fn failed(&self) -> usize {
        let faults: usize = self.testees.iter().map(|testee| testee.faults.len()).sum();
        let nothing = usize::from(self.results().next().is_none() && faults == 0);
        self.count("fail") + self.count("crash") + faults + self.uncovered.len() + nothing
    }

    /// Failures that are listed with a reason.
    pub fn deviations(&self) -> usize {
        self.count("deviation")
    }

    /// Cases that were not asked or declined.
    pub fn skipped(&self) -> usize {
        self.count("skip")
    }
}

/// What a run needs to know.
pub struct Plan<'a> {
    /// The cases to ask.
    pub cases: Vec<&'a Case>,
    /// Ids that must run on testees of our own; empty when not asked.
    pub required: BTreeSet<String>,
    /// Whether patterns of known failures must all match something.
    pub whole: bool,
    /// Whether the cases are those the known failures were written for; in other cases the same ids mean
    /// something else, and a pass is no surprise.
    pub own_corpus: bool,
    /// Folder the testees run in.
    pub root: &'a std::path::Path,
}

/// Asks one testee everything.
pub fn run(config: Config, plan: &Plan) -> TesteeReport {
    let mut testee = Testee::new(config, plan.root);
    let name = testee.config().name.clone();
    let mut report = TesteeReport { name, greeting: Greeting::default(), results: Vec::new(), faults: Vec::new() };
    match testee.hello() {
        Ok(greeting) => report.greeting = greeting,
        Err(fault) => {
            report.faults.push(format!("no greeting: {fault}"));
            return report;
        }
    }
    let outcomes = ask(&mut testee, plan, &report.greeting);
    testee.bye();
    report.results = plan
        .cases
        .iter()
        .zip(outcomes)
        .map(|(case, outcome)| {
            result(case, classify(testee.config(), (case, plan.own_corpus), &report.greeting, outcome))
        })
        .collect();
    report.faults = faults(testee.config(), plan, &report.results);
    report
}

fn result(case: &Case, outcome: Outcome) -> CaseResult {
    CaseResult { id: case.id.clone(), level: crate::case::level_name(case.level), outcome }
}

fn ask(testee: &mut Testee, plan: &Plan, greeting: &Greeting) -> Vec<Outcome> {
    let mut outcomes: Vec<Option<Outcome>> = plan.cases.iter().map(|case| not_asked(case, greeting)).collect();
    let single: Vec<usize> = (0..plan.cases.len())
        .filter(|&i| {
            outcomes[i].is_none()
                && matches!(plan.cases[i].expect, Some(Expect::Out(_) | Expect::Error(_) | Expect::AnyError))
        })
        .collect();
    let questions: Vec<Question> = single.iter().map(|&i| question(plan.cases[i])).collect();
    let mut ticker = Ticker::new(&testee.config().name, plan.cases.len());
    let answers = testee.ask_all(&questions, |done| ticker.tick(done));
    for (&index, answer) in single.iter().zip(answers) {
        let case = plan.cases[index];
        let answer = match &case.expect {
            Some(Expect::Error(code)) => testee.config().translate(code, answer),
            _ => answer,
        };
        outcomes[index] = Some(judge(case, &answer));
    }
    for (index, case) in plan.cases.iter().enumerate() {
        if outcomes[index].is_none() {
            outcomes[index] = Some(converse(testee, case));
            ticker.tick(single.len() + index);
        }
    }
    let unasked = || Outcome::Fail("was not asked".into());
    outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unasked)).collect()
}

fn question(case: &Case) -> Question {
    Question { id: case.id.clone(), op: case.op.clone(), input: case.input.clone() }
}

/// Why a testee is not asked a case, if it is not.
fn not_asked(case: &Case, greeting: &Greeting) -> Option<Outcome> {
    if case.expect.is_none() {
        return Some(Outcome::Fail("the case has no expectation yet".into()));
    }
    not_offered(case, greeting).map(Outcome::Skip)
}

/// What a testee lacks for a case, if anything.
pub fn not_offered(case: &Case, greeting: &Greeting) -> Option<String> {
    if case.since > greeting.protocol {
        return Some(format!("belongs to protocol {}", case.since));
    }
    if let Some(feature) = case.needs.iter().find(|feature| !greeting.features.contains(feature)) {
        return Some(format!("needs {feature}"));
    }
    if !greeting.ops.contains(&case.op) {
        return Some(format!("does not offer {}", case.op));
    }
    None
}

fn converse(testee: &mut Testee, case: &Case) -> Outcome {
    match &case.expect {
        Some(Expect::Laws(laws)) => plan::check_laws(testee, case, laws),
        Some(Expect::Trace(trace)) => plan::check_trace(testee, case, trace),
        _ => Outcome::Fail("the case has no expectation yet".into()),
    }
}

/// Takes the testee's file into account: known failures, and cases it may not skip.
fn classify(config: &Config, (case, own_corpus): (&Case, bool), greeting: &Greeting, outcome: Outcome) -> Outcome {
    let applies = case.needs.iter().all(|feature| greeting.features.contains(feature));
    let mut known = config.known_for(&case.id);
    match outcome {
        Outcome::Pass => match known.find(|known| own_corpus && known.answer.is_none()) {
            Some(known) => Outcome::Fail(format!("passes, but is listed as a known failure: {}", known.reason)),
            None => Outcome::Pass,
        },
        Outcome::Fail(detail) => match known.find(|known| known.explains(&detail)) {
            Some(known) => Outcome::Deviation(known.reason.clone()),
            None => Outcome::Fail(detail),
        },
        Outcome::Crash(detail) => match known.find(|known| known.answer.is_none()) {
            Some(known) => Outcome::Deviation(known.reason.clone()),
            None => Outcome::Crash(detail),
        },
        Outcome::Skip(reason) if config.own && applies && case.level == Level::Must => {
            Outcome::Fail(format!("a must case may not be skipped: {reason}"))
        }
        other => other,
    }
}

fn faults(config: &Config, plan: &Plan, results: &[CaseResult]) -> Vec<String> {
    let mut faults = Vec::new();
    if plan.whole {
        for known in &config.known {
            let used = |result: &CaseResult| matches!(&result.outcome, Outcome::Deviation(r) if *r == known.reason);
            let meets = |glob: &&String| {
                let hit = |result: &&CaseResult| crate::corpus::matches(glob, &result.id);
                results.iter().filter(hit).any(|result| known.answer.is_none() || used(result))
            };
            let idle = known.globs.iter().filter(|glob| !meets(glob));
            faults.extend(idle.map(|glob| format!("the known failure {glob} matches no case")));
        }
    }
    if config.own {
        let ran: BTreeMap<&str, bool> =
            results.iter().map(|r| (r.id.as_str(), !matches!(r.outcome, Outcome::Skip(_)))).collect();
        let missing = plan.required.iter().filter(|id| !ran.get(id.as_str()).copied().unwrap_or(false));
        faults.extend(missing.map(|id| format!("{id} is on the list of cases that must run and did not")));
    }
    faults
}

/// Says where a long run stands, once a second, on the error stream.
struct Ticker {
    name: String,
    total: usize,
    last: Instant,
}

impl Ticker {
    fn new(name: &str, total: usize) -> Ticker {
        Ticker { name: name.into(), total, last: Instant::now() }
    }

    fn tick(&mut self, done: usize) {
        if self.last.elapsed() >= Duration::from_secs(1) {
            self.last = Instant::now();
            eprintln!("{}: {} of {} cases", self.name, done.min(self.total), self.total);
        }
    }
}
