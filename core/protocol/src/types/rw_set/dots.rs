//! The dots of one element: nearly always one.

use std::collections::BTreeSet;

use crate::dot::Dot;

/// A set of dots that takes no room of its own while it holds one.
#[derive(Debug, Clone, Default)]
pub(super) enum Dots {
    #[default]
    None,
    One(Dot),
    Many(BTreeSet<Dot>),
}

impl Dots {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Dots::None)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Dots::None => 0,
            Dots::One(_) => 1,
            Dots::Many(dots) => dots.len(),
        }
    }

    pub(super) fn insert(&mut self, dot: Dot) {
        *self = match std::mem::take(self) {
            Dots::None => Dots::One(dot),
            Dots::One(here) if here == dot => Dots::One(dot),
            Dots::One(here) => Dots::Many([here, dot].into()),
            Dots::Many(mut dots) => {
                dots.insert(dot);
                Dots::Many(dots)
            }
        };
    }

    pub(super) fn remove(&mut self, dot: &Dot) {
        *self = match std::mem::take(self) {
            Dots::One(here) if here == *dot => Dots::None,
            Dots::Many(mut dots) => {
                dots.remove(dot);
                Dots::of(dots)
            }
            other => other,
        };
    }

    fn of(mut dots: BTreeSet<Dot>) -> Self {
        match dots.len() {
            0 => Dots::None,
            1 => dots.pop_first().map_or(Dots::None, Dots::One),
            _ => Dots::Many(dots),
        }
    }

    /// The dots, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Dot> {
        let (one, many) = match self {
            Dots::None => (None, None),
            Dots::One(dot) => (Some(dot), None),
            Dots::Many(dots) => (None, Some(dots)),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_come_and_go() {
        let [a, b, c] = [1, 2, 3].map(|sequence| Dot::new("a", sequence).unwrap());
        let mut dots = Dots::default();
        for dot in [&c, &a, &b, &a] {
            dots.insert(dot.clone());
        }
        assert_eq!(dots.iter().collect::<Vec<_>>(), [&a, &b, &c]);
        for (dot, left) in [(&b, 2), (&b, 2), (&a, 1), (&a, 1), (&c, 0), (&c, 0)] {
            dots.remove(dot);
            assert_eq!(dots.len(), left);
        }
        assert!(dots.is_empty());
    }
}
