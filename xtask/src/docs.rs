//! `cargo xtask docs`: the documentation as pages that link to each other.
//!
//! Pages are made from the Markdown files of the repository and from the registries: nothing is written here. The result needs
//! no server and asks nobody for anything. A link that leads nowhere fails.

mod errors;
mod links;
mod markdown;
mod page;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::codegen::registry::Registry;
use crate::process::Command;
use crate::tally::Tally;
use crate::workspace::{root, target};
use page::{Page, Section};

/// Every page by its path below the site, with `/`.
pub type Site = BTreeMap<String, String>;

/// Builds the site, checks its links, and tells where it is.
pub fn run() -> Result<()> {
    let (folder, faults, pages) = build()?;
    faults.iter().for_each(|fault| println!("{fault}"));
    if !faults.is_empty() {
        bail!("{} links lead nowhere", faults.len());
    }
    println!("{pages} pages: {}", folder.join("index.html").display());
    Ok(())
}

/// As a test: one check for each page.
pub fn check() -> Result<Tally> {
    let (_, faults, pages) = build()?;
    faults.iter().for_each(|fault| println!("FAILED: {fault}"));
    let failed = faults.len().min(pages) as u64;
    Ok(Tally { passed: pages as u64 - failed, failed })
}

fn build() -> Result<(PathBuf, Vec<String>, usize)> {
    let registry = Registry::read(&root().join("spec"))?;
    let mut pages = markdown_pages()?;
    pages.extend(errors::pages(&registry));
    let files = linked_files(&pages);
    let site = page::site(&pages);
    let faults = links::check(&site, &files);
    let folder = target().join("docs-site");
    write(&folder, &site, &files)?;
    Ok((folder, faults, site.len()))
}

/// Where a tracked Markdown file belongs; `None` for those that are no documentation.
fn section(path: &str) -> Option<Section> {
    Some(match path {
        _ if path.contains("/tests/") => return None,
        _ if path.starts_with("spec/") => Section::Specification,
        _ if path.starts_with("docs/adr/") => Section::Decisions,
        _ if path.starts_with("conformance/") => Section::Conformance,
        _ if path.starts_with("bindings/") => Section::Languages,
        _ => Section::Guide,
    })
}

fn markdown_pages() -> Result<Vec<Page>> {
    let listing = Command::new("git").args(["ls-files", "-z", "*.md"]).dir(root()).output()?;
    let paths = listing.split('\0').filter(|path| !path.is_empty());
    let pages = paths.filter_map(|path| Some((path, section(path)?)));
    pages.map(|(path, section)| read_page(path, section)).collect()
}

fn read_page(path: &str, section: Section) -> Result<Page> {
    let text = fs::read_to_string(root().join(path)).with_context(|| format!("reading {path}"))?;
    let rendered = markdown::render(&text, path);
    Ok(Page { path: page::path_of(path), section, title: rendered.title, body: rendered.html, links: rendered.files })
}

/// Files of the repository that pages link to and that are no pages: they are part of the site as they are.
fn linked_files(pages: &[Page]) -> Vec<String> {
    let mut files: Vec<String> = pages.iter().flat_map(|page| page.links.iter().cloned()).collect();
    files.sort();
    files.dedup();
    files.retain(|path| root().join(path).is_file());
    files
}

fn write(folder: &Path, site: &Site, files: &[String]) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for (path, html) in site {
        put(&folder.join(path), html.as_bytes())?;
    }
    files.iter().try_for_each(|path| put(&folder.join(path), &fs::read(root().join(path))?))
}

fn put(path: &Path, content: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    fs::write(path, content).with_context(|| format!("writing {}", path.display()))
}
