//! The golden rule on real input: states written by the reference merge here and go back.

use anyhow::{Result, bail};

use crate::tally::Tally;

/// Random round trips and merges with both releases, so many per type.
pub fn run(_trials: u32) -> Result<Tally> {
    bail!("not there yet")
}

/// The table of `cargo xtask demo`.
pub fn demo() -> Result<()> {
    bail!("not there yet")
}
