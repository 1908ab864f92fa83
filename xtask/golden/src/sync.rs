//! Two large states brought together by the program: the part of the demonstration that counts bytes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use crdt_merge_protocol::{AnyState, EncodeOptions, Framed, LwwMap, ManualClock, OrSet, Replica, Stamp, TestEntropy};
use serde::Serialize;

use crate::demo::Program;

const ENTRIES: usize = 100_000;

/// What one session took.
#[derive(Debug, Serialize)]
pub struct Sync {
    pub state: &'static str,
    pub entries: usize,
    pub differences: usize,
    pub bytes: u64,
    pub rounds: u64,
    pub bytes_of_states: u64,
    /// Whether both ended with the same id, that of the join.
    pub equal: bool,
}

impl Sync {
    pub fn is_fine(&self) -> bool {
        self.equal
    }

    pub fn columns(&self) -> Vec<String> {
        let numbers = [self.entries as u64, self.differences as u64, self.bytes, self.rounds, self.bytes_of_states];
        let mut cells = vec![self.state.to_owned()];
        cells.extend(numbers.iter().map(u64::to_string));
        cells.push(if self.equal { "✓" } else { "✗" }.to_owned());
        cells
    }
}

/// Runs the sessions that are shown.
pub fn run(program: &Program<'_>, dir: &Path) -> Result<Vec<Sync>> {
    let mut shown = Vec::new();
    for differences in [0, 1, 100] {
        let (here, there) = maps(differences)?;
        shown.push(session(program, dir, "lww_map", differences, here, there)?);
    }
    let (here, there) = sets()?;
    shown.push(session(program, dir, "or_set", 2, here, there)?);
    Ok(shown)
}

/// Two maps of which one has written some keys anew.
fn maps(differences: usize) -> Result<(LwwMap, LwwMap)> {
    let mut here = LwwMap::new();
    for key in 0..ENTRIES {
        here.write(&format!("key {key}"), key as i64, Stamp::from_micros(1), "here")?;
    }
    let mut there = here.clone();
    for key in 0..differences {
        there.write(&format!("key {}", key * 7), -1, Stamp::from_micros(2), "there")?;
    }
    Ok((here, there))
}

/// Two sets, of which one has an element more and one less.
fn sets() -> Result<(OrSet, OrSet)> {
    let (laptop, phone) = (replica("laptop", 1)?, replica("phone", 2)?);
    let here = OrSet::from_iter_at(&laptop, (0..ENTRIES).map(|element| element as i64))?;
    let mut there = here.clone();
    there.remove(5);
    there.add(&phone, "new")?;
    Ok((here, there))
}

fn replica(node: &str, seed: u64) -> Result<Replica> {
    Ok(Replica::new(node, ManualClock::default(), TestEntropy::new(seed))?)
}

fn session<S: Framed + Into<AnyState>>(
    program: &Program<'_>,
    dir: &Path,
    state: &'static str,
    differences: usize,
    here: S,
    there: S,
) -> Result<Sync> {
    let folder = dir.join("sync");
    fs::create_dir_all(&folder)?;
    let files = ["here.crdt", "there.crdt"].map(|name| folder.join(name));
    let (here, there): (AnyState, AnyState) = (here.into(), there.into());
    for (file, state) in files.iter().zip([&here, &there]) {
        fs::write(file, state.encode_as(&EncodeOptions::V2.with_trailer())?)?;
    }
    let printed = program.output(&["sync", "--json"], &[&files[0], &files[1]])?;
    let report: serde_json::Value = serde_json::from_str(&printed)?;
    let number = |name: &str| report[name].as_u64().with_context(|| format!("sync tells no {name}"));
    let mut joined = here;
    joined.merge_from(&there)?;
    let ids = program.ids(&files)?;
    let id = joined.state_id()?.to_string();
    Ok(Sync {
        state,
        entries: ENTRIES,
        differences,
        bytes: number("bytes")?,
        rounds: number("rounds")?,
        bytes_of_states: number("bytes_of_states")?,
        equal: ids.len() == 2 && ids.iter().all(|found| *found == id),
    })
}
