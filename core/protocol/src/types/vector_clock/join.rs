use super::VectorClock;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Each counter by its maximum.
impl Join for VectorClock {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let mut moved = false;
        let mut added = Vec::new();
        self.clocks.join(
            &other.clocks,
            |node, here, there| {
                if *there > *here {
                    *here = *there;
                    moved = true;
                    observer.changed(node);
                }
                Ok(())
            },
            |node, there| {
                if *there > 0 {
                    added.push(node.clone());
                }
            },
        )?;
        added.iter().for_each(|node| observer.changed(node));
        Ok(Changed::from_bool(moved || !added.is_empty()))
    }
}
