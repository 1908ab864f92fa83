//! Every join against the laws: drawn histories, small scopes exhaustively, the reference's counterexamples, and merges that are
//! no joins, which the checker has to catch.

#[path = "laws/bounded.rs"]
mod bounded;
#[path = "laws/drawn.rs"]
mod drawn;
#[path = "laws/exhaustive.rs"]
mod exhaustive;
#[path = "laws/histories.rs"]
mod histories;
#[path = "laws/planted.rs"]
mod planted;
#[path = "laws/reference.rs"]
mod reference;
#[path = "laws/upward.rs"]
mod upward;
