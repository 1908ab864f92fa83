//! What all pages share: head, navigation, style.

use super::Site;

/// A group of pages in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Guide,
    Languages,
    Errors,
    Specification,
    Conformance,
    Decisions,
}

impl Section {
    const ALL: [Section; 6] = [
        Section::Guide,
        Section::Languages,
        Section::Errors,
        Section::Specification,
        Section::Conformance,
        Section::Decisions,
    ];

    const fn title(self) -> &'static str {
        match self {
            Section::Guide => "Guide",
            Section::Languages => "Languages",
            Section::Errors => "Errors",
            Section::Specification => "Specification",
            Section::Conformance => "Conformance",
            Section::Decisions => "Decisions",
        }
    }
}

/// A page before it has its frame.
pub struct Page {
    /// Path below the site.
    pub path: String,
    pub section: Section,
    pub title: String,
    pub body: String,
    /// Files of the repository it links to.
    pub links: Vec<String>,
}

/// Where the page of a Markdown file is: `README.md` is the index of its folder.
pub fn path_of(file: &str) -> String {
    match file.strip_suffix("README.md") {
        Some(folder) => format!("{folder}index.html"),
        None => format!("{}.html", file.strip_suffix(".md").unwrap_or(file)),
    }
}

/// Text as HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Every page with its frame.
pub fn site(pages: &[Page]) -> Site {
    pages.iter().map(|page| (page.path.clone(), framed(page, pages))).collect()
}

fn framed(page: &Page, pages: &[Page]) -> String {
    let up = "../".repeat(page.path.matches('/').count());
    let title = escaped(&page.title);
    let navigation: String = Section::ALL.map(|section| group(section, page, pages, &up)).concat();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · crdt-merge</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <nav aria-label=\"Pages\"><a class=\"home\" href=\"{up}index.html\">crdt-merge</a>\n{navigation}</nav>\n\
         <main>\n{}</main>\n</body>\n</html>\n",
        page.body
    )
}

/// The pages of a section; the one with this page is open. Errors have a page each and one that lists them.
fn group(section: Section, page: &Page, pages: &[Page], up: &str) -> String {
    let mut members: Vec<&Page> = pages.iter().filter(|other| other.section == section).collect();
    if section == Section::Errors {
        members.retain(|other| other.path.ends_with("index.html"));
    }
    members.sort_by(|a, b| order(&a.path).cmp(&order(&b.path)));
    let links: String = members.iter().map(|other| link(other, other.path == page.path, up)).collect();
    let open = if section == page.section { " open" } else { "" };
    format!("<details{open}><summary>{}</summary><ul>{links}</ul></details>\n", section.title())
}

/// An index before its pages, and what lies deeper after what does not.
fn order(path: &str) -> (bool, usize, bool, &str) {
    (path != "index.html", path.matches('/').count(), !path.ends_with("/index.html"), path)
}

fn link(page: &Page, is_here: bool, up: &str) -> String {
    let here = if is_here { " aria-current=\"page\"" } else { "" };
    format!("<li><a href=\"{up}{}\"{here}>{}</a></li>", page.path, escaped(&page.title))
}

const STYLE: &str = "
:root { color-scheme: light dark; --ink: light-dark(#1c1e21, #e4e6ea); --paper: light-dark(#ffffff, #16181c);
  --quiet: light-dark(#f4f5f7, #1f2227); --line: light-dark(#d9dce1, #363b43); --link: light-dark(#0b57a4, #7fb8f5); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); color: var(--ink); background: var(--paper);
  font: 16px/1.6 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; background: var(--quiet);
  border-right: 1px solid var(--line); font-size: .9rem; }
nav .home { display: block; margin-bottom: 1rem; font-weight: 700; font-size: 1.1rem; }
nav summary { cursor: pointer; font-weight: 600; padding: .25rem 0; }
nav ul { list-style: none; margin: 0 0 .5rem; padding-left: .9rem; }
nav li { padding: .1rem 0; }
nav a[aria-current] { font-weight: 700; color: var(--ink); }
main { max-width: 52rem; padding: 2rem 2.5rem 4rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
h1, h2, h3 { line-height: 1.25; scroll-margin-top: 1rem; }
h2 { margin-top: 2.2rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
code { font: .875em ui-monospace, monospace; background: var(--quiet); padding: .1em .3em; border-radius: 4px;
  overflow-wrap: anywhere; }
pre { background: var(--quiet); border: 1px solid var(--line); border-radius: 6px; padding: 1rem; overflow-x: auto; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
th { background: var(--quiet); }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border-right: 0; }
  main { padding: 1.5rem 1rem 3rem; } }
";
