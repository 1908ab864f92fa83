use super::CountMinSketch;
use super::state::Table;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::sketch::same_parameters;

/// Node by node the larger number of each cell, and the larger total.
impl Join for CountMinSketch {
    /// Fails with `PARAMETER_MISMATCH` when widths, depths or seeds differ.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        same_parameters("seed", self.seed, other.seed)?;
        same_parameters("width", self.width, other.width)?;
        same_parameters("depth", self.depth, other.depth)?;
        let mut raised = false;
        let mut added = Vec::new();
        self.nodes.join(
            &other.nodes,
            |node, here, there| {
                if here.raise(there) {
                    raised = true;
                    observer.changed(node);
                }
                Ok(())
            },
            |node, _| added.push(node.clone()),
        )?;
        added.iter().for_each(|node| observer.changed(node));
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || raised || !added.is_empty()))
    }
}

impl Table {
    /// Raises every number to the one there; true if any was lower.
    fn raise(&mut self, there: &Self) -> bool {
        let mut raised = there.total > self.total;
        self.total = self.total.max(there.total);
        self.bound = self.bound.max(there.bound);
        for (here, there) in self.cells.iter_mut().zip(&there.cells) {
            raised |= *there > *here;
            *here = (*here).max(*there);
        }
        raised
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::join::MergeReport;

    #[test]
    fn counts_of_two_nodes_add_up_and_repetition_does_not() -> Result<()> {
        let [mut here, mut there] = [CountMinSketch::new(50, 3)?, CountMinSketch::new(50, 3)?];
        here.add_node("a", "x", 3)?;
        there.add_node("b", "x", 4)?;
        there.add_node("a", "x", 2)?;
        let report = MergeReport::with_keys().of(&mut here, &there)?;
        assert_eq!(report.changed_keys, Some(vec!["b".to_owned()]));
        assert_eq!((here.estimate("x"), here.total()), (7, 7));
        assert_eq!(here.join(&there)?, Changed::No);
        Ok(())
    }

    #[test]
    fn other_parameters_change_nothing() -> Result<()> {
        let others = [CountMinSketch::new(50, 4)?, CountMinSketch::new(51, 3)?, CountMinSketch::with_seed(50, 3, 1)?];
        for mut other in others {
            let mut sketch = CountMinSketch::new(50, 3)?;
            other.add_node("a", "x", 1)?;
            assert_eq!(sketch.join(&other).unwrap_err().code(), Code::ParameterMismatch);
            assert_eq!(sketch, CountMinSketch::new(50, 3)?);
        }
        Ok(())
    }
}
