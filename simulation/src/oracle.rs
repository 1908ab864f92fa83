//! What is known: every write as facts, and the facts that a copy has taken in. No join of the library has a part in it.

use std::collections::HashMap;

use crdt_merge_protocol::Value;

use crate::bits::Bits;

/// The part of a state that a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// The whole state.
    Whole,
    /// A slot; the second name tells slots of one actor apart.
    Slot(String, String),
    /// A dot.
    Dot(String, u64),
    /// A key.
    Key(String),
    /// A plain tag of an element.
    Tag(u32, String),
}

/// One thing that a write has brought into the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// An amount added to a slot.
    Amount(u64),
    /// A dot that lives; what the number means is up to the kind.
    Born(Value, i64),
    /// A dot that died.
    Dead,
    /// A plain tag that lives.
    TagLive,
    /// A plain tag that was removed.
    TagGone,
    /// A value with stamp in microseconds and node.
    Written(Value, i64, String),
    /// A deletion with its stamp.
    Deleted(i64),
    /// A value or a deletion (`true`) with the events that its writer knew.
    Entry(Value, Vec<(String, u64)>, bool),
    /// A record with its content hash.
    Record(Value, [u8; 32]),
    /// An item with its amount.
    Item(i64, u64),
    /// What a table of counts, and their total, was after a write.
    Table(Vec<u64>, u64),
}

/// A fact that a write has just brought.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// What it is about.
    pub atom: Atom,
    /// What it says.
    pub fact: Fact,
    /// The line of writes that it continues: a copy that continues a line knows all of it.
    pub line: Option<String>,
}

impl Fresh {
    /// A fact outside of lines.
    pub fn new(atom: Atom, fact: Fact) -> Self {
        Fresh { atom, fact, line: None }
    }

    /// A fact that continues a line.
    pub fn on(line: &str, atom: Atom, fact: Fact) -> Self {
        Fresh { atom, fact, line: Some(line.to_owned()) }
    }
}

struct Entry {
    atom: usize,
    fact: Fact,
    /// What its writer knew.
    before: Bits,
}

/// All facts about one document.
#[derive(Default)]
pub struct Oracle {
    atoms: Vec<Atom>,
    ids: HashMap<Atom, usize>,
    facts: Vec<Entry>,
    by_atom: Vec<Vec<usize>>,
    lines: HashMap<String, Vec<usize>>,
}

impl Oracle {
    /// Number of facts.
    pub fn count(&self) -> usize {
        self.facts.len()
    }

    /// Takes in the facts of one write by a copy that knew `before`; gives their numbers, or tells what is wrong with them.
    pub fn add(&mut self, fresh: &[Fresh], before: &Bits) -> Result<Vec<usize>, String> {
        fresh.iter().try_for_each(|fresh| self.check_line(fresh, before))?;
        Ok(fresh.iter().map(|fresh| self.push(fresh, before)).collect())
    }

    fn check_line(&self, fresh: &Fresh, before: &Bits) -> Result<(), String> {
        let Some(name) = &fresh.line else { return Ok(()) };
        let line = self.lines.get(name).map_or(&[][..], Vec::as_slice);
        let Atom::Dot(_, sequence) = fresh.atom else { return self.check_slot_line(name, line, before) };
        if sequence != line.len() as u64 + 1 {
            return Err(format!("{name} has {} dots and mints number {sequence}", line.len()));
        }
        // Of dots the last one has to be known, alive or dead: deltas may have left out those before.
        match line.last().filter(|last| !self.has_heard(before, **last)) {
            Some(last) => Err(goes_on(name, &self.tell(*last))),
            None => Ok(()),
        }
    }

    /// A slot is a sum: who adds to it knows all of it.
    fn check_slot_line(&self, name: &str, line: &[usize], before: &Bits) -> Result<(), String> {
        match line.iter().find(|fact| !before.contains(**fact)) {
            Some(unknown) => Err(goes_on(name, &self.tell(*unknown))),
            None => Ok(()),
        }
    }

    /// Whether anything is known about the part that a fact is about.
    fn has_heard(&self, known: &Bits, fact: usize) -> bool {
        self.by_atom[self.facts[fact].atom].iter().any(|other| known.contains(*other))
    }

    fn push(&mut self, fresh: &Fresh, before: &Bits) -> usize {
        let id = self.facts.len();
        let atom = self.intern(&fresh.atom);
        self.by_atom[atom].push(id);
        if let Some(line) = &fresh.line {
            self.lines.entry(line.clone()).or_default().push(id);
        }
        self.facts.push(Entry { atom, fact: fresh.fact.clone(), before: before.clone() });
        id
    }

    fn intern(&mut self, atom: &Atom) -> usize {
        if let Some(id) = self.ids.get(atom) {
            return *id;
        }
        self.atoms.push(atom.clone());
        self.by_atom.push(Vec::new());
        self.ids.insert(atom.clone(), self.atoms.len() - 1);
        self.atoms.len() - 1
    }

