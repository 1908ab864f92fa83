use std::collections::BTreeSet;

use super::BoundedCounter;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::names::Name;

/// Each slot by its larger figure; what changes is told by the actor whose slot it is.
impl Join for BoundedCounter {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let mut raised = Raised { actors: BTreeSet::new(), is_any: false, is_listening: observer.is_listening() };
        let mut added = Vec::new();
        self.rights.join(
            &other.rights,
            |from, here, there| {
                let is_raised = here.join_counts(there, &mut ())?;
                raised.note(from, is_raised);
                Ok(())
            },
            |from, _| added.push(from.clone()),
        )?;
        added.iter().for_each(|from| raised.note(from, true));
        self.used.join_counts(&other.used, &mut raised)?;
        raised.actors.iter().for_each(|actor| observer.changed(actor));
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || raised.is_any))
    }
}

/// The actors of slots that were raised.
struct Raised {
    actors: BTreeSet<Name>,
    is_any: bool,
    is_listening: bool,
}

impl Raised {
    fn note(&mut self, actor: &str, is_raised: bool) {
        self.is_any |= is_raised;
        if is_raised && self.is_listening {
            self.actors.insert(Name::new(actor));
        }
    }
}

impl Observer for Raised {
    fn changed(&mut self, actor: &str) {
        self.note(actor, true);
    }
}
