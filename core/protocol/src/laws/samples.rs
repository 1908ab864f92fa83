use super::Random;

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
