use std::fmt;

/// A law of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Law {
    /// `a⊔b = b⊔a`.
    Commutative,
    /// `(a⊔b)⊔c = a⊔(b⊔c)`.
    Associative,
    /// `a⊔a = a`.
    Idempotent,
    /// `a⊔(a⊔b) = a⊔b`: the result is above both sides.
    Monotone,
}

impl Law {
    /// All laws.
    pub const ALL: [Law; 4] = [Law::Commutative, Law::Associative, Law::Idempotent, Law::Monotone];

    /// Lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Law::Commutative => "commutative",
            Law::Associative => "associative",
            Law::Idempotent => "idempotent",
            Law::Monotone => "monotone",
        }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What was found about one law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<T> {
    /// No trial broke the law.
    Held {
        /// How many trials there were.
        trials: u64,
    },
    /// A trial broke the law.
    Broken(Box<Counterexample<T>>),
}

impl<T> Verdict<T> {
    /// Whether no trial broke the law.
    pub const fn is_held(&self) -> bool {
        matches!(self, Verdict::Held { .. })
    }
}

/// Operands that break a law, shrunk as far as the samples allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample<T> {
    /// The operands: `a`, `a, b` or `a, b, c`.
    pub operands: Vec<T>,
    /// What the left side of the law gave, or the error it raised.
    pub left: Result<T, String>,
    /// What the right side of the law gave, or the error it raised.
    pub right: Result<T, String>,
}

/// The verdict on every law.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the report says whether the laws hold"]
pub struct LawReport<T> {
    pub(super) verdicts: Vec<(Law, Verdict<T>)>,
}

impl<T> LawReport<T> {
    /// Whether no law was broken.
    pub fn is_lawful(&self) -> bool {
        self.verdicts.iter().all(|(_, verdict)| verdict.is_held())
    }

    /// The verdict on one law; `None` when it was not looked at.
    pub fn verdict(&self, law: Law) -> Option<&Verdict<T>> {
        self.verdicts.iter().find(|(found, _)| *found == law).map(|(_, verdict)| verdict)
    }

    /// All verdicts.
    pub fn iter(&self) -> impl Iterator<Item = (Law, &Verdict<T>)> {
        self.verdicts.iter().map(|(law, verdict)| (*law, verdict))
    }

    /// The laws that were broken.
    pub fn broken(&self) -> impl Iterator<Item = (Law, &Counterexample<T>)> {
        self.iter().filter_map(|(law, verdict)| match verdict {
            Verdict::Broken(counterexample) => Some((law, counterexample.as_ref())),
            Verdict::Held { .. } => None,
        })
    }
}
