//! The error catalogue: a page for each code, and one that lists them by family.

use super::page::{Page, Section, escaped};
use crate::codegen::registry::{ErrorCode, Family, Registry};

/// The list and the pages.
pub fn pages(registry: &Registry) -> Vec<Page> {
    let page = |error: &ErrorCode| {
        let family = registry.families.iter().find(|family| family.name == error.family);
        made(&format!("errors/{}.html", error.code), &error.code, explained(error, family))
    };
    let mut pages: Vec<Page> = registry.errors.iter().map(page).collect();
    pages.push(made("errors/index.html", "Error codes", list(registry)));
    pages
}

fn made(path: &str, title: &str, body: String) -> Page {
    let heading = format!("<h1>{}</h1>\n", escaped(title));
    Page {
        path: path.to_owned(),
        section: Section::Errors,
        title: title.to_owned(),
        body: heading + &body,
        links: Vec::new(),
    }
}

fn list(registry: &Registry) -> String {
    let intro = "<p>Codes are stable text, the same in every language; messages may change in any release. \
                 <code>crdt-merge explain CODE</code> says the same in a terminal.</p>\n";
    let groups = registry.families.iter().map(|family| group(family, registry));
    format!("{intro}{}", groups.collect::<String>())
}

fn group(family: &Family, registry: &Registry) -> String {
    let members = registry.errors.iter().filter(|error| error.family == family.name);
    let rows: String = members
        .map(|error| {
            format!(
                "<tr><td><a href=\"{0}.html\"><code>{0}</code></a></td><td>{1}</td></tr>\n",
                error.code,
                inline(&error.meaning)
            )
        })
        .collect();
    let head = format!("<h2 id=\"{0}\">{0}</h2>\n<p>{1}</p>\n", family.name, inline(&family.meaning));
    format!("{head}<table><tr><th>code</th><th>meaning</th></tr>\n{rows}</table>\n")
}

fn explained(error: &ErrorCode, family: Option<&Family>) -> String {
    let python = family.map(|family| {
        let base = error.base.as_ref().unwrap_or(&family.base);
        format!("<tr><th>Python</th><td><code>{}</code>, which is a <code>{base}</code></td></tr>\n", family.python)
    });
    let (meaning, remedy, family) = (inline(&error.meaning), inline(&error.remedy), &error.family);
    let (area, since) = (escaped(&error.area), error.since);
    format!(
        "<p>{meaning}</p>\n<h2 id=\"what-to-do\">What to do</h2>\n<p>{remedy}</p>\n\
         <h2 id=\"where\">Where it comes from</h2>\n\
         <table>\n<tr><th>family</th><td><a href=\"index.html#{family}\">{family}</a></td></tr>\n\
         <tr><th>raised by</th><td>{area}</td></tr>\n<tr><th>since protocol version</th><td>{since}</td></tr>\n\
         {}</table>\n",
        python.unwrap_or_default(),
    )
}

/// A sentence of the registry: text with code in backquotes.
fn inline(sentence: &str) -> String {
    let parts = sentence.split('`').enumerate();
    parts
        .map(|(place, part)| if place % 2 == 0 { escaped(part) } else { format!("<code>{}</code>", escaped(part)) })
        .collect()
}
