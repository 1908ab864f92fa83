//! Unsafe code lives in three crates; every other crate forbids it at its root.

use anyhow::Result;

use super::Finding;
use super::sources::{Source, Sources};

/// The crates that may use `unsafe`, each block with a comment that says why it is sound: kernels, the C ABI, whose arguments are
/// pointers, and the engine for Node, which writes into memory of the host.
const UNSAFE: [&str; 3] = ["core/kernels", "bindings/c", "bindings/node"];

const FORBID: &str = "#![forbid(unsafe_code)]";

pub fn check(sources: &Sources) -> Result<Vec<Finding>> {
    let roots = sources
        .rust()
        .filter(|f| is_crate_root(f) && !UNSAFE.contains(&f.crate_folder()))
        .filter(|f| !f.text.contains(FORBID))
        .map(|f| format!("{}: {FORBID} is missing", f.path));
    let blocks = sources.rust().filter(|f| UNSAFE.contains(&f.crate_folder())).flat_map(blocks_without_comment);
    Ok(roots.chain(blocks).collect())
}

/// Library and program roots, found by their place in a crate.
fn is_crate_root(file: &Source) -> bool {
    let inside = file.path.strip_prefix(file.crate_folder()).unwrap_or_default();
    inside == "/src/lib.rs" || inside == "/src/main.rs" || inside.starts_with("/src/bin/")
}

fn blocks_without_comment(file: &Source) -> Vec<Finding> {
    let lines: Vec<&str> = file.text.lines().collect();
    let blocks = lines.iter().enumerate().filter(|(_, line)| opens_unsafe_block(line));
    blocks
        .filter(|(index, _)| !is_explained(&lines, *index))
        .map(|(index, _)| format!("{}:{}: no SAFETY comment", file.path, index + 1))
        .collect()
}

fn opens_unsafe_block(line: &str) -> bool {
    line.contains("unsafe {") && !line.trim_start().starts_with("//")
}

/// Whether a comment right above the statement, or above it in a run of comment lines, says SAFETY.
fn is_explained(lines: &[&str], block: usize) -> bool {
    let above = lines[..block].iter().rev().take(8);
    above.take_while(|line| !line.trim().is_empty()).any(|line| line.contains("SAFETY:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(text: &str) -> Source {
        Source { path: "core/kernels/src/lib.rs".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_block_needs_its_reason() {
        let bare = kernel("let a = 1;\nlet x = unsafe { y() };\n");
        assert_eq!(blocks_without_comment(&bare).len(), 1);
        let explained = kernel("// SAFETY: y has no conditions.\nlet x = unsafe { y() };\n");
        assert!(blocks_without_comment(&explained).is_empty());
    }
}
