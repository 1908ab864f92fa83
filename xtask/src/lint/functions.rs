//! Length of functions: median and ninetieth percentile of every crate.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use syn::visit::{self, Visit};

use super::Finding;
use super::sources::{Source, Sources};

/// The median function of a crate stays below this many lines.
const MEDIAN_BELOW: usize = 10;

pub fn check(sources: &Sources) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    println!("  {:<34} {:>9} {:>6} {:>4}", "crate", "functions", "median", "p90");
    for (name, mut lengths) in by_crate(sources)? {
        lengths.sort_unstable();
        let (median, p90) = (percentile(&lengths, 50), percentile(&lengths, 90));
        println!("  {name:<34} {:>9} {median:>6} {p90:>4}", lengths.len());
        if median >= MEDIAN_BELOW {
            findings.push(format!("{name}: median of {median} lines, below {MEDIAN_BELOW}"));
        }
    }
    Ok(findings)
}

fn by_crate(sources: &Sources) -> Result<BTreeMap<&str, Vec<usize>>> {
    let mut crates: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for file in sources.rust().filter(|f| !f.is_generated()) {
        let lengths = function_lengths(file)?;
        crates.entry(file.crate_folder()).or_default().extend(lengths);
    }
    crates.retain(|_, lengths| !lengths.is_empty());
    Ok(crates)
}

/// Lines from the signature to the closing brace of every function with a body, tests included.
fn function_lengths(file: &Source) -> Result<Vec<usize>> {
    let tree = syn::parse_file(&file.text).with_context(|| format!("parsing {}", file.path))?;
    let mut functions = Functions::default();
    functions.visit_file(&tree);
    Ok(functions.lengths)
}

/// The smallest value that at least `percent` of the sorted values do not exceed.
fn percentile(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

#[derive(Default)]
struct Functions {
    lengths: Vec<usize>,
}

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let last = block.brace_token.span.close().end().line;
        self.lengths.push(last.saturating_sub(first) + 1);
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.add(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_signature_and_braces() {
        let text = "fn one() {}\nimpl A {\n    fn three(\n    ) {\n    }\n}\n".to_owned();
        let file = Source { path: "core/x/src/lib.rs".to_owned(), text };
        assert_eq!(function_lengths(&file).unwrap(), [1, 3]);
        assert_eq!(file.crate_folder(), "core/x");
    }

    #[test]
    fn percentiles_are_members_of_the_list() {
        assert_eq!(percentile(&[1, 2, 3, 4], 50), 2);
        assert_eq!(percentile(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), 9);
        assert_eq!(percentile(&[7], 90), 7);
    }
}
