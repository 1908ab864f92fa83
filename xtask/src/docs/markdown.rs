//! Markdown to HTML: anchors for headings, links to pages.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::page::path_of;
use crate::workspace::{folder_of, resolve, root};

/// What a file gives.
pub struct Rendered {
    /// The first heading.
    pub title: String,
    pub html: String,
    /// Files that are linked to and are no pages, from the root of the repository.
    pub files: Vec<String>,
}

/// Renders a file; `path` is its place in the repository.
pub fn render(text: &str, path: &str) -> Rendered {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut files = Vec::new();
    let mut links = PageLinks { path, files: &mut files, is_dropped: false };
    let events: Vec<Event<'_>> = Parser::new_ext(text, options).filter_map(|event| links.take(event)).collect();
    let title = first_heading(&events).unwrap_or_else(|| path.to_owned());
    let mut out = String::new();
    html::push_html(&mut out, with_anchors(events).into_iter());
    Rendered { title, html: out, files }
}

fn first_heading(events: &[Event<'_>]) -> Option<String> {
    let start = events.iter().position(|event| matches!(event, Event::Start(Tag::Heading { .. })))?;
    Some(words(&events[start..]))
}

/// The text of the heading at the start.
fn words(events: &[Event<'_>]) -> String {
    let inside = events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let texts = inside.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(&**text),
        _ => None,
    });
    texts.collect()
}

/// Headings get the anchors that links to them use: lower case, hyphens for spaces, a number for repeated ones.
fn with_anchors(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut taken: Vec<String> = Vec::new();
    let anchors: Vec<Option<String>> = (0..events.len())
        .map(|place| match events[place] {
            Event::Start(Tag::Heading { .. }) => Some(fresh_anchor(&words(&events[place..]), &mut taken)),
            _ => None,
        })
        .collect();
    events.into_iter().zip(anchors).map(|(event, anchor)| with_anchor(event, anchor)).collect()
}

fn fresh_anchor(words: &str, taken: &mut Vec<String>) -> String {
    let plain = slug(words);
    let repeats = taken.iter().filter(|other| **other == plain).count();
    taken.push(plain.clone());
    if repeats == 0 { plain } else { format!("{plain}-{repeats}") }
}

/// The anchor of a heading.
pub fn slug(words: &str) -> String {
    let kept = words
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .collect::<String>();
    kept.replace(' ', "-")
}

fn with_anchor<'a>(event: Event<'a>, anchor: Option<String>) -> Event<'a> {
    match (event, anchor) {
        (Event::Start(Tag::Heading { level, classes, attrs, .. }), Some(anchor)) => {
            // A page has one title.
            let level = if level < HeadingLevel::H1 { HeadingLevel::H1 } else { level };
            Event::Start(Tag::Heading { level, id: Some(CowStr::from(anchor)), classes, attrs })
        }
        (event, _) => event,
    }
}

/// Links to Markdown files and folders become links to their pages; other files are noted.
struct PageLinks<'a> {
    path: &'a str,
    files: &'a mut Vec<String>,
    /// Whether the link at hand is to a folder without a page, which leaves its text.
    is_dropped: bool,
}

/// Where a link leads.
enum Target {
    /// To a place that is written as it was.
    Same,
    Page(String),
    Nowhere,
}

impl PageLinks<'_> {
    fn take<'e>(&mut self, event: Event<'e>) -> Option<Event<'e>> {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = match self.target(&dest_url) {
                    Target::Same => dest_url,
                    Target::Page(page) => CowStr::from(page),
                    Target::Nowhere => {
                        self.is_dropped = true;
                        return None;
                    }
                };
                Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
            }
            Event::End(TagEnd::Link) if std::mem::take(&mut self.is_dropped) => None,
            other => Some(other),
        }
    }

    fn target(&mut self, link: &str) -> Target {
        if link.contains("://") || link.starts_with('#') || link.starts_with("mailto:") {
            return Target::Same;
        }
        let (file, anchor) = link.split_once('#').map_or((link, String::new()), |(file, id)| (file, format!("#{id}")));
        if file.ends_with(".md") {
            return Target::Page(format!("{}{anchor}", path_from(file)));
        }
        let place = resolve(folder_of(self.path), file);
        if !root().join(&place).is_dir() {
            self.files.push(place);
            return Target::Same;
        }
        match root().join(&place).join("README.md").is_file() {
            true => Target::Page(format!("{}/index.html", file.trim_end_matches('/'))),
            false => Target::Nowhere,
        }
    }
}

/// As [`path_of`], for a link.
fn path_from(link: &str) -> String {
    match link.strip_suffix("README.md") {
        Some(folder) => format!("{folder}index.html"),
        None => path_of(link),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_anchors_and_links_lead_to_pages() {
        let text =
            "# A *b* `c`\n\n## Twice\n\n## Twice\n\n[x](../spec/wire.md#the-end) [y](Cargo.toml) [z](adr/README.md)";
        let rendered = render(text, "docs/a.md");
        assert_eq!(rendered.title, "A b c");
        assert!(rendered.html.contains("<h2 id=\"twice-1\">"), "{}", rendered.html);
        assert!(rendered.html.contains("href=\"../spec/wire.html#the-end\""), "{}", rendered.html);
        assert!(rendered.html.contains("href=\"adr/index.html\""), "{}", rendered.html);
        assert_eq!(rendered.files, ["docs/Cargo.toml"]);
    }
}
