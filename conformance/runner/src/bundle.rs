//! Requests in a file and answers in a file, for devices that cannot be driven line by line.

use std::collections::BTreeMap;

use crate::case::{Case, Expect, level_name};
use crate::judge::{Answer, Outcome, judge};
use crate::run::{CaseResult, TesteeReport};
use crate::testee::{Greeting, Question, read_answer, request};

fn bundled<'a>(cases: &[&'a Case]) -> Vec<&'a Case> {
    let single = |case: &&&Case| matches!(case.expect, Some(Expect::Out(_) | Expect::Error(_) | Expect::AnyError));
    cases.iter().filter(single).copied().collect()
}

/// One request per line, numbered from 1. Laws and traces need a conversation and are not in it.
pub fn requests(cases: &[&Case]) -> String {
    let line = |(index, case): (usize, &Case)| {
        let question = Question { id: case.id.clone(), op: case.op.clone(), input: case.input.clone() };
        request(index as u64 + 1, &question) + "\n"
    };
    bundled(cases).into_iter().enumerate().map(line).collect()
}

/// Judges the answers to a bundle made of the same cases.
pub fn judge_answers(name: &str, cases: &[&Case], answers: &str) -> TesteeReport {
    let mut faults = Vec::new();
    let mut given: BTreeMap<u64, Answer> = BTreeMap::new();
    for line in answers.lines().filter(|line| !line.trim().is_empty()) {
        match read_answer(line) {
            Ok((seq, answer)) => {
                if given.insert(seq, answer).is_some() {
                    faults.push(format!("two answers to {seq}"));
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    let cases = bundled(cases);
    let results = cases.iter().enumerate().map(|(index, case)| {
        let outcome = match given.remove(&(index as u64 + 1)) {
            Some(answer) => judge(case, &answer),
            None => Outcome::Crash("no answer".into()),
        };
        CaseResult { id: case.id.clone(), level: level_name(case.level), outcome }
    });
    let results = results.collect();
    faults.extend(given.keys().map(|seq| format!("an answer to {seq}, which was not asked")));
    TesteeReport { name: name.into(), greeting: Greeting::default(), results, faults }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn every_request_needs_its_right_answer() {
        let mut one = Case::new("a/b/1", "n", "echo", Value::Null);
        one.expect = Some(Expect::Out(Value::Null));
        let mut two = Case::new("a/b/2", "n", "echo", Value::Bool(true));
        two.expect = Some(Expect::Out(Value::Bool(true)));
        let cases = [&one, &two];
        assert_eq!(requests(&cases).lines().count(), 2);
        let report = judge_answers("d", &cases, "{\"seq\": 2, \"out\": false}\n{\"seq\": 9, \"out\": null}\n");
        let words: Vec<_> = report.results.iter().map(|result| result.outcome.word()).collect();
        assert_eq!(words, ["crash", "fail"]);
        assert_eq!(report.faults.len(), 1);
    }
}
