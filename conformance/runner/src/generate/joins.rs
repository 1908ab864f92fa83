//! Joins of version 2: operands of version 1 from the rest of the corpus, and the same with versions mixed.

use std::collections::BTreeMap;

use super::converted::{self, name};
use super::{Maker, list};
use crate::case::{Case, Expect, Profile};
use crate::corpus::{Corpus, Topic};
use crate::value::Value;

pub(super) fn topic(corpus: &Corpus) -> Topic {
    let mut maker = Maker::new("joins", "joins of states of version 1 and of mixed versions, answered in version 2");
    let seconds: BTreeMap<Vec<u8>, Vec<u8>> =
        converted::pairs(corpus).into_iter().map(|(_, first, second)| (first, second)).collect();
    for case in corpus.cases().filter(|case| is_join(case)) {
        let operands: Vec<Vec<u8>> = frames(&case.input);
        let name = name(&case.id);
        let note = format!("as {}", case.id);
        join(&mut maker, &name, &note, case, &operands);
        let mixed = mix(&operands, &seconds);
        if mixed != operands {
            join(&mut maker, &format!("{name}/mixed"), &note, case, &mixed);
        }
    }
    maker.topic
}

fn is_join(case: &Case) -> bool {
    case.op == "merge" && case.since == 1 && case.profile == Profile::Lawful && !frames(&case.input).is_empty()
}

/// The operands, if all of them are frames.
fn frames(input: &Value) -> Vec<Vec<u8>> {
    let items = input.as_list().unwrap_or(&[]);
    let frames: Option<Vec<Vec<u8>>> = items.iter().map(|item| Some(item.as_bytes()?.to_vec())).collect();
    frames.unwrap_or_default()
}

fn join(maker: &mut Maker, name: &str, note: &str, case: &Case, operands: &[Vec<u8>]) {
    maker.asked(name, note, "join", list(operands));
    if let Some(laws @ Expect::Laws(_)) = &case.expect {
        maker.expected(laws.clone());
    }
}

/// Every other operand in version 2, if it is known there.
fn mix(operands: &[Vec<u8>], seconds: &BTreeMap<Vec<u8>, Vec<u8>>) -> Vec<Vec<u8>> {
    let other = |(index, frame): (usize, &Vec<u8>)| match seconds.get(frame) {
        Some(second) if index % 2 == 1 || operands.len() == 1 => second.clone(),
        _ => frame.clone(),
    };
    operands.iter().enumerate().map(other).collect()
}