    /// A fact in words.
    pub fn tell(&self, fact: usize) -> String {
        let entry = &self.facts[fact];
        format!("{:?} {:?}", self.atoms[entry.atom], entry.fact)
    }

    /// What is known with these facts.
    pub fn known<'a>(&'a self, facts: &'a Bits) -> Known<'a> {
        Known { oracle: self, facts }
    }

    /// The first facts about a slot, up to a sum.
    pub fn first(&self, atom: &Atom, sum: u64) -> Bits {
        let all = self.ids.get(atom).map_or(&[][..], |id| &self.by_atom[*id]);
        let mut reached = 0;
        let is_within = |fact: &&usize| {
            reached += amount(&self.facts[**fact].fact);
            reached <= sum
        };
        all.iter().take_while(is_within).copied().collect()
    }

    /// The known facts about the atoms of some facts.
    pub fn beside(&self, facts: &[usize], known: &Bits) -> Bits {
        let about = facts.iter().flat_map(|fact| &self.by_atom[self.facts[*fact].atom]);
        about.copied().filter(|fact| known.contains(*fact)).collect()
    }
}

fn amount(fact: &Fact) -> u64 {
    match fact {
        Fact::Amount(amount) => *amount,
        _ => 0,
    }
}

fn goes_on(line: &str, write: &str) -> String {
    format!("{line} goes on in a copy that does not know its write {write}")
}

/// The facts that a copy has taken in.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    oracle: &'a Oracle,
    facts: &'a Bits,
}

impl<'a> Known<'a> {
    /// Every known fact with its atom.
    pub fn facts(self) -> impl Iterator<Item = (&'a Atom, &'a Fact)> {
        let entry = |fact: usize| &self.oracle.facts[fact];
        self.facts.iter().map(entry).map(|entry| (&self.oracle.atoms[entry.atom], &entry.fact))
    }

    /// The known facts by atom; atoms of which nothing is known are left out.
    pub fn by_atom(self) -> impl Iterator<Item = (&'a Atom, Vec<&'a Fact>)> {
        let of = move |atom: usize| -> Vec<&'a Fact> {
            let ids = self.oracle.by_atom[atom].iter().filter(|fact| self.facts.contains(**fact));
            ids.map(|fact| &self.oracle.facts[*fact].fact).collect()
        };
        let all = (0..self.oracle.atoms.len()).map(move |atom| (&self.oracle.atoms[atom], of(atom)));
        all.filter(|(_, facts)| !facts.is_empty())
    }

    /// The known facts about one atom.
    pub fn about(self, atom: &Atom) -> Bits {
        let ids = self.oracle.ids.get(atom).map_or(&[][..], |id| &self.oracle.by_atom[*id]);
        ids.iter().copied().filter(|fact| self.facts.contains(*fact)).collect()
    }

    /// Everything that was ever added to a slot, known here or not.
    pub fn written(self, atom: &Atom) -> u64 {
        let all = self.oracle.ids.get(atom).map_or(&[][..], |id| &self.oracle.by_atom[*id]);
        all.iter().map(|fact| amount(&self.oracle.facts[*fact].fact)).sum()
    }

    /// What is said about a dot: nothing, that it lives, that it died.
    pub fn life(self, atom: &Atom) -> u8 {
        let about = self.about(atom);
        let is_dead = about.iter().any(|fact| self.oracle.facts[fact].fact == Fact::Dead);
        if is_dead { 2 } else { u8::from(about.iter().next().is_some()) }
    }

    /// The facts that a test lets through.
    pub fn filtered(self, test: impl Fn(&Atom, &Fact) -> bool) -> Bits {
        let passes =
            |fact: &usize| test(&self.oracle.atoms[self.oracle.facts[*fact].atom], &self.oracle.facts[*fact].fact);
        self.facts.iter().filter(passes).collect()
    }

    /// Whether with every fact all is known that its writer knew.
    pub fn is_closed(self) -> bool {
        self.facts.iter().all(|fact| self.oracle.facts[fact].before.is_within(self.facts))
    }

    /// The dots that live, with what was born.
    pub fn live(self) -> impl Iterator<Item = (&'a str, u64, &'a Value, i64)> {
        self.by_atom().filter_map(|(atom, facts)| match (atom, born(&facts)) {
            (Atom::Dot(actor, sequence), Some((value, mark))) => Some((actor.as_str(), *sequence, value, mark)),
            _ => None,
        })
    }
}

fn born<'a>(facts: &[&'a Fact]) -> Option<(&'a Value, i64)> {
    if facts.contains(&&Fact::Dead) {
        return None;
    }
    facts.iter().find_map(|fact| match fact {
        Fact::Born(value, mark) => Some((value, *mark)),
        _ => None,
    })
}
