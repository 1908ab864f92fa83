//! One id for a state, however it came about: the part of the demonstration that needs no reference.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use crdt_merge_protocol::laws::{Random, kinds};
use crdt_merge_protocol::{AnyState, BloomFilter, Code, CountMinSketch, HyperLogLog, MinHash, Tag};
use serde::Serialize;

use crate::demo::Program;
use crate::second::Second;

/// What was found about one kind.
#[derive(Debug, Serialize)]
pub struct Identity {
    pub tag: u8,
    #[serde(rename = "type")]
    pub kind: String,
    /// The id, if all ways lead to one.
    pub id: Option<String>,
    /// Why version 2 has no place for the contents: only reports of version 1 can hold integers beyond 64 bits.
    pub left_out: Option<&'static str>,
    /// How many ways were gone.
    pub ways: usize,
    /// Whether the second implementation gives the same bytes and the same id.
    pub second_agrees: bool,
    /// What went wrong.
    pub failures: Vec<String>,
}

impl Identity {
    pub fn is_fine(&self) -> bool {
        (self.id.is_some() || self.left_out.is_some()) && self.second_agrees && self.failures.is_empty()
    }
}

/// Writes two states of every kind that the reference does not have; the folder of each.
pub fn write_new_kinds(dir: &Path, seed: u64) -> Result<Vec<(Tag, PathBuf)>> {
    let mut random = Random::new(seed);
    let mut folders = Vec::new();
    for tag in Tag::ALL.iter().filter(|tag| tag.is_join() && !tag.is_in_v1()) {
        let folder = dir.join(tag.name());
        fs::create_dir_all(&folder)?;
        for name in ["a.crdt", "b.crdt"] {
            let state = drawn(*tag, &mut random)?;
            fs::write(folder.join(name), state.encode()?)?;
        }
        folders.push((*tag, folder));
    }
    Ok(folders)
}

/// A small state of a kind that version 1 does not have.
fn drawn(tag: Tag, random: &mut Random) -> Result<AnyState> {
    let items: Vec<i64> = (0..100).map(|_| random.below(1_000) as i64).collect();
    Ok(match tag {
        Tag::MvRegister => kinds::mv_register(random).into(),
        Tag::RwSet => kinds::rw_set(random).into(),
        Tag::EwFlag => kinds::ew_flag(random).into(),
        Tag::DwFlag => kinds::dw_flag(random).into(),
        Tag::BoundedCounter => kinds::bounded_counter(random).into(),
        Tag::HllNative => {
            let mut sketch = HyperLogLog::new(10)?;
            sketch.add_all(items);
            sketch.into()
        }
        Tag::BloomNative => {
            let mut filter = BloomFilter::with_capacity(1_000, 0.01)?;
            filter.add_all(items);
            filter.into()
        }
        Tag::CmsNative => {
            let mut sketch = CountMinSketch::new(100, 4)?;
            sketch.add_all_node(kinds::node(random), &items)?;
            sketch.into()
        }
        Tag::Minhash => {
            let mut signature = MinHash::new(64)?;
            signature.add_all(items);
            signature.into()
        }
        other => bail!("no state of {} can be drawn", other.name()),
    })
}

/// Goes different ways to one state of a kind and compares the ids.
pub fn of_kind(program: &Program<'_>, second: &mut Second, tag: Tag, folder: &Path) -> Identity {
    let mut identity = Identity {
        tag: tag.byte(),
        kind: tag.name().to_owned(),
        id: None,
        left_out: None,
        ways: 0,
        second_agrees: false,
        failures: Vec::new(),
    };
    if let Err(error) = identity.find(program, second, tag, folder) {
        identity.failures.push(format!("{error:#}"));
    }
    identity
}

impl Identity {
    fn find(&mut self, program: &Program<'_>, second: &mut Second, tag: Tag, folder: &Path) -> Result<()> {
        if !tag.is_join() && self.is_left_out(second, folder)? {
            return Ok(());
        }
        let files = if tag.is_join() { merged(program, folder)? } else { converted(program, folder)? };
        let ids = program.ids(&files)?;
        self.ways = ids.len();
        let id = ids.first().cloned().context("there are no ids")?;
        ensure!(ids.iter().all(|other| *other == id), "not one id but {ids:?}");
        let canonical = fs::read(files.first().context("there are no files")?)?;
        ensure!(AnyState::decode(&canonical)?.state_id()?.to_string() == id, "the library has another id");
        self.id = Some(id.clone());
        let theirs = if tag.is_join() {
            second.join(&[&fs::read(folder.join("b.crdt"))?, &fs::read(folder.join("a.crdt"))?])?
        } else {
            second.convert(&fs::read(folder.join("a.crdt"))?)?
        };
        self.second_agrees = theirs == canonical && second.state_id(&theirs)? == id;
        Ok(())
    }
}

impl Identity {
    /// Whether both implementations refuse to write the contents as version 2, for the same reason.
    fn is_left_out(&mut self, second: &mut Second, folder: &Path) -> Result<bool> {
        let frame = fs::read(folder.join("a.crdt"))?;
        let Err(refusal) = AnyState::decode(&frame)?.encode() else { return Ok(false) };
        ensure!(refusal.code() == Code::OutOfRange, "version 2 is refused: {refusal}");
        self.left_out = Some("integers beyond 64 bits");
        self.second_agrees = second.convert(&frame).is_err_and(|theirs| theirs.to_string().contains("OUT_OF_RANGE"));
        Ok(true)
    }
}

/// The merge of two states in both orders, in both versions, compressed and sealed.
fn merged(program: &Program<'_>, folder: &Path) -> Result<Vec<PathBuf>> {
    let path = |name: &str| folder.join(name);
    let [a, b] = [path("a.crdt"), path("b.crdt")];
    let outputs = ["ab2.crdt", "ba2.crdt", "sealed2.crdt", "mixed2.crdt"].map(path);
    let [ab, ba, sealed, mixed] = &outputs;
    program.write(&["merge", "--quiet", "--to", "v2", "--no-trailer"], &[&a, &b], ab)?;
    program.write(&["merge", "--quiet", "--to", "v2", "--no-trailer"], &[&b, &a, &b], ba)?;
    program.write(&["merge", "--quiet", "--to", "v2", "--compress"], &[&a, &b], sealed)?;
    let second = path("b2.crdt");
    program.write(&["convert", "--to", "v2"], &[&b], &second)?;
    program.write(&["merge", "--quiet"], &[&a, &second], mixed)?;
    let first = ["ab.crdt", "ba.crdt"].map(path).into_iter().filter(|file| file.exists());
    Ok(outputs.iter().cloned().chain(first).collect())
}

/// A state that does not merge, in both versions.
fn converted(program: &Program<'_>, folder: &Path) -> Result<Vec<PathBuf>> {
    let [a, plain, sealed] = ["a.crdt", "a2.crdt", "sealed2.crdt"].map(|name| folder.join(name));
    program.write(&["convert", "--to", "v2", "--no-trailer"], &[&a], &plain)?;
    program.write(&["convert", "--to", "v2", "--compress"], &[&a], &sealed)?;
    Ok(vec![plain, sealed, a])
}
