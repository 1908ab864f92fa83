//! What the simulator asks of a kind.

use std::fmt::Debug;

use crdt_merge_protocol::{Reconcile, Replica, Result, State, Value};

use crate::bits::Bits;
use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};

/// What a local write did.
pub struct Act<S> {
    /// What it has brought into the world; nothing if the write had no effect.
    pub facts: Vec<Fresh>,
    /// The delta that it handed back, where the kind has such.
    pub update: Option<S>,
    /// Parts of which the copy forgets what it knew: an edit.
    pub forgets: Vec<Atom>,
    /// Slots of which the copy learns, from what it writes over, the first events up to a count.
    pub hears: Vec<(Atom, u64)>,
}

impl<S> Act<S> {
    /// A write that did nothing.
    pub fn nothing() -> Self {
        Act::of(Vec::new())
    }

    /// A write without delta.
    pub fn of(facts: Vec<Fresh>) -> Self {
        Act { facts, update: None, forgets: Vec::new(), hears: Vec::new() }
    }

    /// A write with its delta.
    pub fn with(facts: Vec<Fresh>, update: S) -> Self {
        Act { update: Some(update), ..Act::of(facts) }
    }
}

/// What happens beside a write.
pub struct Setting<'a> {
    /// Who writes.
    pub writer: &'a Replica,
    /// What the copy knows.
    pub known: Known<'a>,
    /// The actor that rights are handed to.
    pub receiver: Option<&'a str>,
}

/// A kind under simulation, and how the oracle reads what is known.
pub trait Subject: State + Reconcile + Debug {
    /// What users see of it.
    type Reading: PartialEq + Debug;

    /// Whether deltas hold some parts of a state; if not, they are the whole state.
    const HAS_PARTS: bool = true;

    /// Whether slots are sent as items: whenever two copies have not the same one, also by the one that is behind.
    const SLOTS_ARE_ITEMS: bool = false;

    /// A state that nobody has written to.
    fn empty() -> Self;

    /// A local write.
    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>>;

    /// What it shows.
    fn read(&self) -> Self::Reading;

    /// What a copy shows that knows this.
    fn reading_of(known: Known<'_>) -> Self::Reading;

    /// The actor that others may hand rights to.
    fn receiver(&mut self, _writer: &Replica) -> Option<Result<String>> {
        None
    }

    /// Whether a value shown may be below what is allowed; asked of copies that know all that their facts rest on.
    fn is_overdrawn(_known: Known<'_>) -> bool {
        false
    }

    /// Where its compaction floor is, if it has one.
    fn floor(&self) -> Option<i128> {
        None
    }

    /// Whether a fact is beyond the reach of a floor.
    fn is_above(_fact: &Fact, _floor: i128) -> bool {
        true
    }

    /// Whether a fact is within the reach of a floor: what decides whether a state is stale.
    fn is_within(fact: &Fact, floor: i128) -> bool {
        !Self::is_above(fact, floor)
    }

    /// Whether the items of two copies about one key or tag differ, of which the first knows something.
    fn differs(ours: Known<'_>, theirs: Known<'_>) -> bool {
        Self::reading_of(ours) != Self::reading_of(theirs)
    }

    /// Whether a part that was made for a peer has this key.
    fn holds(&self, _key: &str) -> bool {
        true
    }

    /// Whether a floor drops what is known about one key.
    fn is_left_over(_known: Known<'_>, _floor: i128) -> bool {
        false
    }

    /// What is left of it when a state with this floor refuses it.
    fn salvaged_at(&self, _floor: i128) -> Self {
        self.clone()
    }

    /// The dots that compaction lets die, given what this copy knows and what the peers knew.
    fn settled(_known: Known<'_>, _peers: &[Known<'_>]) -> Vec<Atom> {
        Vec::new()
    }

    /// The facts that compaction makes a copy forget, in which it is as one that never heard of them.
    fn forgotten(_known: Known<'_>) -> Bits {
        Bits::default()
    }

    /// Joins as a careless implementation would that lets the first of two tied writes stay.
    fn join_first_come(&mut self, other: &Self) -> Result<()> {
        self.join(other).map(drop)
    }

    /// The delta that somebody would make who takes the context for a summary.
    fn delta_of_context(&self, _receiver: &Self) -> Option<Self> {
        None
    }

    /// The state without the notes of removed plain tags.
    fn without_notes(&self) -> Self {
        self.clone()
    }
}

/// A value by number.
pub fn value(number: u8) -> Value {
    match number % 7 {
        0 => Value::Null,
        1 => Value::Int(i64::from(number)),
        2 => Value::from(format!("v{number}")),
        3 => Value::Float(f64::from(number) + 0.5),
        4 => Value::Bool(number.is_multiple_of(2)),
        5 => Value::List(vec![Value::Int(i64::from(number)), Value::Null]),
        _ => Value::Int(-i64::from(number)),
    }
}

/// An element by number; the first two differ in nothing but their type.
pub fn element(number: u8) -> Value {
    match number % 5 {
        0 => Value::from("1"),
        1 => Value::Int(1),
        2 => Value::Float(2.5),
        3 => Value::Bool(true),
        _ => Value::from("x"),
    }
}

/// A key by number.
pub fn key(number: u8) -> String {
    format!("k{}", number % 5)
}

/// A node of imports by number.
pub fn foreign_node(number: u8) -> String {
    format!("import{}", number % 2)
}
