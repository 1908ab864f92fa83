//! Writes seeds for every target: `seeds FOLDER` makes `FOLDER/<target>/…` from the conformance corpus and the attacks.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crdt_merge_protocol::wire::{ChunkOptions, DecodeOptions, Document, HEADER_BYTES, pack, split_frame};
use crdt_merge_protocol::{AnyState, PayloadForm, Tag};

/// Longer seeds slow a fuzzer down more than they help it.
const LONGEST: usize = 4096;
/// Targets that take whole frames, with how each is read.
const FRAMES: [&str; 4] = ["frame_strict", "frame_lenient", "prefix", "convert"];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: seeds FOLDER")?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut frames = Vec::new();
    for path in files(&root.join("conformance/vectors"))? {
        frames.extend(frames_of(&String::from_utf8_lossy(&fs::read(path)?)));
    }
    for path in files(&root.join("core/protocol/attacks"))? {
        if path.extension().is_some_and(|extension| extension == "frame" || extension == "batch") {
            frames.push(fs::read(path)?);
        }
    }
    let converted: Vec<_> = frames.iter().filter_map(|frame| AnyState::decode(frame).ok()?.encode().ok()).collect();
    frames.extend(converted);
    frames.retain(|frame| frame.len() <= LONGEST);
    frames.sort();
    frames.dedup();
    let count = write_all(&folder, &frames)?;
    println!("{count} seeds from {} inputs", frames.len());
    if count == 0 { Err("nothing to make seeds from".into()) } else { Ok(()) }
}

/// Every file below a folder.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

/// The frames that stand in a text as hexadecimal digits.
fn frames_of(text: &str) -> Vec<Vec<u8>> {
    text.split('"').filter(|text| text.starts_with("43524454")).filter_map(from_hex).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

fn write_all(folder: &Path, frames: &[Vec<u8>]) -> Outcome<usize> {
    let mut count = 0;
    for (number, frame) in frames.iter().enumerate() {
        for (target, seed) in seeds(frame, frames.get(number + 1)) {
            let folder = folder.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("seed-{number:05}")), seed)?;
            count += 1;
        }
    }
    Ok(count)
}

/// What each target makes of a frame and the one after it.
fn seeds(frame: &[u8], next: Option<&Vec<u8>>) -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds: Vec<_> = FRAMES.iter().map(|target| (*target, frame.to_vec())).collect();
    let next = next.map_or(frame, Vec::as_slice);
    seeds.extend(pack(&[frame, next]).ok().map(|batch| ("batch", batch)));
    let Some((tag, payload)) = payload_of(frame) else { return seeds };
    if frame.get(5) == Some(&2) {
        seeds.extend(second_seeds(frame, tag, payload));
        return seeds;
    }
    let choice = Tag::V1.iter().position(|other| *other == tag).unwrap_or(0) as u8;
    let other =
        payload_of(next).filter(|(other, _)| *other == tag).map_or_else(|| payload.clone(), |(_, payload)| payload);
    let both = [u16::try_from(payload.len()).unwrap_or(0).to_be_bytes().as_slice(), &payload, &other].concat();
    seeds.push(("join", [&[choice], both.as_slice()].concat()));
    seeds.push(("text", payload.clone()));
    seeds.push(("versions", [&[choice], payload.as_slice()].concat()));
    match tag.form() {
        PayloadForm::Compact => seeds.push(("value", both)),
        PayloadForm::None => {}
        PayloadForm::Json => {
            seeds.push(("message_pack", [&[choice], payload.as_slice()].concat()));
            seeds.push(("json", payload));
        }
    }
    seeds
}

/// What the targets of version 2 make of a frame.
fn second_seeds(frame: &[u8], tag: Tag, body: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    let options = ChunkOptions { slice_bytes: body.len().div_ceil(3).max(1), ..ChunkOptions::default() };
    let chunks = split_frame(frame, &options).map(|chunks| chunks.concat());
    let value = body.get(1..).unwrap_or_default().to_vec();
    let mut seeds = vec![("body", [&[tag.byte()], body.as_slice()].concat()), ("body_value", value)];
    seeds.extend(chunks.ok().map(|chunks| ("chunks", chunks)));
    seeds
}

/// The kind and the inflated payload of a frame, if it can be read; of one that cannot, the payload as it stands.
fn payload_of(frame: &[u8]) -> Option<(Tag, Vec<u8>)> {
    let options = DecodeOptions::strict();
    match Document::decode(frame, &options) {
        Ok(document) => Some((document.tag()?, document.payload(&options).ok()?)),
        Err(_) => Some((Tag::from_byte(*frame.get(6)?)?, frame.get(HEADER_BYTES..)?.to_vec())),
    }
}
