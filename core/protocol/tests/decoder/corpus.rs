//! Sound frames of every kind to start from: drawn ones, and those of the conformance corpus.

use std::collections::BTreeSet;
use std::path::Path;

use crdt_merge_protocol::laws::{Random, Sampler, ValueSampler, kinds};
use crdt_merge_protocol::wire::{Compression, DecodeOptions, Document};
use crdt_merge_protocol::{
    AnyState, BloomFilter, CountMinSketch, EncodeOptions, Framed, Generic, HyperLogLog, MinHash, OrSet, PayloadForm,
    SyncSession, Tag,
};

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
    /// Frames of version 1: drawn ones, and those of the conformance corpus where the repository is around.
    pub fn first() -> Self {
        Corpus::of_frames(drawn(&[EncodeOptions::V1, EncodeOptions::V1.compressed()]).into_iter().chain(conformance(1)))
    }

    /// Canonical frames of version 2: drawn ones, those of the conformance corpus, and what its frames of version 1 convert to.
    pub fn second() -> Self {
        let converted = Corpus::of_frames(conformance(1)).seeds.into_iter().filter_map(|seed| seed.state.encode().ok());
        let published = Corpus::of_frames(conformance(2)).seeds.into_iter().filter_map(|seed| seed.state.encode().ok());
        Corpus::of_frames(drawn(&[EncodeOptions::V2]).into_iter().chain(converted).chain(published))
    }

    /// Every frame of version 1 that is read: the drawn ones, and all of the conformance corpus however long.
    pub fn sound_frames_of_version_1() -> BTreeSet<Vec<u8>> {
        let drawn = drawn(&[EncodeOptions::V1]);
        drawn.into_iter().chain(conformance(1)).filter(|frame| AnyState::decode(frame).is_ok()).collect()
    }

    fn of_frames(frames: impl Iterator<Item = Vec<u8>>) -> Self {
        let frames: BTreeSet<Vec<u8>> = frames.collect();
        let mut seeds: Vec<Seed> = frames.into_iter().filter_map(seed).collect();
        seeds.sort_by_key(|seed| seed.tag);
        Corpus { seeds }
    }

    /// One of a kind that is drawn first, so that kinds with few frames come up as often as others.
    pub fn pick(&self, random: &mut Random) -> &Seed {
        loop {
            let tag = random.pick(Tag::ALL).copied().unwrap();
            if let Some(seed) = self.pick_of(tag, random) {
                return seed;
            }
        }
    }

    /// One of a kind.
    pub fn pick_of(&self, tag: Tag, random: &mut Random) -> Option<&Seed> {
        random.pick(self.slice_of(tag))
    }

    /// All of one kind.
    pub fn of(&self, tag: Tag) -> impl Iterator<Item = &Seed> {
        self.slice_of(tag).iter()
    }

    fn slice_of(&self, tag: Tag) -> &[Seed] {
        let start = self.seeds.partition_point(|seed| seed.tag < tag);
        let end = self.seeds.partition_point(|seed| seed.tag <= tag);
        &self.seeds[start..end]
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

/// Drawn states of every kind that can be drawn, each written in every way asked for.
fn drawn(ways: &[EncodeOptions]) -> Vec<Vec<u8>> {
    let mut random = Random::new(31);
    let mut frames = Vec::new();
    macro_rules! draw {
        ($($kind:ident),* $(,)?) => { $(push(&mut frames, &kinds::$kind(&mut random), ways);)* };
    }
    for _ in 0..DRAWS {
        draw!(
            g_counter,
            pn_counter,
            lww_register,
            lww_map,
            or_set,
            mv_register,
            rw_set,
            ew_flag,
            dw_flag,
            bounded_counter,
            vector_clock,
            dotted_version_vector,
            gossip_state,
            merkle_tree,
            compat_hll,
            compat_bloom,
            compat_count_min,
            mv_register,
            rw_set,
            ew_flag,
            dw_flag,
            bounded_counter,
        );
        push_sketches(&mut frames, &mut random, ways);
        push(&mut frames, &Generic(ValueSampler { depth: 4 }.draw(&mut random)), ways);
        if ways.contains(&EncodeOptions::V2) {
            frames.extend(messages(kinds::or_set(&mut random), kinds::or_set(&mut random)));
        }
    }
    frames
}

/// The messages of two replicas that bring two states together.
fn messages(mut here: OrSet, mut there: OrSet) -> Vec<Vec<u8>> {
    let (mut one, mut other) = (SyncSession::new(&here), SyncSession::new(&there));
    let mut sent = Vec::new();
    let mut to_there = one.start(&here).expect("a session starts");
    for _ in 0..4 {
        sent.extend(to_there.iter().cloned());
        let replies: Vec<_> = to_there.iter().filter_map(|message| other.receive(&mut there, message).ok()).collect();
        let to_here: Vec<Vec<u8>> = replies.into_iter().flat_map(|received| received.outgoing).collect();
        sent.extend(to_here.iter().cloned());
        let replies = to_here.iter().filter_map(|message| one.receive(&mut here, message).ok());
        to_there = replies.flat_map(|received| received.outgoing).collect();
    }
    sent
}

/// The native sketches, with few items.
fn push_sketches(frames: &mut Vec<Vec<u8>>, random: &mut Random, ways: &[EncodeOptions]) {
    let mut log = HyperLogLog::new(4).expect("a precision");
    let mut filter = BloomFilter::new(1 + random.below(2) as u32).expect("a size");
    let mut counts = CountMinSketch::new(3, 2).expect("a size");
    let mut signature = MinHash::new(1 + random.below(8)).expect("a length");
    for _ in 0..random.below(6) {
        let item = random.bits().cast_signed();
        log.add(item);
        filter.add(item);
        signature.add(item);
        counts.add_node(kinds::node(random), item, 1 + random.below(300) as u64).expect("small counts");
    }
    push(frames, &log, ways);
    push(frames, &filter, ways);
    push(frames, &counts, ways);
    push(frames, &signature, ways);
}

/// Adds the frames of a state. States that version 1 cannot hold have none there.
fn push<S: Framed>(frames: &mut Vec<Vec<u8>>, state: &S, ways: &[EncodeOptions]) {
    frames.extend(ways.iter().filter_map(|way| state.encode_as(way).ok()));
}

/// Every frame of a version that stands in the conformance corpus as text of hexadecimal digits.
fn conformance(version: u8) -> impl Iterator<Item = Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/vectors");
    let mut frames: Vec<Vec<u8>> = Vec::new();
    visit(&folder, &mut |text| {
        let texts = text.split('"').filter(|text| text.starts_with("43524454"));
        frames.extend(texts.filter_map(from_hex).flat_map(|frame| [compressed(&frame), Some(frame)]).flatten());
    });
    frames.into_iter().filter(move |frame| frame.get(5) == Some(&version))
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
