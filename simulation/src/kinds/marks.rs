//! Live dots with marks: multi-value registers, remove-wins sets, flags.

use std::collections::{BTreeMap, BTreeSet};

use crdt_merge_protocol::{Context, Dot, DwFlag, EwFlag, Framed, Join, MvRegister, Result, RwSet, Stamp, Value};

use super::{Seen, new_dots};
use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject, element, value};

/// Marks of adds and enablings, of removals and disablings.
const ON: i64 = 0;
const OFF: i64 = 1;

/// The facts of a write: its new dots, and the death of the live dots that it takes the place of.
pub fn write(context: &Context, known: Known<'_>, born: &(Value, i64), dies: impl Fn(&Value) -> bool) -> Vec<Fresh> {
    let new = new_dots(context, known).into_iter().map(|(actor, sequence)| {
        Fresh::on(&actor.clone(), Atom::Dot(actor, sequence), Fact::Born(born.0.clone(), born.1))
    });
    new.chain(deaths(known, dies)).collect()
}

/// The death of live dots.
pub fn deaths<'a>(known: Known<'a>, dies: impl Fn(&Value) -> bool + 'a) -> impl Iterator<Item = Fresh> + 'a {
    let dying = known.live().filter(move |(_, _, value, _)| dies(value));
    dying.map(|(actor, sequence, ..)| Fresh::new(Atom::Dot(actor.to_owned(), sequence), Fact::Dead))
}

impl Subject for MvRegister {
    type Reading = (BTreeMap<(String, u64), (Value, i64)>, Seen);

    fn empty() -> Self {
        MvRegister::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let Action::Put { value: number, .. } = action else { return Ok(Act::nothing()) };
        let update = self.set_delta(setting.writer, value(*number))?;
        let stamp = update.delta.siblings().map(|(_, sibling)| sibling.stamp().floor_micros()).max();
        let born = (value(*number), stamp.unwrap_or_default());
        Ok(Act::with(write(update.delta.context(), setting.known, &born, |_| true), update.delta))
    }

    fn read(&self) -> Self::Reading {
        let siblings = self.siblings().map(|(dot, sibling)| {
            let dot = (dot.actor().to_owned(), dot.sequence());
            (dot, (sibling.value().clone(), sibling.stamp().floor_micros()))
        });
        (siblings.collect(), Seen::of(self.context()))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let live = known.live().map(|(actor, sequence, value, at)| ((actor.to_owned(), sequence), (value.clone(), at)));
        (live.collect(), Seen::known(known))
    }

    fn delta_of_context(&self, receiver: &Self) -> Option<Self> {
        let mut delta = MvRegister::new();
        for (actor, sequence) in super::dots(self.context()) {
            let dot = Dot::new(&actor, sequence)?;
            if !receiver.context().contains(&dot) {
                delta.join(&self.only(&dot)?).ok()?;
            }
        }
        Some(delta)
    }
}

/// A part of a state that is made of its public members.
trait Only: Sized {
    fn only(&self, dot: &Dot) -> Option<Self>;
}

impl Only for MvRegister {
    /// The state of one dot: live as it is, or dead.
    fn only(&self, dot: &Dot) -> Option<Self> {
        let live = self.siblings().find(|(live, _)| *live == dot);
        match live {
            Some((_, sibling)) => {
                MvRegister::with_dot(sibling.value().clone(), sibling.stamp(), dot.actor(), dot.sequence()).ok()
            }
            None => dead(dot),
        }
    }
}

/// A register that has seen a dot which is no longer there: a body without siblings, and a context.
fn dead(dot: &Dot) -> Option<MvRegister> {
    let live = MvRegister::with_dot(Value::Null, Stamp::ZERO, dot.actor(), dot.sequence()).ok()?;
    let frame = live.encode();
    let (header, body) = frame.split_at_checked(12)?;
    // Schema, one sibling (its dot, a null, the stamp zero), the context, no extension fields.
    let context = body.len().checked_sub(2)?;
    let sibling = 1 + 1 + dot.actor().len() + varint_bytes(dot.sequence()) + 1 + 2;
    let rest = body.get(1 + sibling..).filter(|_| context > sibling)?;
    let mut out = header.to_vec();
    out.extend([body.first().copied()?, 0]);
    out.extend(rest);
    let length = u32::try_from(out.len() - header.len()).ok()?;
    out.get_mut(8..12)?.copy_from_slice(&length.to_le_bytes());
    MvRegister::decode(&out).ok()
}

fn varint_bytes(number: u64) -> usize {
    (64 - number.max(1).leading_zeros() as usize).div_ceil(7)
}

