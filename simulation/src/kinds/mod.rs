//! The kinds as the simulator sees them.

mod clocks;
mod counters;
mod gossip;
mod lww;
mod marks;
mod merkle;
mod or_set;
mod sketches;

use std::collections::BTreeMap;

use crdt_merge_protocol::Context;

use crate::oracle::{Atom, Fact, Known};

/// Seen dots: whole starts by actor, and dots beyond.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    starts: BTreeMap<String, u64>,
    beyond: Vec<(String, u64)>,
}

impl Seen {
    fn of(context: &Context) -> Self {
        Seen {
            starts: context.contiguous().map(|(actor, last)| (actor.to_owned(), last)).collect(),
            beyond: context.exceptions().map(|dot| (dot.actor().to_owned(), dot.sequence())).collect(),
        }
    }

    fn known(known: Known<'_>) -> Self {
        let dots = known.by_atom().filter_map(|(atom, _)| match atom {
            Atom::Dot(actor, sequence) => Some((actor.clone(), *sequence)),
            _ => None,
        });
        let mut dots: Vec<_> = dots.collect();
        dots.sort_unstable();
        let mut seen = Seen::default();
        for (actor, sequence) in dots {
            let start = seen.starts.get(&actor).copied().unwrap_or(0);
            if start + 1 == sequence {
                seen.starts.insert(actor, sequence);
            } else {
                seen.beyond.push((actor, sequence));
            }
        }
        seen
    }
}

/// The dots that a context covers.
fn dots(context: &Context) -> Vec<(String, u64)> {
    let starts = context.contiguous().flat_map(|(actor, last)| (1..=last).map(move |at| (actor.to_owned(), at)));
    starts.chain(context.exceptions().map(|dot| (dot.actor().to_owned(), dot.sequence()))).collect()
}

/// The dots of a delta that a copy has not seen.
fn new_dots(context: &Context, known: Known<'_>) -> Vec<(String, u64)> {
    let is_new = |dot: &(String, u64)| known.about(&Atom::Dot(dot.0.clone(), dot.1)).iter().next().is_none();
    dots(context).into_iter().filter(is_new).collect()
}

/// The slots that facts add up to.
fn sums(known: Known<'_>) -> BTreeMap<(&str, &str), u64> {
    let mut sums = BTreeMap::new();
    for (atom, fact) in known.facts() {
        if let (Atom::Slot(actor, part), Fact::Amount(amount)) = (atom, fact) {
            *sums.entry((actor.as_str(), part.as_str())).or_default() += amount;
        }
    }
    sums
}

fn owned(sums: BTreeMap<(&str, &str), u64>) -> BTreeMap<(String, String), u64> {
    sums.into_iter().map(|((actor, part), sum)| ((actor.to_owned(), part.to_owned()), sum)).collect()
}
