//! Kinds that are live dots with marks under a context.

use std::collections::BTreeSet;

use super::causal::dots_above;
use crate::dot::{Context, Dot};
use crate::error::Result;
use crate::sync::compact::Peers;
use crate::sync::item::{Chosen, Item, ItemSink};
use crate::sync::reconcile::{Form, Parts};
use crate::types::dot_map::DotMap;
use crate::types::{DwFlag, EwFlag, MvRegister, RwSet};
use crate::wire::body::{BodyReader, push_context};

/// The part of some dots that is above a peer's.
fn marks_above<M: Clone>(marks: &DotMap<M>, theirs: &[Item], peer: &Context) -> Option<DotMap<M>> {
    let context = dots_above(marks.context(), marks.iter().map(|(dot, _)| dot), theirs, peer)?;
    let unseen = marks.iter().filter(|(dot, _)| !peer.contains(dot));
    Some(DotMap::of(unseen.map(|(dot, mark)| (dot.clone(), mark.clone())), context))
}

/// The dots that the peer has seen and lacks, as dead ones.
fn dots_buried<M>(marks: &DotMap<M>, mut chosen: Chosen<'_>, peer: &Context) -> Option<DotMap<M>> {
    let lacking = marks.iter().filter(|_| chosen.takes_next());
    let dead: Context = lacking.map(|(dot, _)| dot).filter(|dot| peer.contains(dot)).collect();
    (!dead.is_empty()).then(|| DotMap::of([], dead))
}

/// The live dots that every peer has; `None` when a peer has one that is missing here.
fn dots_settled<S, M>(marks: &DotMap<M>, peers: &Peers<S>) -> Option<BTreeSet<Dot>> {
    let mut lacking = peers.lacking();
    let settled = marks.iter().filter(|_| !lacking.takes_next());
    peers.are_merged().then(|| settled.map(|(dot, _)| dot.clone()).collect())
}

macro_rules! dot_map {
    ($kind:ty, $marks:ident, |$state:ident, $part:ident| $of:expr $(, |$dropping:ident, $settled:ident| $settle:expr)?) => {
        impl Parts for $kind {
            const FORM: Form = Form::Causal;

            fn push_exact(&self, out: &mut Vec<u8>) {
                push_context(out, self.$marks.context());
            }

            fn read_exact(&self, reader: &mut BodyReader<'_>) -> Result<Self> {
                let ($state, $part) = (self, DotMap::of([], reader.context()?));
                Ok($of)
            }

            fn items(&self, sink: &mut ItemSink) {
                self.$marks.iter().for_each(|(dot, _)| sink.dot(dot));
            }

            fn above(&self, _chosen: Chosen<'_>, theirs: &[Item], peer: &Self) -> Option<Self> {
                let ($state, $part) = (self, marks_above(&self.$marks, theirs, peer.$marks.context())?);
                Some($of)
            }

            fn buried(&self, chosen: Chosen<'_>, peer: &Self) -> Option<Self> {
                let ($state, $part) = (self, dots_buried(&self.$marks, chosen, peer.$marks.context())?);
                Some($of)
            }

            $(fn compacted(&self, peers: &Peers<Self>) -> Option<(Self, usize)> {
                let ($settled, mut $dropping) = (dots_settled(&self.$marks, peers)?, self.clone());
                let dropped = $settle;
                Some(($dropping, dropped))
            })?
        }
    };
}

dot_map!(MvRegister, siblings, |_state, part| {
    let mut register = MvRegister::new();
    register.siblings = part;
    register
});
dot_map!(EwFlag, enables, |_state, part| {
    let mut flag = EwFlag::new();
    flag.enables = part;
    flag
});
dot_map!(DwFlag, turns, |_state, part| DwFlag::of(part), |flag, settled| usize::from(
    flag.settle(|dot| settled.contains(dot))
));
dot_map!(RwSet, marks, |state, part| state.of_some(part), |set, settled| set.settle(|dot| settled.contains(dot)));
