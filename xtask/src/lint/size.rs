//! Files that have grown beyond what one person reads in one go.

use anyhow::Result;

use super::Finding;
use super::sources::Sources;

/// Lines of a source file that somebody maintains.
const MOST_LINES: usize = 800;

/// Bytes of any tracked file.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

pub fn check(sources: &Sources) -> Result<Vec<Finding>> {
    let long = sources
        .files
        .iter()
        .filter(|f| f.path.ends_with(".rs") || f.path.ends_with(".py"))
        .filter(|f| !f.is_generated())
        .map(|f| (f.path.as_str(), f.text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines, at most {MOST_LINES}"));
    let big = sources
        .sizes
        .iter()
        .filter(|(_, bytes)| *bytes > MOST_BYTES)
        .map(|(path, bytes)| format!("{path}: {bytes} bytes, at most {MOST_BYTES}"));
    Ok(long.chain(big).collect())
}
