//! Histories: lists of events that carry all their parameters, so that any of them can be left out.

use std::fmt;

use crate::kind::Kind;

/// Where a copy of a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Which replica holds it.
    pub host: u8,
    /// Which document it is of.
    pub document: u8,
    /// Which of the copies that the replica holds of it.
    pub slot: u8,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.host)?;
        if self.document > 0 {
            write!(f, ".d{}", self.document)?;
        }
        if self.slot > 0 { write!(f, " (second copy)") } else { Ok(()) }
    }
}

/// A local write; kinds do nothing on those that they have not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Counts up.
    Increase(u64),
    /// Counts down.
    Decrease(u64),
    /// Adds an element, writes a key, sets a value, switches on.
    Put {
        /// Key or element.
        key: u8,
        /// Value.
        value: u8,
    },
    /// Removes an element, deletes a key, switches off.
    Take {
        /// Key or element.
        key: u8,
    },
    /// Imports a value with a stamp in microseconds.
    PutAt {
        /// Key.
        key: u8,
        /// Value.
        value: u8,
        /// Stamp.
        at: i64,
        /// Node.
        node: u8,
    },
    /// Imports a deletion.
    TakeAt {
        /// Key.
        key: u8,
        /// Stamp in microseconds.
        at: i64,
    },
    /// Adds an element with a plain tag.
    PutTag {
        /// Element.
        key: u8,
        /// Tag.
        tag: u32,
    },
    /// Hands rights to another copy.
    Hand {
        /// The copy.
        to: Place,
        /// How many.
        amount: u64,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A local write; its delta waits to be delivered, if there is one.
    Write(Place, Action),
    /// A whole state is sent.
    Send(Place),
    /// One copy tells another one what it has.
    Tell {
        /// Who tells.
        from: Place,
        /// Who is told.
        to: Place,
    },
    /// One copy makes a delta for what another one told it last.
    Delta {
        /// Who makes it.
        from: Place,
        /// Whom it is for.
        to: Place,
    },
    /// What an earlier event sent arrives.
    Deliver {
        /// The event that sent it.
        packet: u32,
        /// Where it arrives.
        to: Place,
    },
    /// Two copies hold a session.
    Session {
        /// Who starts.
        one: Place,
        /// The other one.
        other: Place,
        /// Of a hundred messages, so many are lost, and so many are repeated; messages overtake each other if above 0.
        loss: u8,
        /// What decides which.
        chance: u64,
        /// Whether it is left when messages were lost, instead of started again.
        is_left: bool,
    },
    /// A copy drops the leftovers of removals that its peers have told to have.
    Compact {
        /// The copy.
        at: Place,
        /// The peers.
        peers: Vec<Place>,
    },
    /// A replica makes a second copy of a document.
    Fork {
        /// The replica.
        host: u8,
        /// The document.
        document: u8,
    },
    /// A replica stores its states, and how far its clock is.
    Save(u8),
    /// A replica ends without a word; what was not stored is lost.
    Crash(u8),
    /// A replica stores everything and ends.
    Close(u8),
    /// A replica that has ended comes back.
    Open(u8),
    /// A backup of what a replica has stored.
    Keep(u8),
    /// The backup of one replica becomes a new one.
    Return {
        /// Whose backup.
        from: u8,
        /// The new replica.
        host: u8,
    },
    /// A replica comes in late.
    Enter(u8),
    /// The clock of a host moves.
    Jump {
        /// The host.
        host: u8,
        /// By how many microseconds.
        micros: i64,
    },
}

/// An event with its number, which stays when others are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The number.
    pub id: u32,
    /// What happens.
    pub what: What,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>4}  ", self.id)?;
        match &self.what {
            What::Write(at, action) => write!(f, "{at} writes {action:?}"),
            What::Send(from) => write!(f, "{from} sends its state"),
            What::Tell { from, to } => write!(f, "{from} tells {to} what it has"),
            What::Delta { from, to } => write!(f, "{from} makes a delta for {to}"),
            What::Deliver { packet, to } => write!(f, "what {packet} sent arrives at {to}"),
            What::Session { one, other, loss, chance, is_left } => {
                let left = if *is_left { ", left open" } else { "" };
                write!(f, "{one} and {other} hold a session; {loss} % lost{left} (chance {chance})")
            }
            What::Compact { at, peers } => {
                write!(f, "{at} compacts; its peers are")?;
                peers.iter().try_for_each(|peer| write!(f, " {peer}"))
            }
            What::Fork { host, document } => write!(f, "r{host} makes a second copy of document {document}"),
            What::Save(host) => write!(f, "r{host} saves"),
            What::Crash(host) => write!(f, "r{host} crashes"),
            What::Close(host) => write!(f, "r{host} closes"),
            What::Open(host) => write!(f, "r{host} opens"),
            What::Keep(host) => write!(f, "a backup is made of r{host}"),
            What::Return { from, host } => write!(f, "the backup of r{from} becomes r{host}"),
            What::Enter(host) => write!(f, "r{host} comes in"),
            What::Jump { host, micros } => write!(f, "the clock of r{host} moves by {micros} µs"),
        }
    }
}

/// A history, and what does not change in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// What it was drawn from.
    pub seed: u64,
    /// The kind of all states.
    pub kind: Kind,
    /// Number of replicas, those that come in late and returning backups included.
    pub hosts: u8,
    /// How many of them are there from the start.
    pub first: u8,
    /// Documents that each replica holds.
    pub documents: u8,
    /// Replicas that write frames of version 1 where they can.
    pub old: Vec<u8>,
    /// How far the clock of each host is off, in microseconds.
    pub skew: Vec<i64>,
    /// Features that only the drawing knows: messages lost, repeated, reordered, partitions.
    pub drawn: crate::tally::Features,
    /// What happens.
    pub events: Vec<Event>,
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} replicas of {}, {} documents each", self.hosts, self.kind.name(), self.documents)?;
        if !self.old.is_empty() {
            writeln!(f, "version 1 is written by {:?}", self.old)?;
        }
        if self.skew.iter().any(|skew| *skew != 0) {
            writeln!(f, "clocks are off by {:?} µs", self.skew)?;
        }
        self.events.iter().try_for_each(|event| writeln!(f, "{event}"))
    }
}
