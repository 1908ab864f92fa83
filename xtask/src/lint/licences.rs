//! Licences of everything that is linked in: `deny.toml` lists the ones that are fine.

use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use super::Finding;
use super::sources::Sources;
use crate::process::Command;
use crate::workspace::root;

#[derive(Deserialize)]
struct DenyFile {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

pub fn check(_: &Sources) -> Result<Vec<Finding>> {
    let allowed = allowed()?;
    let packages = packages()?;
    println!("  {} packages", packages.len());
    Ok(packages.iter().filter_map(|package| refusal(package, &allowed)).collect())
}

fn allowed() -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("deny.toml")).context("reading deny.toml")?;
    let file: DenyFile = toml::from_str(&text).context("parsing deny.toml")?;
    Ok(file.licenses.allow)
}

/// Every package of the lock file, with the licence its author states. Cargo needs no network for
/// this once the packages are there, and building this program has fetched them.
fn packages() -> Result<Vec<Package>> {
    let text = Command::cargo().args(["metadata", "--format-version", "1", "--locked"]).dir(root()).output()?;
    let metadata: Metadata = serde_json::from_str(&text).context("reading cargo's metadata")?;
    Ok(metadata.packages)
}

fn refusal(package: &Package, allowed: &[String]) -> Option<Finding> {
    let licence = package.license.as_deref().unwrap_or("none stated");
    if is_allowed(licence, allowed) {
        return None;
    }
    Some(format!("{} {}: licence {licence}", package.name, package.version))
}

/// Whether the allowed licences satisfy an SPDX expression (`/` is an old way to write OR).
fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    let parsed = Expression::parse_mode(licence, ParseMode::LAX);
    parsed.is_ok_and(|expression| expression.evaluate(|req| is_listed(req, allowed)))
}

fn is_listed(requirement: &LicenseReq, allowed: &[String]) -> bool {
    allowed.contains(&requirement.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_evaluated() {
        let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
        for fine in ["MIT", "MIT OR Apache-2.0", "Unlicense/MIT", "(MIT OR ISC) AND Unicode-3.0"] {
            assert!(is_allowed(fine, &allowed), "{fine}");
        }
        for refused in ["Apache-2.0", "MIT AND GPL-3.0-only", "none stated", "BUSL-1.1"] {
            assert!(!is_allowed(refused, &allowed), "{refused}");
        }
    }
}
