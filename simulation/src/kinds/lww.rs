//! Registers and maps where the last write wins.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crdt_merge_protocol::wire::encode_value;
use crdt_merge_protocol::{Join, LwwMap, LwwRegister, Result, Stamp, Value};

use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject, foreign_node, key, value};

/// A value with its stamp in microseconds and its node.
type Shown = (Value, i64, String);

fn compare(a: &Shown, b: &Shown) -> Ordering {
    a.1.cmp(&b.1).then_with(|| a.2.cmp(&b.2)).then_with(|| encode_value(&a.0).cmp(&encode_value(&b.0)))
}

fn written(fact: &Fact) -> Option<Shown> {
    match fact {
        Fact::Written(value, at, node) => Some((value.clone(), *at, node.clone())),
        _ => None,
    }
}

fn shown(register: &LwwRegister) -> Shown {
    (register.value().clone(), register.stamp().floor_micros(), register.node().to_owned())
}

fn fact_of(register: &LwwRegister) -> Fact {
    let (value, at, node) = shown(register);
    Fact::Written(value, at, node)
}

impl Subject for LwwRegister {
    type Reading = Option<Shown>;
    const HAS_PARTS: bool = false;

    fn empty() -> Self {
        LwwRegister::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        match action {
            Action::Put { value: number, .. } => {
                let update = self.set_delta(setting.writer, value(*number))?;
                let fact = Fresh::new(Atom::Whole, fact_of(self));
                let facts = if update.written.changed.is_yes() { vec![fact] } else { Vec::new() };
                Ok(Act::with(facts, update.delta))
            }
            Action::PutAt { value: number, at, node, .. } => {
                let (value, node) = (value(*number), foreign_node(*node));
                self.write(value.clone(), Stamp::from_micros(*at), &node)?;
                Ok(Act::of(vec![Fresh::new(Atom::Whole, Fact::Written(value, *at, node))]))
            }
            _ => Ok(Act::nothing()),
        }
    }

    fn read(&self) -> Self::Reading {
        (!self.node().is_empty()).then(|| shown(self))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        known.facts().filter_map(|(_, fact)| written(fact)).max_by(compare)
    }

    fn join_first_come(&mut self, other: &Self) -> Result<()> {
        let is_tie = !self.node().is_empty() && (self.stamp(), self.node()) == (other.stamp(), other.node());
        if is_tie { Ok(()) } else { self.join(other).map(drop) }
    }
}

impl Subject for LwwMap {
    type Reading = BTreeMap<String, Shown>;

    fn empty() -> Self {
        LwwMap::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        match action {
            Action::Put { key: name, value: number } => put(self, &key(*name), value(*number), setting),
            Action::Take { key: name } => take(self, &key(*name), setting),
            Action::PutAt { key: name, value: number, at, node } => {
                let (name, value, node) = (key(*name), value(*number), foreign_node(*node));
                self.write(&name, value.clone(), Stamp::from_micros(*at), &node)?;
                Ok(Act::of(vec![Fresh::new(Atom::Key(name), Fact::Written(value, *at, node))]))
            }
            Action::TakeAt { key: name, at } => {
                self.delete_at(&key(*name), Stamp::from_micros(*at))?;
                Ok(Act::of(vec![Fresh::new(Atom::Key(key(*name)), Fact::Deleted(*at))]))
            }
            _ => Ok(Act::nothing()),
        }
    }

    fn read(&self) -> Self::Reading {
        self.iter().map(|(key, register)| (key.to_owned(), shown(register))).collect()
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let keys = known.by_atom().filter_map(|(atom, facts)| match atom {
            Atom::Key(name) => Some((name.clone(), visible(&facts)?)),
            _ => None,
        });
        keys.collect()
    }

    fn differs(ours: Known<'_>, theirs: Known<'_>) -> bool {
        item(ours) != item(theirs)
    }

    fn floor(&self) -> Option<i128> {
        LwwMap::floor(self).map(|stamp| i128::from(stamp.floor_micros()))
    }

    fn is_above(fact: &Fact, floor: i128) -> bool {
        match fact {
            Fact::Written(_, at, _) | Fact::Deleted(at) => i128::from(*at) > floor,
            _ => true,
        }
    }

    fn holds(&self, key: &str) -> bool {
        self.register(key).is_some() || self.tombstones().any(|(deleted, _)| deleted == key)
    }

    fn is_left_over(known: Known<'_>, floor: i128) -> bool {
        item(known).1.is_some_and(|deleted| i128::from(deleted) <= floor)
    }

    fn salvaged_at(&self, floor: i128) -> Self {
        self.salvage(Stamp::from_micros(i64::try_from(floor).unwrap_or(i64::MAX))).0
    }
}

fn put(map: &mut LwwMap, name: &str, value: Value, setting: &Setting<'_>) -> Result<Act<LwwMap>> {
    let update = map.set_delta(setting.writer, name, value.clone())?;
    let written = |at| Fact::Written(value, at, setting.writer.node().to_owned());
    let at = setting.writer.last_micros().filter(|_| update.written.changed.is_yes());
    Ok(Act::with(at.map(|at| Fresh::new(Atom::Key(name.to_owned()), written(at))).into_iter().collect(), update.delta))
}

fn take(map: &mut LwwMap, name: &str, setting: &Setting<'_>) -> Result<Act<LwwMap>> {
    let update = map.delete_delta(setting.writer, name)?;
    let at = setting.writer.last_micros().filter(|_| update.written.changed.is_yes());
    let fact = at.map(|at| Fresh::new(Atom::Key(name.to_owned()), Fact::Deleted(at)));
    Ok(Act::with(fact.into_iter().collect(), update.delta))
}

/// The last write, and the last deletion if that has not overtaken it.
fn item(known: Known<'_>) -> (Option<Shown>, Option<i64>) {
    let facts: Vec<&Fact> = known.facts().map(|(_, fact)| fact).collect();
    let last = facts.iter().filter_map(|fact| written(fact)).max_by(compare);
    let deleted = deletion(&facts).filter(|deleted| last.as_ref().is_none_or(|last| last.1 <= *deleted));
    (last, deleted)
}

fn deletion(facts: &[&Fact]) -> Option<i64> {
    let deleted = facts.iter().filter_map(|fact| match fact {
        Fact::Deleted(at) => Some(*at),
        _ => None,
    });
    deleted.max()
}

/// What is shown of a key of which these facts are known.
fn visible(facts: &[&Fact]) -> Option<Shown> {
    let deleted = deletion(facts);
    let last = facts.iter().filter_map(|fact| written(fact)).max_by(compare)?;
    deleted.is_none_or(|deleted| last.1 > deleted).then_some(last)
}
