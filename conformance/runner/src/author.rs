//! Writing new cases: `new` and `bless`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::case::{Case, Compare, Expect};
use crate::corpus::{Corpus, Topic, matches};
use crate::judge::{Answer, Outcome, compare, short};
use crate::run::not_offered;
use crate::testee::{Config, Question, Testee};
use crate::value::Value;

/// Adds an empty case to a topic and gives its id. Numbers are never used again while a higher one exists.
pub fn new_case(root: &Path, place: &str, note: &str, op: &str) -> Result<String, String> {
    let (area, name) = place.split_once('/').ok_or("a place is area/topic")?;
    let corpus = Corpus::load(root)?;
    let found = corpus.topics.into_iter().find(|topic| topic.area == area && topic.topic == name);
    let mut topic = found.unwrap_or_else(|| Topic::new(area, name, note));
    let last = topic.cases.iter().filter_map(|case| case.id.rsplit('/').next()?.parse::<u64>().ok()).max();
    let id = format!("{area}/{name}/{}", last.unwrap_or(0) + 1);
    topic.cases.push(Case::new(&id, note, op, Value::Null));
    topic.save(root)?;
    Ok(id)
}

/// What `bless` did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blessing {
    /// Cases that have an expectation now.
    pub filled: Vec<(String, Expect)>,
    /// Cases that have none, and why.
    pub refused: Vec<String>,
}

/// Fills the expectations of the cases that match a pattern and have none, where testees of different
/// families are all able to answer and agree.
pub fn bless(root: &Path, pattern: &str, testees: Vec<Config>, folder: &Path) -> Result<Blessing, String> {
    strangers(&testees)?;
    let mut corpus = Corpus::load(root)?;
    let open: Vec<Case> = corpus.cases().filter(|case| is_open(case, pattern)).cloned().collect();
    if open.is_empty() {
        return Err(format!("no case without an expectation matches {pattern}; one that has it is changed by hand"));
    }
    let answers = testees.into_iter().map(|config| ask(config, &open, folder)).collect::<Result<Vec<_>, _>>()?;
    let mut blessing = Blessing::default();
    for (index, case) in open.iter().enumerate() {
        let given = answers.iter().map(|(name, answers)| (name.as_str(), &answers[index]));
        match agreed(case, given) {
            Ok(expect) => blessing.filled.push((case.id.clone(), expect)),
            Err(fault) => blessing.refused.push(format!("{}: {fault}", case.id)),
        }
    }
    fill(&mut corpus, root, &blessing)?;
    Ok(blessing)
}

fn is_open(case: &Case, pattern: &str) -> bool {
    case.expect.is_none() && matches(pattern, &case.id)
}

fn strangers(testees: &[Config]) -> Result<(), String> {
    let families: BTreeSet<&str> = testees.iter().map(|config| config.family.as_str()).collect();
    match families.len() {
        0 | 1 => Err(
            "at least two testees that share no code are needed; else cite the specification and write `out` by hand"
                .into(),
        ),
        _ => Ok(()),
    }
}

/// What a testee says about every case, and its name.
fn ask(config: Config, cases: &[Case], folder: &Path) -> Result<(String, Vec<Answer>), String> {
    let name = config.name.clone();
    let mut testee = Testee::new(config, folder);
    let greeting = testee.hello().map_err(|fault| format!("{name}: {fault}"))?;
    let asked: Vec<Question> =
        cases.iter().filter(|case| not_offered(case, &greeting).is_none()).map(question).collect();
    let mut answers = testee.ask_all(&asked, |_| {}).into_iter();
    testee.bye();
    let lost = || Answer::Broken("no answer".into());
    let answer = |case: &Case| match not_offered(case, &greeting) {
        Some(reason) => Answer::Skip(reason),
        None => answers.next().unwrap_or_else(lost),
    };
    Ok((name, cases.iter().map(answer).collect()))
}

fn question(case: &Case) -> Question {
    Question { id: case.id.clone(), op: case.op.clone(), input: case.input.clone() }
}

/// What all of them say: answers are equal by the comparison of the case, codes are the same.
fn agreed<'a>(case: &Case, given: impl Iterator<Item = (&'a str, &'a Answer)>) -> Result<Expect, String> {
    let mut agreed: Option<(&str, Expect)> = None;
    for (name, answer) in given {
        let expect = expectation(answer).map_err(|fault| format!("{name}: {fault}"))?;
        match &agreed {
            Some((other, first)) if !same(&case.compare, first, &expect) => {
                return Err(format!("{other} and {name} disagree: {} against {}", shown(first), shown(&expect)));
            }
            Some(_) => {}
            None => agreed = Some((name, expect)),
        }
    }
    agreed.map(|(_, expect)| expect).ok_or_else(|| "nobody was asked".into())
}

fn same(how: &Compare, a: &Expect, b: &Expect) -> bool {
    match (a, b) {
        (Expect::Out(a), Expect::Out(b)) => compare(how, a, b) == Outcome::Pass,
        _ => a == b,
    }
}

fn shown(expect: &Expect) -> String {
    match expect {
        Expect::Out(value) => short(value),
        Expect::Error(code) => code.clone(),
        other => format!("{other:?}"),
    }
}

fn expectation(answer: &Answer) -> Result<Expect, String> {
    match answer {
        Answer::Out(value) => Ok(Expect::Out(value.clone())),
        Answer::Error(code, _) => Ok(Expect::Error(code.clone())),
        Answer::Skip(reason) => Err(reason.clone()),
        Answer::Broken(reason) => Err(reason.clone()),
    }
}

fn fill(corpus: &mut Corpus, root: &Path, blessing: &Blessing) -> Result<(), String> {
    let filled: BTreeMap<&str, &Expect> = blessing.filled.iter().map(|(id, expect)| (id.as_str(), expect)).collect();
    for topic in &mut corpus.topics {
        let mut changed = false;
        for case in &mut topic.cases {
            if let Some(expect) = filled.get(case.id.as_str()) {
                case.expect = Some((*expect).clone());
                changed = true;
            }
        }
        if changed {
            topic.save(root)?;
        }
    }
    Ok(())
}