impl Subject for EwFlag {
    type Reading = (bool, Seen);

    fn empty() -> Self {
        EwFlag::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let born = (Value::Null, ON);
        Ok(match action {
            Action::Put { .. } => {
                let delta = self.enable_delta(setting.writer)?.delta;
                Act::with(write(delta.context(), setting.known, &born, |_| true), delta)
            }
            Action::Take { .. } => {
                let delta = self.disable_delta().delta;
                Act::with(deaths(setting.known, |_| true).collect(), delta)
            }
            _ => Act::nothing(),
        })
    }

    fn read(&self) -> Self::Reading {
        (self.is_on(), Seen::of(self.context()))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        (known.live().next().is_some(), Seen::known(known))
    }
}

impl Subject for DwFlag {
    /// Whether it is on, whether it is contested, what was seen.
    type Reading = (bool, bool, Seen);

    fn empty() -> Self {
        DwFlag::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let (delta, mark) = match action {
            Action::Put { .. } => (self.enable_delta(setting.writer)?.delta, ON),
            Action::Take { .. } if self.is_on() => (self.disable_delta(setting.writer)?.delta, OFF),
            Action::Take { .. } => return Ok(Act::with(Vec::new(), self.disable_delta(setting.writer)?.delta)),
            _ => return Ok(Act::nothing()),
        };
        Ok(Act::with(write(delta.context(), setting.known, &(Value::Null, mark), |_| true), delta))
    }

    fn read(&self) -> Self::Reading {
        (self.is_on(), self.is_contested(), Seen::of(self.context()))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let has = |mark| known.live().any(|(.., live)| live == mark);
        (has(ON) && !has(OFF), has(ON) && has(OFF), Seen::known(known))
    }

    fn settled(known: Known<'_>, peers: &[Known<'_>]) -> Vec<Atom> {
        settled_marks(known, peers, true)
    }
}

impl Subject for RwSet {
    /// Members, live removals, what was seen.
    type Reading = (Vec<String>, usize, Seen);

    fn empty() -> Self {
        RwSet::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        let (delta, element, mark) = match action {
            Action::Put { key, .. } => (self.add_delta(setting.writer, element(*key))?.delta, element(*key), ON),
            Action::Take { key } => {
                let is_noted = setting.known.live().any(|(_, _, live, mark)| *live == element(*key) && mark == ON);
                let delta = self.remove_delta(setting.writer, element(*key))?.delta;
                if !is_noted {
                    return Ok(Act::with(Vec::new(), delta));
                }
                (delta, element(*key), OFF)
            }
            _ => return Ok(Act::nothing()),
        };
        let born = (element.clone(), mark);
        Ok(Act::with(write(delta.context(), setting.known, &born, |live| *live == element), delta))
    }

    fn read(&self) -> Self::Reading {
        let mut members: Vec<_> = self.iter().map(|element| format!("{element:?}")).collect();
        members.sort_unstable();
        (members, self.removals(), Seen::of(self.context()))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let by_mark = |wanted| {
            let live = known.live().filter(move |(.., mark)| *mark == wanted);
            live.map(|(_, _, element, _)| format!("{element:?}"))
        };
        let (added, removed): (BTreeSet<_>, Vec<_>) = (by_mark(ON).collect(), by_mark(OFF).collect());
        (added.into_iter().filter(|element| !removed.contains(element)).collect(), removed.len(), Seen::known(known))
    }

    fn settled(known: Known<'_>, peers: &[Known<'_>]) -> Vec<Atom> {
        settled_marks(known, peers, false)
    }
}

/// Removals of elements without a live add, all of whose marks live at every peer.
fn settled_marks(known: Known<'_>, peers: &[Known<'_>], _is_flag: bool) -> Vec<Atom> {
    let mut elements: BTreeMap<String, Vec<(String, u64, i64)>> = BTreeMap::new();
    for (actor, sequence, element, mark) in known.live() {
        elements.entry(format!("{element:?}")).or_default().push((actor.to_owned(), sequence, mark));
    }
    let lives_at = |peer: &Known<'_>, actor: &str, sequence: u64| {
        peer.live().any(|(live, at, ..)| (live, at) == (actor, sequence))
    };
    let is_ripe = |marks: &&Vec<(String, u64, i64)>| {
        marks.iter().all(|(actor, at, mark)| *mark == OFF && peers.iter().all(|peer| lives_at(peer, actor, *at)))
    };
    let ripe = elements.values().filter(is_ripe).flatten();
    ripe.map(|(actor, sequence, _)| Atom::Dot(actor.clone(), *sequence)).collect()
}
