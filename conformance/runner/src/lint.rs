//! Checks that can be made of the corpus without asking anybody.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::case::{Case, Expect, Level, Profile};
use crate::corpus::{Corpus, write_file};
use crate::judge::short;
use crate::schema;
use crate::spec::Registry;
use crate::testee::VERSIONS;
use crate::value::Value;
use crate::wire;
use crate::wire2;

/// One line per fault of the corpus.
pub fn lint(corpus: &Corpus, root: &Path, registry: &Registry) -> Vec<String> {
    let mut faults = Vec::new();
    for topic in &corpus.topics {
        let written = fs::read_to_string(root.join(topic.path())).unwrap_or_default();
        if written != topic.to_text() {
            faults.push(format!("{}: not in the form the tool writes", topic.path().display()));
        }
    }
    for case in corpus.cases() {
        faults.extend(check(case, corpus, registry).into_iter().map(|fault| format!("{}: {fault}", case.id)));
    }
    faults
}

fn check(case: &Case, corpus: &Corpus, registry: &Registry) -> Vec<String> {
    let mut faults = Vec::new();
    let parts = case.id.split('/').count();
    if parts < 3 || case.id.contains(['*', ' ']) {
        faults.push("an id is area/topic/name without blanks and stars".into());
    }
    if case.note.trim().is_empty() {
        faults.push("a case has a note".into());
    }
    let Some(operation) = registry.operation(&case.op) else {
        faults.push(format!("nobody knows the operation {:?}", case.op));
        return faults;
    };
    if operation.named && !matches!(case.expect, Some(Expect::Trace(_))) {
        faults.extend(check_members(case, &operation.members));
    }
    if case.since < operation.since {
        faults.push(format!("the operation belongs to version {}, the case to {}", operation.since, case.since));
    }
    if let Some(needs) = operation.needs.as_ref().filter(|needs| !case.needs.contains(needs)) {
        faults.push(format!("the operation needs {needs}, the case does not"));
    }
    faults.extend(check_expectation(case, registry, &operation.errors));
    faults.extend(check_reader(case));
    faults.extend(check_canonical(case));
    case.input.walk(&mut |value| {
        if let Value::Blob(digest) = value
            && let Err(fault) = corpus.blob(digest)
        {
            faults.push(fault);
        }
    });
    faults
}

/// What the runner's own reader says about bytes must be what the case expects.
fn check_reader(case: &Case) -> Option<String> {
    let bytes = case.input.as_bytes().filter(|_| case.profile == Profile::Lawful)?;
    let read = match case.op.as_str() {
        "value_decode" => wire::value_decode(bytes),
        "decode" => wire::decode(bytes).map(|read| described(read.tag, read.payload)),
        "roundtrip" => wire::decode(bytes).map(|_| Value::Bytes(bytes.to_vec())),
        "batch_unpack" => {
            wire::batch_unpack(bytes).map(|items| Value::List(items.into_iter().map(Value::Bytes).collect()))
        }
        "canonicalize" => canonical(bytes),
        _ => return None,
    };
    let agrees = match (&case.expect, &read) {
        (Some(Expect::Out(expected)), Ok(read)) => expected.with_sorted_sets() == read.with_sorted_sets(),
        (Some(Expect::Error(expected)), Err(code)) => expected == code,
        _ => false,
    };
    (!agrees).then(|| format!("our own reader says {}", read.map_or_else(str::to_string, |value| short(&value))))
}

/// A frame of version 2 that is accepted is canonical inside: what follows from that needs no reader of bodies.
fn check_canonical(case: &Case) -> Option<String> {
    let Some(Expect::Out(expected)) = &case.expect else { return None };
    let frame = |value: &Value| value.as_bytes().filter(|bytes| wire2::is_frame(bytes)).map(<[u8]>::to_vec);
    let canonical = |bytes: Vec<u8>| wire2::open(&bytes).map(|frame| wire2::canonical(frame.tag, &frame.body));
    let (given, follows) = match case.op.as_str() {
        "state_id" => (frame(&case.input)?, wire2::state_id(case.input.as_bytes()?).map(Value::Text)),
        "convert" if case.input.field("wire") == Some(&Value::int(2)) => {
            let given = frame(case.input.field("frame")?)?;
            (given.clone(), canonical(given).map(Value::Bytes))
        }
        _ => return None,
    };
    let agrees = follows.as_ref() == Ok(expected);
    (!agrees).then(|| format!("{} bytes make up {}", given.len(), follows.map_or_else(str::to_string, |v| short(&v))))
}

fn described(tag: u8, payload: Value) -> Value {
    let name = schema::name_of(tag).unwrap_or("");
    Value::map([("type", Value::text(name)), ("payload", payload)])
}

fn canonical(bytes: &[u8]) -> Result<Value, wire::Code> {
    let read = wire::decode(bytes)?;
    let state = schema::canonical(read.tag, &read.payload)?;
    wire::encode(read.tag, &state).map(Value::Bytes).ok_or("NOT_IN_V1")
}

/// A good case has the members of its operation. A bad one may be bad in its members.
fn check_members(case: &Case, members: &[(String, bool)]) -> Vec<String> {
    let given: Vec<&str> = case.input.as_map().unwrap_or(&[]).iter().filter_map(|(k, _)| k.as_text()).collect();
    let unknown = given.iter().filter(|name| !members.iter().any(|(known, _)| known == *name));
    let mut faults: Vec<String> = unknown.map(|name| format!("the operation has no member {name:?}")).collect();
    let missing = members.iter().filter(|(name, optional)| !optional && !given.contains(&name.as_str()));
    faults.extend(missing.map(|(name, _)| format!("the member {name:?} is missing")));
    faults
}

