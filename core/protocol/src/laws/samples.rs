use super::{Random, ValueSampler};
use crate::value::Value;

/// Where operands come from, and what is simpler than a given one.
pub trait Sampler<T> {
    /// A new sample.
    fn draw(&mut self, random: &mut Random) -> T;

    /// Candidates that are simpler than `sample`, best first. They need not break anything: the checker tries them.
    fn simpler(&self, _sample: &T) -> Vec<T> {
        Vec::new()
    }
}

/// Samples taken from a list.
#[derive(Debug, Clone)]
pub struct Samples<'a, T>(pub &'a [T]);

impl<T: Clone> Sampler<T> for Samples<'_, T> {
    /// One of the list.
    ///
    /// # Panics
    /// When the list is empty; [`super::check_all`] refuses that with an error instead.
    fn draw(&mut self, random: &mut Random) -> T {
        self.0[random.below(self.0.len())].clone()
    }
}

impl<T, F: FnMut(&mut Random) -> T> Sampler<T> for F {
    fn draw(&mut self, random: &mut Random) -> T {
        self(random)
    }
}

/// Awkward values mixed with samples that a user adds: half of what is drawn is of theirs, if there are any.
#[derive(Debug, Clone, Default)]
pub struct Mixed {
    added: Vec<Value>,
    awkward: ValueSampler,
}

impl Mixed {
    /// Awkward values and some of the user's.
    pub fn with_samples(added: Vec<Value>) -> Self {
        Mixed { added, awkward: ValueSampler::default() }
    }
}

impl Sampler<Value> for Mixed {
    fn draw(&mut self, random: &mut Random) -> Value {
        let added = if random.one_in(2) { random.pick(&self.added).cloned() } else { None };
        added.unwrap_or_else(|| self.awkward.draw(random))
    }

    fn simpler(&self, sample: &Value) -> Vec<Value> {
        self.awkward.simpler(sample)
    }
}
