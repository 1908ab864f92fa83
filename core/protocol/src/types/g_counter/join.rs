use super::GCounter;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};

/// Each slot by its larger count.
impl Join for GCounter {
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let mut changed = Vec::new();
        let mut moved = false;
        self.counts.join(
            &other.counts,
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
                    changed.push(node.clone());
                }
            },
        )?;
        changed.iter().for_each(|node| observer.changed(node));
        Ok(Changed::from_bool(moved || !changed.is_empty()))
    }
}
