//! Mistakes that are put in on purpose, to see that they are found.

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// None.
    #[default]
    None,
    /// Of two tied writes the one that came first stays.
    FirstComeTies,
    /// After a crash the last clean save is opened again, so that actors go on.
    ReusedActors,
    /// The floor is taken off a frame before it is merged.
    IgnoredFloor,
    /// Deltas are made of the context alone.
    ContextDelta,
    /// Removed plain tags are not noted.
    ForgottenTags,
}

impl Fault {
    /// Every mistake.
    pub const ALL: [Fault; 5] =
        [Fault::FirstComeTies, Fault::ReusedActors, Fault::IgnoredFloor, Fault::ContextDelta, Fault::ForgottenTags];
}
