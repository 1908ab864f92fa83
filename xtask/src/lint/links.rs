//! Relative links of Markdown files lead to something that is tracked.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Finding;
use super::sources::{Source, Sources};
use crate::workspace::resolve;

pub fn check(sources: &Sources) -> Result<Vec<Finding>> {
    let places = places(sources);
    let documents = sources.files.iter().filter(|f| f.path.ends_with(".md"));
    Ok(documents.flat_map(|document| broken_links(document, &places)).collect())
}

/// Every tracked file and every folder that holds one.
fn places(sources: &Sources) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for (path, _) in &sources.sizes {
        let parents = path.match_indices('/').map(|(end, _)| path[..end].to_owned());
        places.extend(parents);
        places.insert(path.clone());
    }
    places
}

fn broken_links(document: &Source, places: &BTreeSet<String>) -> Vec<Finding> {
    let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let broken = |link: &&str| !places.contains(&resolve(folder, link));
    links(&document.text)
        .into_iter()
        .filter(|link| !link.contains("://") && !link.starts_with('#'))
        .filter(broken)
        .map(|link| format!("{}: {link} leads nowhere", document.path))
        .collect()
}

/// Targets of `[text](target)` outside code, without a fragment.
fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        if !in_code {
            links.extend(line.split("](").skip(1).filter_map(target));
        }
    }
    links
}

fn target(rest: &str) -> Option<&str> {
    let (link, _) = rest.split_once(')')?;
    let path = link.split('#').next().unwrap_or(link);
    // A fragment alone stays as it is and is skipped by the caller.
    Some(if path.is_empty() { link } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_code() {
        let text = "[a](b.md) and [c](d/e.md#f)\n```\n[x](y)\n```\n[g](#h)";
        assert_eq!(links(text), ["b.md", "d/e.md", "#h"]);
    }

    #[test]
    fn links_are_resolved_from_their_folder() {
        assert_eq!(resolve("docs/adr", "../../spec/README.md"), "spec/README.md");
        assert_eq!(resolve("", "core/cli/"), "core/cli");
    }

    #[test]
    fn a_link_to_nothing_is_reported() {
        let places = BTreeSet::from(["docs/a.md".to_owned()]);
        let document = Source { path: "docs/b.md".to_owned(), text: "[a](a.md) [c](c.md)".to_owned() };
        assert_eq!(broken_links(&document, &places), ["docs/b.md: c.md leads nowhere"]);
    }
}
