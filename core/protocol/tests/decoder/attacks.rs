//! The folder of attacks: its table, and the recipes of the large ones.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crdt_merge_protocol::wire::{HEADER_BYTES, MAGIC};

use super::corpus::from_hex;
use super::mutate::deflated;

/// One row of the table, with the input that the file stands for.
pub struct Attack {
    pub file: String,
    pub input: Vec<u8>,
    /// `OK` or an error code.
    pub strict: String,
    pub lenient: String,
}

impl Attack {
    pub fn is_batch(&self) -> bool {
        self.file.contains(".batch")
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("attacks")
}

/// Every file of the folder with its row. Panics where one lacks the other.
pub fn all() -> Vec<Attack> {
    let table = std::fs::read_to_string(folder().join("README.md")).expect("attacks/README.md");
    let attacks: Vec<Attack> = table.lines().filter_map(row).collect();
    let listed: BTreeSet<String> = attacks.iter().map(|attack| attack.file.clone()).collect();
    let there: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("attacks")
        .map(|entry| entry.expect("a file").file_name().into_string().expect("a plain name"))
        .filter(|name| name != "README.md")
        .collect();
    assert_eq!(listed, there, "rows and files of attacks/");
    assert_eq!(listed.len(), attacks.len(), "a file has two rows");
    attacks
}

/// `` | `file` | what | strict | lenient | ``
fn row(line: &str) -> Option<Attack> {
    let [_, file, _, strict, lenient, _] = line.split('|').map(str::trim).collect::<Vec<_>>().try_into().ok()?;
    let file = file.strip_prefix('`')?.strip_suffix('`')?.to_owned();
    let bytes = std::fs::read(folder().join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let input =
        if file.ends_with(".recipe") { cooked(&String::from_utf8(bytes).expect("a recipe is text")) } else { bytes };
    Some(Attack { file, input, strict: strict.to_owned(), lenient: lenient.to_owned() })
}

/// The bytes that a recipe makes; its language is described beside the table.
fn cooked(recipe: &str) -> Vec<u8> {
    let mut lines = recipe.lines().filter(|line| !line.starts_with('#'));
    let shape: Vec<&str> = lines.next().expect("a first line").split(' ').collect();
    let body: Vec<u8> = lines.flat_map(ingredient).collect();
    match shape.as_slice() {
        ["bytes"] => body,
        ["frame", tag] => framed(tag, 0, &body),
        ["frame", tag, "zlib"] => framed(tag, 1, &deflated(&body)),
        other => panic!("{other:?} is no first line"),
    }
}

fn framed(tag: &str, flags: u8, stored: &[u8]) -> Vec<u8> {
    let tag = tag.strip_prefix("0x").and_then(|digits| u8::from_str_radix(digits, 16).ok()).expect("a tag");
    let mut frame = Vec::with_capacity(HEADER_BYTES + stored.len());
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&[0, 1, tag, flags]);
    frame.extend_from_slice(&u32::try_from(stored.len()).expect("less than 4 GiB").to_be_bytes());
    frame.extend_from_slice(stored);
    frame
}

fn ingredient(line: &str) -> Vec<u8> {
    let (verb, rest) = line.split_once(' ').expect("a verb and what it takes");
    let (count, what) = rest.split_once(' ').unwrap_or((rest, ""));
    let count = || count.parse::<usize>().expect("a count");
    match verb {
        "hex" => from_hex(rest).expect("digits"),
        "repeat" => from_hex(what).expect("digits").repeat(count()),
        "text" => what.repeat(count()).into_bytes(),
        "numbered" => {
            let (prefix, after) = what.split_once(' ').unwrap_or((what, ""));
            let after = from_hex(after).expect("digits");
            (0..count())
                .flat_map(|number| [compact_text(&format!("{prefix}{number}")), after.clone()].concat())
                .collect()
        }
        "names" => {
            let (prefix, after) = what.split_once(' ').expect("a prefix and the rest");
            (0..count()).flat_map(|number| format!("\"{prefix}{number}\"{after}").into_bytes()).collect()
        }
        "doubles" => (0..count()).flat_map(sparse_double).collect(),
        other => panic!("{other} is no verb of recipes"),
    }
}

fn compact_text(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("a short text").to_be_bytes();
    [&[5], length.as_slice(), text.as_bytes()].concat()
}

fn sparse_double(number: usize) -> Vec<u8> {
    [&[4, 0x40], (number as u32).to_be_bytes()[1..].as_ref(), &[0; 4]].concat()
}
