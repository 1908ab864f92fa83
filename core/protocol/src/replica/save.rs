//! What a replica has to remember across restarts, and the life of it: opened, in use, closed.

use std::collections::BTreeMap;

use super::{Clock, Entropy, HybridClock, Inner, Replica, check_node_id};
use crate::error::{Code, Result};
use crate::generated::Tag;
use crate::names::Name;
use crate::state::{Framed, relayed_kind};
use crate::types::dot_map::{describe_counts, typed_object};
use crate::value::JsonValue;
use crate::wire::EncodeOptions;
use crate::wire::body::{BodyReader, push_str, push_varint, push_zigzag};

/// The save of a replica, tag 0x49: its node id, its clock and, if it was closed, its actors.
///
/// Reading one changes nothing. It belongs to one replica: it is never sent, has no join, and a copy of it that is restored later
/// (a backup, a cloned disk) must become a new replica, because the actors in it may have gone on elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaSave {
    node: Name,
    last: i64,
    is_clean: bool,
    /// Empty unless clean. Figures are above 0.
    actors: BTreeMap<Name, u64>,
}

impl ReplicaSave {
    /// The node id.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// The last microsecond that the replica's clock gave out; `i64::MIN` if it gave out none.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// Whether the replica was closed: only then do its actors go on.
    pub fn is_clean(&self) -> bool {
        self.is_clean
    }

    /// The actors with the last figure that each has given out, by name.
    pub fn actors(&self) -> impl ExactSizeIterator<Item = (&str, u64)> {
        self.actors.iter().map(|(actor, figure)| (actor.as_str(), *figure))
    }

    /// The save of the same replica while it is in use.
    #[must_use]
    pub fn opened(&self) -> Self {
        ReplicaSave { node: self.node.clone(), last: self.last, is_clean: false, actors: BTreeMap::new() }
    }

    fn check(self, reader: &BodyReader<'_>) -> Result<Self> {
        if !self.is_clean && !self.actors.is_empty() {
            return Err(reader.not_canonical("a replica that is open has no actors in its save"));
        }
        let prefix = prefix_of(&self.node);
        match self.actors.keys().find(|actor| **actor != self.node && !actor.starts_with(&prefix)) {
            Some(foreign) => {
                Err(reader.fault(Code::BadSchema, "an actor belongs to another node").with("found", foreign))
            }
            None => Ok(self),
        }
    }
}

pub(super) fn prefix_of(node: &str) -> String {
    format!("{node}~")
}

impl Framed for ReplicaSave {
    const TAG: Tag = Tag::Replica;

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let node = reader.text()?;
        check_node_id(node).map_err(|error| error.with("offset", reader.offset()))?;
        let (last, is_clean) = (reader.zigzag()?, reader.bool()?);
        let actors = reader.counts(u64::MAX)?.into_iter().collect();
        ReplicaSave { node: Name::new(node), last, is_clean, actors }.check(reader)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_str(out, &self.node);
        push_zigzag(out, self.last);
        out.push(u8::from(self.is_clean));
        push_varint(out, self.actors.len() as u64);
        for (actor, figure) in &self.actors {
            push_str(out, actor);
            push_varint(out, *figure);
        }
    }

    fn describe(&self) -> Result<JsonValue> {
        let members = [
            ("node", self.node.as_str().into()),
            ("last", self.last.into()),
            ("clean", self.is_clean.into()),
            ("actors", describe_counts(self.actors())?),
        ];
        typed_object(Self::TAG, members)
    }
}

relayed_kind!(ReplicaSave);

/// A replica that has been read and may not write yet.
///
/// Between reading a save and the first write, the save has to say durably that its actors are in use. Otherwise a crash would
/// leave actors behind that both this run and the next one go on with, and two different writes would share one dot. So the
/// replica is handed out by [`Opening::make_durable`] only, against a save that has been stored.
#[must_use = "the replica is inside"]
#[derive(Debug)]
pub struct Opening {
    replica: Replica,
}

