//! The observed-remove set: dots under a context, and plain add tags.

use std::cmp::Ordering;

use crate::dot::{Context, Dot};
use crate::error::Result;
use crate::names::Name;
use crate::sync::compact::Peers;
use crate::sync::item::{Chosen, Item, ItemSink, dots_of};
use crate::sync::kinds::causal::dots_above;
use crate::sync::reconcile::{Form, Parts};
use crate::types::OrSet;
use crate::value::Value;
use crate::wire::body::{BodyReader, push_context, push_node, push_str};

/// First byte of the item of a plain tag.
const LIVE: u8 = 1;
const REMOVED: u8 = 2;

impl Parts for OrSet {
    const FORM: Form = Form::Causal;

    fn push_exact(&self, out: &mut Vec<u8>) {
        push_context(out, &self.context);
    }

    fn read_exact(&self, reader: &mut BodyReader<'_>) -> Result<Self> {
        Ok(of_context(reader.context()?))
    }

    /// Dots, then live plain tags, then removed ones, each by element.
    fn items(&self, sink: &mut ItemSink) {
        dots(self).for_each(|(_, dot)| sink.dot(dot));
        live_tags(self).for_each(|(element, tag)| push_tag(sink, LIVE, element, tag));
        removed_tags(self).for_each(|(element, tag)| push_tag(sink, REMOVED, element, tag));
    }

    fn above(&self, mut chosen: Chosen<'_>, theirs: &[Item], peer: &Self) -> Option<Self> {
        let live = dots(self).map(|(_, dot)| dot);
        let mut part = of_context(dots_above(&self.context, live, theirs, &peer.context)?);
        chosen.skip(dots(self).count());
        for (element, dot) in dots(self).filter(|(_, dot)| !peer.context.contains(dot)) {
            add_dot(&mut part, element, dot);
        }
        add_tags(self, &mut part, |_| chosen.takes_next());
        Some(part)
    }

    fn buried(&self, mut chosen: Chosen<'_>, peer: &Self) -> Option<Self> {
        let lacking = dots(self).filter(|_| chosen.takes_next());
        let dead: Context = lacking.map(|(_, dot)| dot).filter(|dot| peer.context.contains(dot)).collect();
        (!dead.is_empty()).then(|| of_context(dead))
    }

    fn compare_floors(&self, other: &Self) -> Ordering {
        self.is_closed.cmp(&other.is_closed)
    }

    /// Closes the set if every peer has the same plain tags, live and removed.
    fn compacted(&self, peers: &Peers<Self>) -> Option<(Self, usize)> {
        let mut lacking = peers.lacking();
        lacking.skip(dots(self).count());
        let is_dot = |item: &Item, peer: &OrSet| !dots_of(&[*item], &peer.context).is_empty();
        let has_tags = peers.others().iter().any(|other| other.theirs.iter().any(|item| !is_dot(item, &other.exact)));
        if has_tags || !lacking.is_empty() {
            return None;
        }
        let mut compacted = self.clone();
        let dropped = compacted.close();
        Some((compacted, dropped))
    }

    fn rebuilt(&self, mut chosen: Chosen<'_>, delta: Option<&Self>, peer: &Self) -> Self {
        let mut rebuilt = peer.clone();
        dots(self).filter(|_| !chosen.takes_next()).for_each(|(element, dot)| add_dot(&mut rebuilt, element, dot));
        add_tags(self, &mut rebuilt, |_| !chosen.takes_next());
        if let Some(delta) = delta {
            dots(delta).for_each(|(element, dot)| add_dot(&mut rebuilt, element, dot));
            add_tags(delta, &mut rebuilt, |_| true);
        }
        rebuilt
    }
}

fn of_context(context: Context) -> OrSet {
    let mut set = OrSet::new();
    set.context = context;
    set
}

fn dots(set: &OrSet) -> impl Iterator<Item = (&Value, &Dot)> {
    set.live().flat_map(|(element, adds)| adds.dots.iter().map(move |dot| (element, dot)))
}

fn live_tags(set: &OrSet) -> impl Iterator<Item = (&Value, &Name)> {
    set.live().flat_map(|(element, adds)| adds.tags.iter().map(move |tag| (element, tag)))
}

fn removed_tags(set: &OrSet) -> impl Iterator<Item = (&Value, &Name)> {
    set.removed.iter().flat_map(|(element, tags)| tags.iter().map(move |tag| (element, tag)))
}

fn push_tag(sink: &mut ItemSink, kind: u8, element: &Value, tag: &str) {
    sink.part(|out| {
        out.push(kind);
        push_node(out, element);
        push_str(out, tag);
    });
}

fn add_dot(set: &mut OrSet, element: &Value, dot: &Dot) {
    set.elements.entry(element.clone()).or_default().dots.insert(dot.clone());
}

/// Copies the plain tags that `takes` wants, which is asked in the order of the items.
fn add_tags(from: &OrSet, to: &mut OrSet, mut takes: impl FnMut(&Name) -> bool) {
    for (element, tag) in live_tags(from).filter(|(_, tag)| takes(tag)) {
        to.elements.entry(element.clone()).or_default().tags.insert(tag.clone());
    }
    for (element, tag) in removed_tags(from).filter(|(_, tag)| takes(tag)) {
        to.removed.entry(element.clone()).or_default().insert(tag.clone());
    }
}
