//! Sets where an add wins over a removal that had not seen it, with dots and plain tags.

use std::collections::BTreeSet;

use crdt_merge_protocol::{OrSet, Result};

use super::Seen;
use super::marks::{deaths, write};
use crate::bits::Bits;
use crate::history::Action;
use crate::oracle::{Atom, Fact, Fresh, Known};
use crate::subject::{Act, Setting, Subject, element};

/// Nothing but live plain tags is within reach of a closed set.
const CLOSED: i128 = 1;

impl Subject for OrSet {
    type Reading = (BTreeSet<String>, Seen);

    fn empty() -> Self {
        OrSet::new()
    }

    fn act(&mut self, action: &Action, setting: &Setting<'_>) -> Result<Act<Self>> {
        Ok(match action {
            Action::Put { key, .. } => {
                let element = element(*key);
                let delta = self.add_delta(setting.writer, element.clone())?.delta;
                let born = (element.clone(), 0);
                Act::with(write(delta.context(), setting.known, &born, |live| *live == element), delta)
            }
            Action::Take { key } => {
                let delta = self.remove_delta(element(*key)).delta;
                Act::with(removal(*key, setting.known), delta)
            }
            Action::PutTag { key, tag } => {
                let (name, atom) = (tag_name(*tag), Atom::Tag(u32::from(*key % 5), tag_name(*tag)));
                self.add_with_tag(element(*key), &name)?;
                Act::of(vec![Fresh::new(atom, Fact::TagLive)])
            }
            _ => Act::nothing(),
        })
    }

    fn read(&self) -> Self::Reading {
        (self.iter().map(|element| format!("{element:?}")).collect(), Seen::of(self.context()))
    }

    fn reading_of(known: Known<'_>) -> Self::Reading {
        let by_dots = known.live().map(|(_, _, value, _)| format!("{value:?}"));
        let by_tags = live_tags(known).map(|(key, _)| format!("{:?}", element(key as u8)));
        (by_dots.chain(by_tags).collect(), Seen::known(known))
    }

    fn floor(&self) -> Option<i128> {
        self.is_closed().then_some(CLOSED)
    }

    fn is_above(fact: &Fact, _floor: i128) -> bool {
        *fact != Fact::TagLive
    }

    fn is_within(fact: &Fact, _floor: i128) -> bool {
        matches!(fact, Fact::TagLive | Fact::TagGone)
    }

    fn differs(ours: Known<'_>, theirs: Known<'_>) -> bool {
        let is_gone = |known: Known<'_>| known.facts().any(|(_, fact)| *fact == Fact::TagGone);
        let is_new = theirs.facts().next().is_none();
        is_new || is_gone(ours) != is_gone(theirs)
    }

    fn salvaged_at(&self, _floor: i128) -> Self {
        self.salvage().0
    }

    /// A closed set has no notes: a tag that was removed is one that it does not know.
    fn forgotten(known: Known<'_>) -> Bits {
        let gone = known.by_atom().filter(|(_, facts)| facts.contains(&&Fact::TagGone));
        gone.map(|(atom, _)| known.about(atom)).fold(Bits::default(), |all, facts| all.united(&facts))
    }

    fn without_notes(&self) -> Self {
        let mut forgetful = self.clone();
        forgetful.close();
        let (open, left_out) = forgetful.salvage();
        if left_out.is_empty() { open } else { self.clone() }
    }
}

fn tag_name(tag: u32) -> String {
    format!("t{tag}")
}

fn live_tags(known: Known<'_>) -> impl Iterator<Item = (u32, &str)> {
    known.by_atom().filter_map(|(atom, facts)| match atom {
        Atom::Tag(element, tag) if !facts.contains(&&Fact::TagGone) => Some((*element, tag.as_str())),
        _ => None,
    })
}

fn removal(key: u8, known: Known<'_>) -> Vec<Fresh> {
    let of_element = |(number, _): &(u32, &str)| *number == u32::from(key % 5);
    let tags = live_tags(known).filter(of_element);
    let gone = tags.map(|(number, tag)| Fresh::new(Atom::Tag(number, tag.to_owned()), Fact::TagGone));
    deaths(known, |live| *live == element(key)).chain(gone).collect()
}