impl Opening {
    /// The frame that has to be durable before the first write: the save with its actors taken out, with a trailer.
    pub fn save(&self) -> Vec<u8> {
        self.replica.save()
    }

    /// Stores the save by a function that returns once it is durable (temporary file, flush, rename, flush of the folder; or one
    /// transaction), and hands out the replica.
    ///
    /// Fails as the function does; nothing has been written by the replica then, and the old save is still good.
    pub fn make_durable<E>(self, store: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<Replica, E> {
        store(&self.save())?;
        Ok(self.replica)
    }
}

impl Replica {
    /// Reads the save of a replica that was used before, to go on with it.
    ///
    /// After a clean close its actors go on. After a crash they do not, since their last writes may be with peers already; node
    /// id and clock go on in any case. States that the replica holds are to be shown to it by [`Replica::attach`], so that its
    /// clock is past what it wrote after the save.
    ///
    /// ```
    /// # use crdt_merge_protocol::{ManualClock, OrSet, Replica, Result, TestEntropy};
    /// # let mut disk = Vec::new();
    /// let me = Replica::new("laptop", ManualClock::default(), TestEntropy::new(1))?;
    /// let mut list = OrSet::from_iter_at(&me, ["milk"])?;
    /// disk = me.close();
    ///
    /// let opening = Replica::open(&disk.clone(), ManualClock::default(), TestEntropy::new(2))?;
    /// let me = opening.make_durable(|save| -> Result<()> { Ok(disk = save.to_vec()) })?;
    /// list.add(&me, "eggs")?;
    /// assert_eq!(list.context().contiguous().count(), 1, "the actor goes on");
    /// # Ok::<(), crdt_merge_protocol::Error>(())
    /// ```
    ///
    /// A restored backup must not be opened: make a new replica instead.
    ///
    /// Fails with the first fault of the frame.
    pub fn open(save: &[u8], clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Result<Opening> {
        let save = ReplicaSave::decode(save)?;
        let replica = Replica::with_parts(save.node.clone(), Box::new(clock), Box::new(entropy));
        {
            let mut inner = replica.lock();
            inner.hybrid = HybridClock::starting_at(save.last);
            inner.actors = save.actors.into_iter().collect();
        }
        Ok(Opening { replica })
    }

    /// The save of this replica while it is in use, with a trailer: node id and clock, no actors.
    ///
    /// It may be stored at any time, to move the clock in the save on. Until it is, or a save by [`Replica::close`] is, a
    /// restart knows nothing of this replica.
    pub fn save(&self) -> Vec<u8> {
        sealed(&self.lock().save(&self.node, false))
    }

    /// Ends the replica: its last save, with a trailer, from which its actors go on.
    ///
    /// States that it wrote should be stored before; if one is not, the next write to it gets a new actor and no harm is done.
    #[must_use = "the save is to be stored"]
    pub fn close(mut self) -> Vec<u8> {
        self.close_in_place()
    }

    /// As [`Replica::close`], for an owner that cannot give the replica away. A write after this would start with new actors, but
    /// its stamp may be given out again after the next open.
    #[must_use = "the save is to be stored"]
    pub fn close_in_place(&mut self) -> Vec<u8> {
        let mut inner = self.lock();
        let save = inner.save(&self.node, true);
        inner.actors.clear();
        sealed(&save)
    }
}

impl Inner {
    fn save(&self, node: &Name, is_clean: bool) -> ReplicaSave {
        let given_out = |(actor, figure): (&Name, u64)| (figure > 0).then(|| (actor.clone(), figure));
        let actors = if is_clean { self.actors.iter().filter_map(given_out).collect() } else { BTreeMap::new() };
        ReplicaSave { node: node.clone(), last: self.hybrid.last().unwrap_or(i64::MIN), is_clean, actors }
    }
}

fn sealed(save: &ReplicaSave) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing a body of version 2 cannot fail.
    let _ = save.encode_into(&mut out, &EncodeOptions::V2.with_trailer());
    out
}
