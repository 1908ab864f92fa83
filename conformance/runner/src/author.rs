//! Writing new cases: `new` and `bless`.

use std::path::Path;

use crate::case::{Case, Expect};
use crate::corpus::{Corpus, Topic};
use crate::judge::Answer;
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

/// Fills the expectation of a case from testees of different families, if all of them agree.
pub fn bless(root: &Path, id: &str, testees: Vec<Config>, folder: &Path) -> Result<Expect, String> {
    let mut families: Vec<&str> = testees.iter().map(|config| config.family.as_str()).collect();
    families.sort_unstable();
    families.dedup();
    if families.len() < 2 {
        return Err(
            "at least two testees that share no code are needed; else cite the specification and write `out` by hand"
                .into(),
        );
    }
    let corpus = Corpus::load(root)?;
    let mut topic = corpus
        .topics
        .into_iter()
        .find(|topic| topic.cases.iter().any(|case| case.id == id))
        .ok_or_else(|| format!("there is no case {id}"))?;
    let case = topic.cases.iter_mut().find(|case| case.id == id).ok_or("lost the case")?;
    if case.expect.is_some() {
        return Err("the case has an expectation; change it by hand and say why".into());
    }
    let expect = agreed(case, testees, folder)?;
    case.expect = Some(expect.clone());
    topic.save(root)?;
    Ok(expect)
}

fn agreed(case: &Case, testees: Vec<Config>, folder: &Path) -> Result<Expect, String> {
    let mut agreed: Option<(String, Expect)> = None;
    for config in testees {
        let name = config.name.clone();
        let given = expectation(&ask(config, case, folder)?).map_err(|fault| format!("{name}: {fault}"))?;
        match &agreed {
            Some((other, expect)) if *expect != given => {
                return Err(format!("{other} and {name} disagree: {expect:?} against {given:?}"));
            }
            _ => agreed = Some((name, given)),
        }
    }
    agreed.map(|(_, expect)| expect).ok_or_else(|| "nobody was asked".into())
}

fn ask(config: Config, case: &Case, folder: &Path) -> Result<Answer, String> {
    let mut testee = Testee::new(config, folder);
    testee.hello()?;
    let question = Question { id: case.id.clone(), op: case.op.clone(), input: case.input.clone() };
    let answer = testee.ask(&question);
    testee.bye();
    Ok(answer)
}

fn expectation(answer: &Answer) -> Result<Expect, String> {
    match answer {
        Answer::Out(value) => Ok(Expect::Out(value.clone())),
        Answer::Error(code, _) => Ok(Expect::Error(code.clone())),
        Answer::Skip(reason) => Err(format!("skipped: {reason}")),
        Answer::Broken(reason) => Err(reason.clone()),
    }
}
