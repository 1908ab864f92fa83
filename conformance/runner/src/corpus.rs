//! The corpus on disk: one file per topic, one case per line, blobs by digest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::case::{Case, known_members, required_text};
use crate::hex;
use crate::json::{Json, object, text};

/// The format member of every corpus file.
pub const FORMAT: &str = "crdt-conform/1";

/// One topic: a file of cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// First part of every id.
    pub area: String,
    /// Second part of every id.
    pub topic: String,
    /// What the topic is about.
    pub note: String,
    /// Its cases in the order of the file.
    pub cases: Vec<Case>,
}

impl Topic {
    /// A topic without cases.
    pub fn new(area: &str, topic: &str, note: &str) -> Topic {
        Topic { area: area.into(), topic: topic.into(), note: note.into(), cases: Vec::new() }
    }

    /// Where the topic is kept below the corpus folder.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(&self.area).join(format!("{}.json", self.topic))
    }

    /// Reads a topic from the text of its file.
    pub fn parse(content: &str) -> Result<Topic, String> {
        let json = Json::parse(content).map_err(|error| error.to_string())?;
        known_members(&json, &["format", "area", "topic", "note", "cases"])?;
        match required_text(&json, "format")?.as_str() {
            FORMAT => {}
            other => return Err(format!("the format {other:?} is unknown")),
        }
        let cases = json.member("cases").and_then(Json::as_array).ok_or("`cases` is missing")?;
        Ok(Topic {
            area: required_text(&json, "area")?,
            topic: required_text(&json, "topic")?,
            note: required_text(&json, "note")?,
            cases: cases.iter().map(Case::from_json).collect::<Result<_, _>>()?,
        })
    }

    /// The text of the topic's file.
    pub fn to_text(&self) -> String {
        let head = object([
            ("format", text(FORMAT)),
            ("area", text(&self.area)),
            ("topic", text(&self.topic)),
            ("note", text(&self.note)),
        ]);
        let mut out = head.to_line();
        out.pop();
        out.push_str(", \"cases\": [\n");
        let lines: Vec<String> = self.cases.iter().map(|case| case.to_json().to_line()).collect();
        out.push_str(&lines.join(",\n"));
        out.push_str("\n]}\n");
        out
    }

    /// Writes the topic below `root`, making folders as needed.
    pub fn save(&self, root: &Path) -> Result<(), String> {
        write_file(&root.join(self.path()), &self.to_text())
    }
}

/// Writes a file so that it appears whole or not at all.
pub fn write_file(path: &Path, content: &str) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fault)?;
    }
    let draft = path.with_extension("part");
    fs::write(&draft, content).map_err(fault)?;
    fs::rename(&draft, path).map_err(fault)
}

/// Every topic below a folder, and the blobs beside them.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// Topics in the order of their paths.
    pub topics: Vec<Topic>,
    /// Digest and place of each blob.
    pub blobs: BTreeMap<String, PathBuf>,
}

impl Corpus {
    /// Reads every `*.json` below `root`; two cases with one id are refused.
    pub fn load(root: &Path) -> Result<Corpus, String> {
        let mut corpus = Corpus::default();
        let mut seen = BTreeSet::new();
        for path in files_below(root)? {
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("json") => corpus.topics.push(read_topic(root, &path)?),
                Some("bin") => {
                    let digest = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    corpus.blobs.insert(digest, path);
                }
                _ => return Err(format!("{}: neither a topic nor a blob", path.display())),
            }
        }
        for case in corpus.cases() {
            if !seen.insert(case.id.clone()) {
                return Err(format!("{}: the id is given twice", case.id));
            }
        }
        Ok(corpus)
    }

    /// Every case in order.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.topics.iter().flat_map(|topic| &topic.cases)
    }

    /// The bytes of a blob. Its name must be its digest.
    pub fn blob(&self, digest: &str) -> Result<Vec<u8>, String> {
        let path = self.blobs.get(digest).ok_or_else(|| format!("there is no blob {digest}"))?;
        let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        match hex::sha256(&bytes) == digest {
            true => Ok(bytes),
            false => Err(format!("{}: the name is not the digest", path.display())),
        }
    }
}

fn read_topic(root: &Path, path: &Path) -> Result<Topic, String> {
    let content = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let topic = Topic::parse(&content).map_err(|fault| format!("{}: {fault}", path.display()))?;
    let prefix = format!("{}/{}/", topic.area, topic.topic);
    if !path.ends_with(topic.path()) {
        return Err(format!("{}: belongs to {} below {}", path.display(), topic.path().display(), root.display()));
    }
    match topic.cases.iter().find(|case| !case.id.starts_with(&prefix)) {
        Some(case) => Err(format!("{}: the id of a case here starts with {prefix}", case.id)),
        None => Ok(topic),
    }
}

fn files_below(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether `pattern` matches all of `id`; `*` stands for any run of characters.
pub fn matches(pattern: &str, id: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = id.strip_prefix(first) else { return false };
    let middle: Vec<&str> = parts.collect();
    let Some((last, middle)) = middle.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_ids() {
        for (pattern, id, expected) in [
            ("wire/a/1", "wire/a/1", true),
            ("wire/a/1", "wire/a/12", false),
            ("wire/*", "wire/a/12", true),
            ("*/laws", "wire/a/laws", true),
            ("wire/*/merges-*/ba", "wire/or/merges-3/ba", true),
            ("wire/*/merges-*/ba", "wire/or/merges-3/ab", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, id), expected, "{pattern} {id}");
        }
    }

    #[test]
    fn a_topic_survives_a_round_trip() {
        let mut topic = Topic::new("a", "b", "n");
        topic.cases.push(Case::new("a/b/1", "n", "echo", crate::value::Value::Null));
        assert_eq!(Topic::parse(&topic.to_text()).unwrap(), topic);
    }
}
