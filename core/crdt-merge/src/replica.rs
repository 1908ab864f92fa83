//! A replica with defaults of the host.

use std::fmt;
use std::ops::Deref;

use crdt_merge_protocol as protocol;
use protocol::{Clock, Entropy, Result};

/// Who writes: a node id, a clock that never goes back, and the lines of writes this replica owns.
///
/// Local operations borrow it: `likes.increment(&here, 5)`. It may be shared between threads and states. A node id given by
/// name is a promise that no other living replica has it; [`Replica::random`] needs no promise.
///
/// The protocol core has a replica that knows no host; this one wraps it, to add constructors with the host's clock and entropy.
/// A trait could not have named one of them `new`. It dereferences to the one inside, so that every operation of the core takes
/// it as it is.
pub struct Replica(protocol::Replica);

impl Replica {
    /// A replica with a clock and an entropy of yours, and a node id that you promise to be unique.
    ///
    /// Fails with `BAD_TEXT` when the id is unusable: empty, too long or with U+0000 in it.
    pub fn from_parts(node: &str, clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Result<Self> {
        protocol::Replica::new(node, clock, entropy).map(Replica)
    }

    /// A replica with a random node id, from a clock and an entropy of yours.
    pub fn random_from_parts(clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Self {
        Replica(protocol::Replica::random(clock, entropy))
    }

    /// The same replica, following stamps up to another distance ahead of the host's clock, in microseconds. It is 60 s unless
    /// said otherwise.
    #[must_use]
    pub fn with_max_ahead(self, micros: i64) -> Self {
        Replica(self.0.with_max_ahead(micros))
    }
}

impl Deref for Replica {
    type Target = protocol::Replica;

    fn deref(&self) -> &protocol::Replica {
        &self.0
    }
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "std")]
pub use with_host::ReplicaBuilder;

#[cfg(feature = "std")]
mod with_host {
    use super::{Clock, Entropy, Replica, Result};
    use crate::{SystemClock, SystemEntropy};

    impl Replica {
        /// A replica with the host's clock and entropy, and a node id that you promise to be unique.
        ///
        /// ```
        /// # use crdt_merge::Replica;
        /// assert_eq!(Replica::new("laptop")?.node(), "laptop");
        /// # Ok::<(), crdt_merge::Error>(())
        /// ```
        ///
        /// Fails with `BAD_TEXT` when the id is unusable, and with `UNSUPPORTED` where the host has no entropy.
        pub fn new(node: &str) -> Result<Self> {
            Replica::builder(node).build()
        }

        /// A replica with the host's clock and entropy, and a random node id.
        ///
        /// Fails with `UNSUPPORTED` where the host has no entropy.
        pub fn random() -> Result<Self> {
            Ok(Replica::random_from_parts(SystemClock, SystemEntropy::new()?))
        }

        /// A replica in steps: what is not given comes from the host.
        ///
        /// ```
        /// # use crdt_merge::{LwwMap, ManualClock, Replica, TestEntropy, Value};
        /// let clock = ManualClock::at_micros(1_767_225_600_000_000);
        /// let me = Replica::builder("tablet").clock(clock.clone()).entropy(TestEntropy::new(7)).build()?;
        /// let mut preferences = LwwMap::new();
        /// preferences.set(&me, "theme", "dark")?;
        /// clock.set_micros(0); // the wall clock fell back; stamps do not
        /// preferences.set(&me, "theme", "light")?;
        /// assert_eq!(preferences.value("theme"), Some(&Value::from("light")));
        /// # Ok::<(), crdt_merge::Error>(())
        /// ```
        pub fn builder(node: &str) -> ReplicaBuilder {
            ReplicaBuilder { node: node.to_owned(), clock: None, entropy: None }
        }
    }

    /// A replica being put together, see [`Replica::builder`].
    #[must_use = "nothing is made before `build`"]
    pub struct ReplicaBuilder {
        node: String,
        clock: Option<Box<dyn Clock>>,
        entropy: Option<Box<dyn Entropy>>,
    }

    impl ReplicaBuilder {
        /// Takes time from this clock instead of the host's.
        pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
            self.clock = Some(Box::new(clock));
            self
        }

        /// Takes chance from this entropy instead of the host's.
        pub fn entropy(mut self, entropy: impl Entropy + 'static) -> Self {
            self.entropy = Some(Box::new(entropy));
            self
        }

        /// The replica. Fails as [`Replica::new`] does.
        pub fn build(self) -> Result<Replica> {
            let clock = AnyClock(self.clock.unwrap_or_else(|| Box::new(SystemClock)));
            let entropy = match self.entropy {
                Some(entropy) => entropy,
                None => Box::new(SystemEntropy::new()?),
            };
            Replica::from_parts(&self.node, clock, AnyEntropy(entropy))
        }
    }

    struct AnyClock(Box<dyn Clock>);

    impl Clock for AnyClock {
        fn now_micros(&self) -> i64 {
            self.0.now_micros()
        }
    }

    struct AnyEntropy(Box<dyn Entropy>);

    impl Entropy for AnyEntropy {
        fn fill(&mut self, bytes: &mut [u8]) {
            self.0.fill(bytes);
        }
    }
}