fn check_expectation(case: &Case, registry: &Registry, errors: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let compat = case.profile == Profile::Compat;
    if compat && (case.level != Level::May || case.needs.is_empty()) {
        faults.push("a compat case is a `may` case that needs a feature".into());
    }
    match &case.expect {
        None => faults.push("no expectation yet".into()),
        Some(Expect::AnyError) if !compat => faults.push("only a compat case may leave the code open".into()),
        Some(Expect::Error(code)) if !registry.all_codes.contains(code) => {
            faults.push(format!("nobody knows the code {code}"));
        }
        Some(Expect::Error(code)) if !errors.contains(code) => {
            faults.push(format!("the operation does not name the code {code}"));
        }
        _ => {}
    }
    faults
}

/// The ids every implementation of a version must run beside those of the versions before: `must` cases
/// without a feature.
pub fn required_ids(corpus: &Corpus, version: u32) -> BTreeSet<String> {
    let binding = |case: &&Case| case.level == Level::Must && case.needs.is_empty() && case.since == version;
    corpus.cases().filter(binding).map(|case| case.id.clone()).collect()
}

/// Reads a list of ids; lines that start with `#` are comments.
pub fn read_list(path: &Path) -> Result<BTreeSet<String>, String> {
    let content = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(content.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_string).collect())
}

/// The list of a version in the folder of lists.
pub fn list_path(folder: &Path, version: u32) -> PathBuf {
    folder.join(format!("protocol-{version}.txt"))
}

/// The lists of all versions, as one.
pub fn read_lists(folder: &Path) -> Result<BTreeSet<String>, String> {
    let mut ids = BTreeSet::new();
    for version in VERSIONS {
        ids.extend(read_list(&list_path(folder, version))?);
    }
    Ok(ids)
}

/// Compares the lists with the corpus, see [`check_list`].
pub fn check_lists(corpus: &Corpus, folder: &Path) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for version in VERSIONS {
        faults.extend(check_list(corpus, &read_list(&list_path(folder, version))?, version));
    }
    Ok(faults)
}

/// Compares a list with the corpus: an id on it may never go, a new one must be put on it.
pub fn check_list(corpus: &Corpus, listed: &BTreeSet<String>, version: u32) -> Vec<String> {
    let required = required_ids(corpus, version);
    let gone = listed.difference(&required).map(|id| format!("{id} is listed and no longer a must case"));
    let new = required.difference(listed).map(|id| format!("{id} is not on the list (lint --update-list)"));
    gone.chain(new).collect()
}

/// Adds new ids to the lists. Ids are never taken off.
pub fn update_lists(folder: &Path, corpus: &Corpus) -> Result<usize, String> {
    VERSIONS.iter().map(|version| update_list(&list_path(folder, *version), corpus, *version)).sum()
}

fn update_list(path: &Path, corpus: &Corpus, version: u32) -> Result<usize, String> {
    let mut ids = if path.exists() { read_list(path)? } else { BTreeSet::new() };
    let before = ids.len();
    ids.extend(required_ids(corpus, version));
    let head = format!(
        "# Cases every implementation of version {version} must run. Generated by `crdt-conform lint --update-list`;\n# ids are added and never taken off.\n"
    );
    let body: String = ids.iter().map(|id| format!("{id}\n")).collect();
    write_file(path, &format!("{head}{body}"))?;
    Ok(ids.len() - before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Operation;

    fn registry() -> Registry {
        let operation = Operation {
            name: "encode".into(),
            named: true,
            members: vec![("type".into(), false), ("payload".into(), false)],
            errors: vec!["BAD_SCHEMA".into()],
            ..Operation::default()
        };
        Registry {
            operations: vec![operation],
            all_codes: vec!["BAD_SCHEMA".into(), "IO".into()],
            ..Registry::default()
        }
    }

    fn faults(change: impl Fn(&mut Case)) -> usize {
        let input = Value::map([("type", Value::Null), ("payload", Value::Null)]);
        let mut case = Case::new("a/b/1", "n", "encode", input);
        case.expect = Some(Expect::Out(Value::Null));
        change(&mut case);
        check(&case, &Corpus::default(), &registry()).len()
    }

    #[test]
    fn a_clean_case_has_no_fault_and_each_change_has_one() {
        assert_eq!(faults(|_| {}), 0);
        assert_eq!(faults(|case| case.op = "unknown".into()), 1);
        assert_eq!(faults(|case| case.id = "a/b".into()), 1);
        assert_eq!(faults(|case| case.note.clear()), 1);
        assert_eq!(faults(|case| case.expect = None), 1);
        assert_eq!(faults(|case| case.expect = Some(Expect::AnyError)), 1);
        assert_eq!(faults(|case| case.expect = Some(Expect::Error("IO".into()))), 1);
        assert_eq!(faults(|case| case.expect = Some(Expect::Error("NO_SUCH".into()))), 1);
        assert_eq!(faults(|case| case.profile = Profile::Compat), 1);
        assert_eq!(faults(|case| case.input = Value::map([("type", Value::Null)])), 1);
        assert_eq!(faults(|case| case.input = Value::Blob("00".into())), 3);
    }
}
