//! Sound frames of every kind to start from: drawn ones, and those of the conformance corpus.

use std::collections::BTreeSet;
use std::path::Path;

use crdt_merge_protocol::laws::{Random, Sampler, ValueSampler, kinds};
use crdt_merge_protocol::wire::{Compression, DecodeOptions, Document};
use crdt_merge_protocol::{AnyState, Framed, Generic, PayloadForm, State, Tag};

/// Frames with longer payloads are left out: mutations of short ones reach more.
const LONGEST: usize = 4096;
/// Draws of each kind.
const DRAWS: usize = 60;

/// A sound frame, taken apart.
#[derive(Debug, Clone)]
pub struct Seed {
    pub tag: Tag,
    pub frame: Vec<u8>,
    /// The payload, inflated.
    pub payload: Vec<u8>,
    pub state: AnyState,
}

/// Sound frames.
#[derive(Debug)]
pub struct Corpus {
    seeds: Vec<Seed>,
}

impl Corpus {
    /// Drawn frames, and those of the conformance corpus where the repository is around.
    pub fn new() -> Self {
        let frames: BTreeSet<Vec<u8>> = drawn().into_iter().chain(conformance()).collect();
        Corpus { seeds: frames.into_iter().filter_map(seed).collect() }
    }

    /// One of a kind that is drawn first, so that kinds with few frames come up as often as others.
    pub fn pick(&self, random: &mut Random) -> &Seed {
        loop {
            let tag = random.pick(Tag::V1).copied().unwrap();
            let of_tag: Vec<&Seed> = self.of(tag).collect();
            if let Some(seed) = random.pick(&of_tag) {
                return seed;
            }
        }
    }

    /// All of one kind.
    pub fn of(&self, tag: Tag) -> impl Iterator<Item = &Seed> {
        let start = self.seeds.partition_point(|seed| seed.tag < tag);
        self.seeds[start..].iter().take_while(move |seed| seed.tag == tag)
    }

    pub fn len(&self) -> usize {
        self.seeds.len()
    }
}

fn seed(frame: Vec<u8>) -> Option<Seed> {
    let options = DecodeOptions::strict();
    let document = Document::decode(&frame, &options).ok()?;
    let payload = document.payload(&options).ok().filter(|payload| payload.len() <= LONGEST)?;
    let state = AnyState::from_document(&document, &options).ok()?;
    Some(Seed { tag: document.tag()?, frame, payload, state })
}

fn drawn() -> Vec<Vec<u8>> {
    let mut random = Random::new(31);
    let mut frames = Vec::new();
    for _ in 0..DRAWS {
        push(&mut frames, &kinds::g_counter(&mut random));
        push(&mut frames, &kinds::pn_counter(&mut random));
        push(&mut frames, &kinds::lww_register(&mut random));
        push(&mut frames, &kinds::lww_map(&mut random));
        push(&mut frames, &kinds::or_set(&mut random));
        push_frame(&mut frames, &Generic(ValueSampler { depth: 4 }.draw(&mut random)));
    }
    frames
}

fn push<S: State>(frames: &mut Vec<Vec<u8>>, state: &S) {
    push_frame(frames, state);
}

/// Adds a frame plain and, where that is smaller, compressed. States that version 1 cannot hold have none.
fn push_frame<S: Framed>(frames: &mut Vec<Vec<u8>>, state: &S) {
    for compression in [Compression::None, Compression::Zlib] {
        let mut frame = Vec::new();
        if state.encode_v1_into(&mut frame, compression).is_ok() {
            frames.push(frame);
        }
    }
}

/// Every frame that stands in the conformance corpus as text of hexadecimal digits.
fn conformance() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/vectors");
    let mut frames = Vec::new();
    visit(&folder, &mut |text| {
        let texts = text.split('"').filter(|text| text.starts_with("43524454"));
        frames.extend(texts.filter_map(from_hex).flat_map(|frame| [compressed(&frame), Some(frame)]).flatten());
    });
    frames
}

fn compressed(frame: &[u8]) -> Option<Vec<u8>> {
    let options = DecodeOptions::strict();
    Document::decode(frame, &options).ok()?.repackaged(Compression::Zlib, &options).ok()
}

/// Hands the text of every file below a folder to `read`, in the order of names.
fn visit(folder: &Path, read: &mut impl FnMut(&str)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            visit(&path, read);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            read(&text);
        }
    }
}

/// Bytes from hexadecimal digits.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect();
    let (pairs, rest) = digits.as_ref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Hexadecimal digits of bytes.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the payload of a kind is compact values.
pub fn is_compact(tag: Tag) -> bool {
    tag.form() == PayloadForm::Compact
}
