//! The tracked files of the repository.

use std::fs;

use anyhow::Result;

use crate::process::Command;
use crate::workspace::root;

/// A tracked file that holds text.
pub struct Source {
    /// Path from the root of the repository, with `/`.
    pub path: String,
    pub text: String,
}

/// All tracked text files, and the sizes of all tracked files.
pub struct Sources {
    pub files: Vec<Source>,
    pub sizes: Vec<(String, u64)>,
}

impl Sources {
    /// Reads what git tracks, as it is in the work tree.
    pub fn tracked() -> Result<Self> {
        let listing = Command::new("git").args(["ls-files", "-z"]).dir(root()).output()?;
        let mut sources = Sources { files: Vec::new(), sizes: Vec::new() };
        for path in listing.split('\0').filter(|p| !p.is_empty()) {
            sources.add(path);
        }
        Ok(sources)
    }

    /// Rust files outside test folders and generated code: the code people maintain.
    pub fn rust(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(|f| f.path.ends_with(".rs"))
    }

    fn add(&mut self, path: &str) {
        // A file that was deleted in the work tree and is still tracked has nothing to check.
        let Ok(bytes) = fs::read(root().join(path)) else {
            return;
        };
        self.sizes.push((path.to_owned(), bytes.len() as u64));
        if bytes.contains(&0) {
            return;
        }
        if let Ok(text) = String::from_utf8(bytes) {
            self.files.push(Source { path: path.to_owned(), text });
        }
    }
}

impl Source {
    /// Whether the first lines say that a program wrote the file.
    pub fn is_generated(&self) -> bool {
        self.text.lines().take(5).any(|line| line.contains("Generated from"))
    }

    /// Folder of the crate the file belongs to: everything before `src`, `tests`, ….
    pub fn crate_folder(&self) -> &str {
        const ROOMS: [&str; 5] = ["/src/", "/tests/", "/examples/", "/benches/", "/fuzz_targets/"];
        let end = ROOMS.iter().filter_map(|room| self.path.find(room)).min();
        end.map_or("", |end| &self.path[..end])
    }
}
