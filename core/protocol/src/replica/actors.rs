//! The figures that a replica has given out.

use std::collections::HashMap;

use foldhash::quality::RandomState;

use crate::names::Name;

/// The last figure given out for each actor: the sequence of its last dot, or the count of its slot.
///
/// Most writes go on with the actor of the write before. Its figure is kept apart, so that nothing is hashed for them.
#[derive(Default)]
pub(super) struct Actors {
    latest: Option<(Name, u64)>,
    /// All others; what it says of the latest one is out of date.
    others: HashMap<Name, u64, RandomState>,
}

impl Actors {
    /// The last figure of an actor.
    pub fn last(&self, actor: &Name) -> Option<u64> {
        match &self.latest {
            Some((latest, figure)) if latest == actor => Some(*figure),
            _ => self.others.get(actor).copied(),
        }
    }

    /// Notes that a figure has been given out.
    pub fn give_out(&mut self, actor: &Name, figure: u64) {
        match &mut self.latest {
            Some((latest, last)) if latest == actor => *last = figure,
            latest => {
                let before = latest.replace((actor.clone(), figure));
                self.others.extend(before);
            }
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Actors::default();
    }

    /// Every actor with its last figure.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, u64)> {
        let is_other = |actor: &Name| self.latest.as_ref().is_none_or(|(latest, _)| latest != actor);
        let others = self.others.iter().filter(move |(actor, _)| is_other(actor));
        let latest = self.latest.iter().map(|(actor, figure)| (actor, figure));
        others.chain(latest).map(|(actor, figure)| (actor, *figure))
    }
}

impl FromIterator<(Name, u64)> for Actors {
    fn from_iter<I: IntoIterator<Item = (Name, u64)>>(figures: I) -> Self {
        Actors { latest: None, others: figures.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_actor_has_its_last_figure() {
        let names = ["a", "b", "c"].map(Name::new);
        let mut actors: Actors = [(names[2].clone(), 9)].into_iter().collect();
        for (place, figure) in [(0, 1), (0, 2), (1, 1), (0, 3), (1, 2), (2, 10), (0, 4)] {
            actors.give_out(&names[place], figure);
            assert_eq!(actors.last(&names[place]), Some(figure));
        }
        assert_eq!(names.each_ref().map(|name| actors.last(name)), [Some(4), Some(2), Some(10)]);
        let mut all: Vec<_> = actors.iter().map(|(actor, figure)| (actor.as_str(), figure)).collect();
        all.sort_unstable();
        assert_eq!(all, [("a", 4), ("b", 2), ("c", 10)]);
        actors.clear();
        assert_eq!((actors.last(&names[0]), actors.iter().count()), (None, 0));
    }
}
