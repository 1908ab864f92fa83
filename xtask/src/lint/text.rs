//! Text that belongs to one machine or one person and not into the repository.

use anyhow::Result;

use super::Finding;
use super::sources::{Source, Sources};

/// What may not appear, in two halves so that this file does not break its own rule.
const FORBIDDEN: [(&str, &str, &str); 19] = [
    ("../sha", "red", "a folder beside the checkout"),
    ("/wo", "rk/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
    ("/Us", "ers/", "a path of one machine"),
    ("C:\\\\Us", "ers", "a path of one machine"),
    ("/tm", "p/", "a path of one machine; use a temporary folder"),
    ("index.crates", ".io", "a registry host"),
    ("static.crates", ".io", "a registry host"),
    ("//crates", ".io", "a registry host"),
    ("files.python", "hosted.org", "a registry host"),
    ("py", "pi.org", "a registry host"),
    ("registry.npm", "js.org", "a registry host"),
    ("registry.yarn", "pkg.com", "a registry host"),
    ("repo1.ma", "ven.org", "a registry host"),
    ("repo.ma", "ven.apache.org", "a registry host"),
    ("proxy.go", "lang.org", "a registry host"),
    ("deb.deb", "ian.org", "a registry host"),
    ("security.deb", "ian.org", "a registry host"),
];

/// Cargo writes the name of its index into every lock file.
const EXEMPT: [&str; 1] = ["Cargo.lock"];

pub fn check(sources: &Sources) -> Result<Vec<Finding>> {
    let files = sources.files.iter().filter(|f| !is_exempt(&f.path));
    Ok(files.flat_map(check_file).collect())
}

fn is_exempt(path: &str) -> bool {
    EXEMPT.iter().any(|name| path == *name || path.ends_with(&format!("/{name}")))
}

fn check_file(file: &Source) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    lines
        .flat_map(|(index, line)| reasons(line).map(move |reason| format!("{}:{}: {reason}", file.path, index + 1)))
        .collect()
}

fn reasons(line: &str) -> impl Iterator<Item = &'static str> {
    FORBIDDEN
        .iter()
        .filter(move |(head, tail, _)| line.contains(&format!("{head}{tail}")))
        .map(|(_, _, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_found() {
        for (head, tail, reason) in FORBIDDEN {
            let line = format!("see {head}{tail} for more");
            assert!(reasons(&line).any(|r| r == reason), "{line}");
        }
    }

    #[test]
    fn ordinary_text_passes() {
        for line in ["core/protocol/src/lib.rs", "https://semver.org", "a/b/../c", "homework/x"] {
            assert_eq!(reasons(line).count(), 0, "{line}");
        }
    }
}
