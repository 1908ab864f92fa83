//! A replica with defaults of the host.

use std::fmt;
use std::ops::Deref;

use crdt_merge_protocol as protocol;
use protocol::{Clock, Entropy, Opening, Result, Wire};

/// Who writes: a node id, a clock that never goes back, and the lines of writes this replica owns.
///
/// Local operations borrow it: `likes.increment(&here, 5)`. It may be shared between threads and states. A node id given by
/// name is a promise that no other living replica has it; [`Replica::random`] needs no promise.
///
/// The protocol core has a replica that knows no host; this one wraps it, to add constructors with the host's clock and entropy.
/// A trait could not have named one of them `new`. It dereferences to the one inside, so that every operation of the core takes
/// it as it is.
///
/// # Restarts
/// [`Replica::open_file`] keeps a replica in a file across restarts. Elsewhere a [save](crdt_merge_protocol::Replica::save) does, see
/// [`Replica::open`] and [`Replica::close`]. A copy of a save that is restored later (a backup, a cloned machine) must not be opened:
/// make a new replica instead, or two writes may share one name.
pub struct Replica {
    inner: protocol::Replica,
    /// The file that the replica is kept in.
    #[cfg(feature = "std")]
    home: Option<std::path::PathBuf>,
}

impl Replica {
    /// A replica with a clock and an entropy of yours, and a node id that you promise to be unique.
    ///
    /// Fails with `BAD_TEXT` when the id is unusable: empty, too long or with U+0000 in it.
    pub fn from_parts(node: &str, clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Result<Self> {
        protocol::Replica::new(node, clock, entropy).map(Replica::from)
    }

    /// A replica with a random node id, from a clock and an entropy of yours.
    pub fn random_from_parts(clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Self {
        protocol::Replica::random(clock, entropy).into()
    }

    /// Reads the save of a replica that was used before, to go on with it once its open save is stored.
    ///
    /// ```
    /// # use crdt_merge::{GCounter, ManualClock, Replica, Result, TestEntropy};
    /// # let mut disk = Vec::new();
    /// disk = Replica::from_parts("n", ManualClock::default(), TestEntropy::new(1))?.close()?;
    /// let opening = Replica::open(&disk.clone(), ManualClock::default(), TestEntropy::new(2))?;
    /// let me: Replica = opening.make_durable(|save| -> Result<()> { Ok(disk = save.to_vec()) })?.into();
    /// GCounter::new().increment(&me, 1)?;
    /// # Ok::<(), crdt_merge::Error>(())
    /// ```
    ///
    /// Fails with the first fault of the frame.
    pub fn open(save: &[u8], clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Result<Opening> {
        protocol::Replica::open(save, clock, entropy)
    }

    /// Ends the replica and gives its last save, from which its lines of writes go on; one that is kept in a file stores it there.
    ///
    /// Fails with `IO` when it cannot be stored; the next open then goes on as after a crash.
    pub fn close(mut self) -> Result<Vec<u8>> {
        let save = self.inner.close_in_place();
        #[cfg(feature = "std")]
        if let Some(home) = self.home.take() {
            with_host::store(&home, &save)?;
        }
        Ok(save)
    }

    /// The same replica, following stamps up to another distance ahead of the host's clock, in microseconds. It is 60 s unless
    /// said otherwise.
    #[must_use]
    pub fn with_max_ahead(mut self, micros: i64) -> Self {
        self.inner.set_max_ahead(micros);
        self
    }

    /// The same replica, with another version for the frames that its `encode` writes: version 1 among peers that read no other.
    #[must_use]
    pub fn with_wire(mut self, wire: Wire) -> Self {
        self.inner.set_wire(wire);
        self
    }
}

impl From<protocol::Replica> for Replica {
    fn from(inner: protocol::Replica) -> Self {
        Replica {
            inner,
            #[cfg(feature = "std")]
            home: None,
        }
    }
}

impl Deref for Replica {
    type Target = protocol::Replica;

    fn deref(&self) -> &protocol::Replica {
        &self.inner
    }
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[cfg(feature = "std")]
pub use with_host::ReplicaBuilder;

#[cfg(feature = "std")]
mod with_host {
    use std::path::Path;

    use super::{Clock, Entropy, Replica, Result};
    use crate::store::disk::{HostDisk, read_if_any, replace};
    use crate::{SystemClock, SystemEntropy};

    /// Stores the save of a replica.
    pub(super) fn store(path: &Path, save: &[u8]) -> Result<()> {
        replace(&HostDisk, path, save)
    }

    /// A replica that is kept in a file and was not closed is closed as well as can be.
    impl Drop for Replica {
        fn drop(&mut self) {
            if let Some(home) = self.home.take() {
                // Nobody is left to tell. The file still holds the open save, from which the next open goes on as after a crash.
                let _ = store(&home, &self.inner.close_in_place());
            }
        }
    }

    impl Replica {
        /// Goes on with the replica that is kept in a file; if there is none, a new one with a random node id is kept there from
        /// now on. It has the host's clock and entropy.
        ///
        /// Before this returns, the file durably says that the replica is in use, so that a crash is noticed. [`Replica::close`]
        /// stores where its lines of writes end; dropping the replica does so too, but cannot tell when it fails. After a crash
        /// the replica starts new lines; show it its states by [`attach`](crdt_merge_protocol::Replica::attach), so that its clock goes past them.
        ///
        /// A file that is restored from a backup must not be opened: remove it, and a new replica is made.
        ///
        /// ```
        /// # use crdt_merge::Replica;
        /// # let path = std::env::temp_dir().join(format!("crdt-merge-replica-doc-{}", std::process::id()));
        /// # std::fs::remove_file(&path).ok();
        /// let me = Replica::open_file(&path)?;
        /// let node = me.node().to_owned();
        /// me.close()?;
        /// assert_eq!(Replica::open_file(&path)?.node(), node);
        /// # std::fs::remove_file(&path).ok();
        /// # Ok::<(), crdt_merge::Error>(())
        /// ```
        ///
        /// Fails with `IO`, with the first fault of the file, and with `UNSUPPORTED` where the host has no entropy.
        pub fn open_file(path: impl AsRef<Path>) -> Result<Self> {
            Replica::open_file_with(path, SystemClock, SystemEntropy::new()?)
        }

        /// As [`Replica::open_file`], with a clock and an entropy of yours.
        pub fn open_file_with(
            path: impl AsRef<Path>,
            clock: impl Clock + 'static,
            entropy: impl Entropy + 'static,
        ) -> Result<Self> {
            let path = path.as_ref();
            let mut replica = match read_if_any(&HostDisk, path)? {
                Some(save) => {
                    let opening = Replica::open(&save, clock, entropy);
                    let opening = opening.map_err(|error| error.with("path", path.display()))?;
                    Replica::from(opening.make_durable(|save| store(path, save))?)
                }
                None => {
                    let replica = Replica::random_from_parts(clock, entropy);
                    store(path, &replica.save())?;
                    replica
                }
            };
            replica.home = Some(path.to_owned());
            Ok(replica)
        }

        /// Stores how far the clock of a replica has come that is kept in a file; for long runs, now and then. It stays in use.
        ///
        /// Fails with `IO`.
        pub fn renew_file(&self) -> Result<()> {
            self.home.as_ref().map_or(Ok(()), |home| store(home, &self.inner.save()))
        }

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
