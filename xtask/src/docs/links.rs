//! Every link of the site leads to a page or file of it, and every anchor to a place on that page.

use std::collections::BTreeSet;

use super::Site;
use crate::workspace::{folder_of, resolve};

/// One line for each link that leads nowhere.
pub fn check(site: &Site, files: &[String]) -> Vec<String> {
    let files: BTreeSet<&str> = files.iter().map(String::as_str).collect();
    let broken = |path: &str, link: &str| !leads(path, link, site, &files);
    let pages = site.iter();
    pages
        .flat_map(|(path, html)| {
            let links = attributes(html, "href=\"");
            links
                .filter(|link| broken(path, link))
                .map(|link| format!("{path}: {link} leads nowhere"))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn leads(path: &str, link: &str, site: &Site, files: &BTreeSet<&str>) -> bool {
    if link.contains("://") || link.starts_with("mailto:") {
        return true;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { path.to_owned() } else { resolve(folder_of(path), file) };
    match site.get(&target) {
        Some(html) => anchor.is_empty() || attributes(html, "id=\"").any(|id| id == anchor),
        None => files.contains(target.as_str()),
    }
}

/// The values of an attribute.
fn attributes<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(start).skip(1).filter_map(|rest| rest.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_links_and_anchors_are_found() {
        let page =
            "<h1 id=\"top\"></h1><a href=\"b/c.html#x\"><a href=\"#top\"><a href=\"LICENSE\"><a href=\"none.html\">";
        let site = Site::from([
            ("a.html".to_owned(), page.to_owned()),
            ("b/c.html".to_owned(), "<a href=\"../a.html#top\"><a href=\"../a.html#bottom\">".to_owned()),
        ]);
        let faults = check(&site, &["LICENSE".to_owned()]);
        let expected = [
            "a.html: b/c.html#x leads nowhere",
            "a.html: none.html leads nowhere",
            "b/c.html: ../a.html#bottom leads nowhere",
        ];
        assert_eq!(faults, expected);
    }
}
