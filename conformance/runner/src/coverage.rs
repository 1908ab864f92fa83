//! Which operations, codes and registry rows the corpus does not touch.

use std::collections::BTreeSet;

use crate::case::{Case, Expect, Level, Step};
use crate::spec::Registry;
use crate::value::Value;

/// Good and bad cases every operation needs.
const GOOD: usize = 3;
const BAD: usize = 2;

/// One line per thing the cases leave uncovered.
pub fn uncovered(cases: &[&Case], registry: &Registry) -> Vec<String> {
    let mut gaps = Vec::new();
    operations(cases, registry, &mut gaps);
    codes(cases, registry, &mut gaps);
    let seen = Seen::of(cases);
    rows("type tag", registry.tags.iter().map(|(n, b)| (n, seen.tags.contains(b))), &mut gaps);
    rows("value tag", registry.value_tags.iter().map(|(n, b)| (n, seen.value_tags.contains(b))), &mut gaps);
    rows("read", registry.reads.iter().map(|n| (n, seen.words.contains(n.as_str()))), &mut gaps);
    rows("local operation", registry.locals.iter().map(|n| (n, seen.words.contains(n.as_str()))), &mut gaps);
    let scripted = scripted(cases);
    let has_step = |name: &String| scripted.contains(name.as_str());
    rows("operation on handles", registry.surface.iter().map(|name| (name, has_step(name))), &mut gaps);
    let flagged = |name: &String| cases.iter().any(|c| c.flags.iter().any(|f| *f == format!("limit:{name}")));
    rows("limit", registry.limits.iter().map(|n| (n, flagged(n))), &mut gaps);
    gaps
}

fn rows<'a>(what: &str, rows: impl Iterator<Item = (&'a String, bool)>, gaps: &mut Vec<String>) {
    gaps.extend(rows.filter(|(_, covered)| !covered).map(|(name, _)| format!("{what} {name}: no case")));
}

fn operations(cases: &[&Case], registry: &Registry, gaps: &mut Vec<String>) {
    for operation in &registry.operations {
        let asked: Vec<_> = cases.iter().filter(|case| asks(case, &operation.name)).collect();
        let good = asked.iter().filter(|case| case.is_good()).count();
        let bad = asked.len() - good;
        if good < GOOD || bad < BAD {
            gaps.push(format!("operation {}: {good} of {GOOD} good and {bad} of {BAD} bad cases", operation.name));
        }
    }
}

/// The operations in the steps of scripts that everybody who has handles must run.
fn scripted<'a>(cases: &[&'a Case]) -> BTreeSet<&'a str> {
    let steps = cases.iter().filter(|case| case.op == "script" && case.level == Level::Must);
    let steps = steps.filter_map(|case| case.input.field("steps")?.as_list()).flatten();
    steps.filter_map(|step| step.as_list()?.first()?.as_text()).collect()
}

fn asks(case: &Case, operation: &str) -> bool {
    case.op == operation && case.expect.is_some()
}

fn codes(cases: &[&Case], registry: &Registry, gaps: &mut Vec<String>) {
    let expected: BTreeSet<&str> = cases
        .iter()
        .filter_map(|case| match &case.expect {
            Some(Expect::Error(code)) => Some(code.as_str()),
            _ => None,
        })
        .collect();
    rows("code", registry.codes.iter().map(|code| (code, expected.contains(code.as_str()))), gaps);
}

/// What appears in the arguments of the cases.
#[derive(Default)]
struct Seen<'a> {
    tags: BTreeSet<u8>,
    value_tags: BTreeSet<u8>,
    words: BTreeSet<&'a str>,
}

impl<'a> Seen<'a> {
    fn of(cases: &[&'a Case]) -> Seen<'a> {
        let mut seen = Seen::default();
        for case in cases {
            case.input.walk(&mut |value| seen.frame(value));
            if let ("value_decode", Some([first, ..])) = (case.op.as_str(), case.input.as_bytes()) {
                seen.value_tags.insert(*first);
            }
            seen.word(&case.input);
            if let Some(Expect::Trace(trace)) = &case.expect {
                seen.trace(trace);
            }
        }
        seen
    }

    fn frame(&mut self, value: &Value) {
        if let Some(bytes) = value.as_bytes().filter(|bytes| bytes.starts_with(b"CRDT") && bytes.len() > 6) {
            self.tags.insert(bytes[6]);
        }
    }

    fn word(&mut self, input: &'a Value) {
        for name in ["name", "read", "do"] {
            self.words.extend(input.field(name).and_then(Value::as_text));
        }
    }

    fn trace(&mut self, trace: &'a crate::case::Trace) {
        for (_, frame) in &trace.replicas {
            self.frame(frame);
        }
        for step in &trace.steps {
            if let Step::Apply { operation, .. } = step {
                self.word(operation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Operation;

    #[test]
    fn what_no_case_touches_is_named() {
        let registry = Registry {
            operations: vec![Operation { name: "echo".into(), ..Operation::default() }],
            codes: vec!["TRUNCATED".into()],
            tags: vec![("g_counter".into(), 1)],
            ..Registry::default()
        };
        let mut case = Case::new("a/b/1", "n", "echo", Value::Null);
        case.expect = Some(Expect::Error("TRUNCATED".into()));
        let gaps = uncovered(&[&case], &registry);
        assert_eq!(gaps, ["operation echo: 0 of 3 good and 1 of 2 bad cases", "type tag g_counter: no case"]);
    }
}
