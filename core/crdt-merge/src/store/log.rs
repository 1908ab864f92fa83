//! A state as a file and a log of deltas.

use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use crdt_merge_protocol::wire::{DecodeOptions, HEADER_BYTES, MAGIC};
use crdt_merge_protocol::{Code, EncodeOptions, Error, Result, State};
use sha2::{Digest, Sha256};

use super::disk::{Disk, HostDisk, LogFile, io_error, read_if_any, replace, with_suffix};

/// Bytes of a trailer.
const TRAILER_BYTES: usize = 16;
/// Version and flags of a record: version 2, with a trailer, whole.
const VERSION: [u8; 2] = [0, 2];
const TRAILER_FLAG: u8 = 2;
const CHUNK_FLAG: u8 = 4;
/// How many times its own size a damaged log is read through in search of sound records.
const SEARCHES: usize = 8;

/// What opening a [`DeltaLog`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered<S> {
    /// The join of the state's file and all deltas; `None` when nothing was ever saved.
    pub state: Option<S>,
    /// How many deltas the log holds.
    pub deltas: u64,
    /// How many bytes at the end of the log were a record that a crash had cut short, and are gone. That write had not been
    /// acknowledged.
    pub dropped_bytes: u64,
}

/// A state in a file beside a log of deltas, `<file>.log`: a write costs as much as its delta.
///
/// A delta is on the disk, durably, when [`DeltaLog::append`] returns. Reading joins the file of the state and the deltas. That
/// is a join, so deltas may overlap, repeat and hold more than was written; append what was merged in as well as what was written
/// here. The file of the state is one that [`load`](super::load) reads.
///
/// Only one log at a time has the file open, in this process or another one.
///
/// ```
/// # use crdt_merge::prelude::*;
/// # use crdt_merge::store::DeltaLog;
/// # let path = std::env::temp_dir().join(format!("crdt-merge-log-doc-{}.crdt", std::process::id()));
/// # let files = [path.clone(), path.with_extension("crdt.log")];
/// # files.iter().for_each(|file| drop(std::fs::remove_file(file)));
/// let me = Replica::new("laptop")?;
/// let (mut log, found) = DeltaLog::<OrSet>::open(&path)?;
/// let mut list = found.state.unwrap_or_default();
/// log.append(&list.add_delta(&me, "milk")?.delta)?;
/// drop(log);
///
/// let (mut log, found) = DeltaLog::<OrSet>::open(&path)?;
/// assert_eq!((found.state.as_ref(), found.dropped_bytes), (Some(&list), 0));
/// log.compact()?;
/// assert_eq!(log.bytes(), 0);
/// # files.iter().for_each(|file| drop(std::fs::remove_file(file)));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct DeltaLog<S>(Log<S, HostDisk>);

impl<S: State> DeltaLog<S> {
    /// Opens the log of a state, and makes it if it is new, and reads both.
    ///
    /// Fails with `IO`, also when the log is open elsewhere; with `BAD_INTEGRITY` when a record is damaged that sound ones follow,
    /// which no crash does; and with the first fault of the file or of a record, or of their join. Nothing has been changed then.
    pub fn open(path: impl AsRef<Path>) -> Result<(Self, Recovered<S>)> {
        Log::open(HostDisk, path.as_ref()).map(|(log, found)| (DeltaLog(log), found))
    }

    /// Appends a delta, or a whole state. When this returns it is durable.
    ///
    /// Fails with `IO`, and the log is as it was; if it cannot be brought back to that, this and every later call is `POISONED`
    /// until the log is opened anew.
    pub fn append(&mut self, delta: &S) -> Result<()> {
        self.0.append(std::slice::from_ref(delta))
    }

    /// As [`DeltaLog::append`] for several deltas, made durable together. A crash on the way may keep some of them.
    pub fn append_all(&mut self, deltas: &[S]) -> Result<()> {
        self.0.append(deltas)
    }

    /// Joins the log into the file of the state and empties it.
    ///
    /// A crash on the way loses nothing: the log goes only when the file has everything in it. Fails as [`DeltaLog::append`] does,
    /// and when what is on the disk is damaged by now.
    pub fn compact(&mut self) -> Result<()> {
        self.0.compact()
    }

    /// How long the log is, in bytes: what to look at before compacting.
    pub fn bytes(&self) -> u64 {
        self.0.len
    }
}

/// A log on any disk.
#[derive(Debug)]
struct Log<S, D: Disk> {
    disk: D,
    path: PathBuf,
    log_path: PathBuf,
    file: D::Log,
    /// Length of the sound records.
    len: u64,
    is_poisoned: bool,
    kind: PhantomData<fn() -> S>,
}

impl<S: State, D: Disk> Log<S, D> {
    fn open(disk: D, path: &Path) -> Result<(Self, Recovered<S>)> {
        let log_path = with_suffix(path, ".log");
        let file = disk.open_log(&log_path).map_err(|error| open_error(&error, &log_path))?;
        let (path, kind) = (path.to_owned(), PhantomData);
        let mut log = Log { disk, path, log_path, file, len: 0, is_poisoned: false, kind };
        let found = log.read()?;
        if found.dropped_bytes > 0 {
            log.cut_to(log.len)?;
        }
        log.disk.flush_folder_of(&log.log_path).map_err(|error| io_error(&error, &log.log_path))?;
        Ok((log, found))
    }

    /// Reads the file of the state and the log, and notes how long its sound part is.
    fn read(&mut self) -> Result<Recovered<S>> {
        let base = read_if_any(&self.disk, &self.path)?;
        let at = |path: &Path, error: Error| error.with("path", path.display());
        let mut state = base.map(|bytes| S::decode(&bytes)).transpose().map_err(|error| at(&self.path, error))?;
        let bytes = self.file.read().map_err(|error| io_error(&error, &self.log_path))?;
        let records = records_of(&bytes).map_err(|error| at(&self.log_path, error))?;
        let mut offset = 0;
        for record in &records {
            let joined = S::decode_with(record, &DecodeOptions::strict()).and_then(|delta| add(&mut state, delta));
            joined.map_err(|error| at(&self.log_path, error).with("record", offset))?;
            offset += record.len();
        }
        self.len = offset as u64;
        Ok(Recovered { state, deltas: records.len() as u64, dropped_bytes: (bytes.len() - offset) as u64 })
    }

    fn append(&mut self, deltas: &[S]) -> Result<()> {
        self.check_sound()?;
        let mut bytes = Vec::new();
        for delta in deltas {
            delta.encode_into(&mut bytes, &EncodeOptions::V2.with_trailer())?;
        }
        match self.file.append(&bytes).and_then(|()| self.file.flush()) {
            Ok(()) => {
                self.len += bytes.len() as u64;
                Ok(())
            }
            Err(error) => {
                let error = io_error(&error, &self.log_path);
                // Whatever has arrived of the record must not stay in front of the next one.
                self.cut_to(self.len).map_or_else(Err, |()| Err(error))
            }
        }
    }

    fn compact(&mut self) -> Result<()> {
        self.check_sound()?;
        let found = self.read()?;
        if found.dropped_bytes > 0 {
            self.is_poisoned = true;
            return self.check_sound();
        }
        let Some(state) = found.state.filter(|_| found.deltas > 0) else { return Ok(()) };
        replace(&self.disk, &self.path, &state.encode_as(&EncodeOptions::V2.with_trailer())?)?;
        self.len = 0;
        self.cut_to(0)
    }

    /// Cuts the log, durably; if that fails nothing more is written to it.
    fn cut_to(&mut self, len: u64) -> Result<()> {
        let cut = self.file.cut(len).and_then(|()| self.file.flush());
        self.is_poisoned = cut.is_err();
        cut.map_err(|error| poisoned(&self.log_path).with("found", error))
    }

    fn check_sound(&self) -> Result<()> {
        if self.is_poisoned { Err(poisoned(&self.log_path)) } else { Ok(()) }
    }
}

fn add<S: State>(state: &mut Option<S>, delta: S) -> Result<()> {
    match state {
        Some(state) => state.join(&delta).map(drop),
        None => {
            *state = Some(delta);
            Ok(())
        }
    }
}

fn poisoned(path: &Path) -> Error {
    Error::new(Code::Poisoned, "a failed write could not be undone; open the log again").with("path", path.display())
}

fn open_error(error: &io::Error, path: &Path) -> Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => Error::new(Code::Io, "the log is open elsewhere").with("path", path.display()),
        _ => io_error(error, path),
    }
}

/// The sound records from the start of a log. What follows them is the rest of one that was cut short, or `BAD_INTEGRITY`.
fn records_of(bytes: &[u8]) -> Result<Vec<&[u8]>> {
    let (records, rest) = sound_records(bytes);
    if rest.is_empty() || is_cut_short(rest) {
        return Ok(records);
    }
    Err(Error::new(Code::BadIntegrity, "a record of the log is damaged, and sound ones follow it")
        .with("offset", bytes.len() - rest.len()))
}

/// Sound records from the start, and what follows them.
fn sound_records(mut bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut records = Vec::new();
    while let Some((record, rest)) = sound_len(bytes).and_then(|len| bytes.split_at_checked(len)) {
        records.push(record);
        bytes = rest;
    }
    (records, bytes)
}

/// The length of the record at the start, if its trailer is right.
fn sound_len(bytes: &[u8]) -> Option<usize> {
    let len = announced_len(bytes)?;
    let (content, trailer) = bytes.get(..len)?.split_last_chunk::<TRAILER_BYTES>()?;
    Sha256::digest(content).starts_with(trailer).then_some(len)
}

/// The length that a record's header announces; it may lie beyond the end.
fn announced_len(bytes: &[u8]) -> Option<usize> {
    let (header, _) = bytes.split_first_chunk::<HEADER_BYTES>()?;
    let (magic, rest) = header.split_at(MAGIC.len());
    let [a, b, _, flags, length @ ..] = rest else { return None };
    let length = usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
    let is_record = magic == MAGIC && [*a, *b] == VERSION && flags & (TRAILER_FLAG | CHUNK_FLAG) == TRAILER_FLAG;
    (is_record && length >= TRAILER_BYTES).then(|| length.saturating_add(HEADER_BYTES))
}

/// Whether damaged bytes at the end of a log are one record that a crash has cut short, rather than one that others follow.
///
/// A record that says it goes on beyond the end may hold frames inside, so there only a row of records up to the end counts.
fn is_cut_short(rest: &[u8]) -> bool {
    let goes_on = announced_len(rest).is_some_and(|len| len > rest.len());
    let mut budget = rest.len().saturating_mul(SEARCHES);
    for start in (1..rest.len()).filter(|start| rest.get(*start..).is_some_and(|bytes| bytes.starts_with(&MAGIC))) {
        let candidate = rest.get(start..).unwrap_or_default();
        let cost = announced_len(candidate).filter(|len| *len <= candidate.len()).unwrap_or(0);
        let Some(left) = budget.checked_sub(cost) else { return false };
        budget = left;
        let (records, behind) = sound_records_within(candidate, &mut budget);
        if records > 0 && (!goes_on || behind == 0) {
            return false;
        }
    }
    true
}

/// How many sound records stand at the start, and how many bytes follow them; stops when the budget of bytes is used up.
fn sound_records_within(mut bytes: &[u8], budget: &mut usize) -> (usize, usize) {
    let mut records = 0;
    while let Some((record, rest)) = sound_len(bytes).and_then(|len| bytes.split_at_checked(len)) {
        records += 1;
        bytes = rest;
        *budget = budget.saturating_sub(record.len());
        if *budget == 0 {
            break;
        }
    }
    (records, bytes.len())
}

#[cfg(test)]
mod tests {
    use super::super::disk::simulated::MemoryDisk;
    use super::*;
    use crdt_merge_protocol::{Framed, GCounter, Generic, Join, LwwMap, Stamp, Value};

    type MemoryLog<S> = Log<S, MemoryDisk>;

    const PATH: &str = "count.crdt";
    const LOG: &str = "count.crdt.log";

    fn counter(node: &str, amount: u64) -> GCounter {
        let mut counter = GCounter::new();
        counter.increment_node(node, amount).unwrap();
        counter
    }

    fn deltas() -> [GCounter; 3] {
        [counter("a", 300), counter("b", 2), counter("a", 400)]
    }

    fn joined(deltas: &[GCounter]) -> GCounter {
        deltas.iter().fold(GCounter::new(), |all, delta| all.joined(delta).unwrap())
    }

    fn open(disk: &MemoryDisk) -> Result<(MemoryLog<GCounter>, Recovered<GCounter>)> {
        Log::open(disk.clone(), Path::new(PATH))
    }

    fn sealed(delta: &GCounter) -> Vec<u8> {
        delta.encode_as(&EncodeOptions::V2.with_trailer()).unwrap()
    }

    /// A life of a log: what of it was acknowledged, and what was tried.
    fn live(disk: &MemoryDisk) -> (Vec<GCounter>, Vec<GCounter>) {
        let (mut kept, mut tried) = (Vec::new(), Vec::new());
        let Ok((mut log, _)) = open(disk) else { return (kept, tried) };
        for (place, delta) in deltas().into_iter().enumerate() {
            tried.push(delta.clone());
            if log.append(std::slice::from_ref(&delta)).is_ok() {
                kept.push(delta);
            }
            if place == 1 {
                let _ = log.compact();
            }
        }
        (kept, tried)
    }

    #[test]
    fn a_crash_at_any_byte_loses_nothing_that_was_acknowledged() {
        let whole = MemoryDisk::default();
        assert_eq!(live(&whole).0, deltas());
        assert!(whole.taken() > 150);
        for steps in 0..whole.taken() {
            for loses in [false, true] {
                let disk = MemoryDisk::default();
                disk.fail_after(steps);
                let (kept, tried) = live(&disk);
                disk.restart(loses);
                let (mut log, found) = open(&disk).unwrap();
                let state = found.state.unwrap_or_default();
                assert_eq!(state.joined(&joined(&kept)), Ok(state.clone()), "{steps}: nothing is lost");
                assert_eq!(state.joined(&joined(&tried)), Ok(joined(&tried)), "{steps}: nothing is made up");
                log.append(&[counter("c", 1)]).unwrap();
                log.compact().unwrap();
                drop(log);
                disk.restart(true);
                let (_, found) = open(&disk).unwrap();
                assert_eq!(found.state, state.joined(&counter("c", 1)).ok(), "{steps}");
                assert_eq!((found.deltas, found.dropped_bytes), (0, 0));
            }
        }
    }

    #[test]
    fn a_full_disk_refuses_a_delta_until_there_is_room() -> Result<()> {
        for room in 0..sealed(&deltas()[1]).len() {
            let disk = MemoryDisk::default();
            let (mut log, _) = open(&disk)?;
            log.append(&deltas()[..1])?;
            disk.leave_room(Some(room));
            assert_eq!(log.append(&deltas()[1..2]).unwrap_err().code(), Code::Io);
            assert_eq!(log.compact().unwrap_err().code(), Code::Io);
            disk.leave_room(None);
            log.append(&deltas()[2..])?;
            drop(log);
            let (_, found) = open(&disk)?;
            assert_eq!((found.deltas, found.dropped_bytes), (2, 0));
            assert_eq!((found.state, disk.count("draft")), (Some(deltas()[2].clone()), 0));
        }
        Ok(())
    }

    #[test]
    fn a_failed_write_that_cannot_be_undone_closes_the_log() -> Result<()> {
        let record = sealed(&deltas()[1]).len();
        for room in 0..=record {
            let disk = MemoryDisk::default();
            let (mut log, _) = open(&disk)?;
            log.append(&deltas()[..1])?;
            disk.fail_after(room);
            let refused = log.append(&deltas()[1..2]).unwrap_err();
            assert_eq!(refused.code(), Code::Poisoned, "the cut fails as well");
            disk.mend();
            assert_eq!(log.append(&deltas()[1..2]).unwrap_err().code(), Code::Poisoned);
            assert_eq!(log.compact().unwrap_err().code(), Code::Poisoned);
            drop(log);
            let (mut log, found) = open(&disk)?;
            let arrived = if room < record { 1 } else { 2 };
            assert_eq!((found.deltas, found.dropped_bytes), (arrived, if room < record { room as u64 } else { 0 }));
            log.append(&deltas()[2..])?;
            assert_eq!(log.len, log.file.read().map_or(0, |bytes| bytes.len() as u64));
        }
        Ok(())
    }

    #[test]
    fn a_log_cut_anywhere_keeps_its_whole_records() -> Result<()> {
        let records = deltas().map(|delta| sealed(&delta));
        let whole = records.concat();
        for cut in 0..=whole.len() {
            let disk = MemoryDisk::default();
            disk.put(Path::new(LOG), &whole[..cut]);
            let (log, found) = open(&disk)?;
            let ends = [0, records[0].len(), records[0].len() + records[1].len(), whole.len()];
            let count = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!(found.state, (count > 0).then(|| joined(&deltas()[..count])), "{cut}");
            assert_eq!((found.deltas, found.dropped_bytes), (count as u64, (cut - ends[count]) as u64));
            assert_eq!(log.len, ends[count] as u64);
            drop(log);
            assert_eq!(open(&disk)?.1.dropped_bytes, 0, "it is gone for good");
        }
        Ok(())
    }

    #[test]
    fn damage_in_the_last_record_drops_it_and_elsewhere_is_an_error() -> Result<()> {
        let records = deltas().map(|delta| sealed(&delta));
        let whole = records.concat();
        let last = records[0].len() + records[1].len();
        for place in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[place] ^= 1 << bit;
                let disk = MemoryDisk::default();
                disk.put(Path::new(LOG), &damaged);
                match open(&disk) {
                    Ok((_, found)) => {
                        assert!(place >= last, "{place}");
                        assert_eq!((found.deltas, found.state), (2, Some(joined(&deltas()[..2]))));
                        assert_eq!(found.dropped_bytes as usize, whole.len() - last);
                    }
                    Err(error) => {
                        assert!(place < last && error.code() == Code::BadIntegrity, "{place} {error}");
                        assert!(error.detail("path").is_some() && error.detail("offset").is_some());
                    }
                }
            }
        }
        let zeros = [whole.as_slice(), &[0; 500]].concat();
        let disk = MemoryDisk::default();
        disk.put(Path::new(LOG), &zeros);
        let (_, found) = open(&disk)?;
        assert_eq!((found.deltas, found.dropped_bytes), (3, 500));
        Ok(())
    }

    #[test]
    fn frames_inside_a_record_do_not_mislead() -> Result<()> {
        let mut map = LwwMap::new();
        let inner = Value::Bytes([sealed(&deltas()[0]), vec![7; 40]].concat());
        map.write("k", inner, Stamp::from_micros(1), "n")?;
        let record = map.encode_as(&EncodeOptions::V2.with_trailer())?;
        for cut in 1..record.len() {
            let disk = MemoryDisk::default();
            disk.put(Path::new(LOG), &record[..cut]);
            let opened: Result<(MemoryLog<LwwMap>, _)> = Log::open(disk, Path::new(PATH));
            match opened {
                Ok((_, found)) => assert_eq!(found.dropped_bytes as usize, cut),
                // Cut just behind the frame inside: that could be a record as well, so it is not thrown away.
                Err(error) => assert_eq!(error.code(), Code::BadIntegrity),
            }
        }
        Ok(())
    }

    #[test]
    fn sound_records_that_do_not_fit_are_errors() -> Result<()> {
        let disk = MemoryDisk::default();
        let other = Generic(Value::Null).encode_as(&EncodeOptions::V2.with_trailer())?;
        disk.put(Path::new(LOG), &other);
        assert_eq!(open(&disk).unwrap_err().code(), Code::TypeMismatch);
        disk.put(Path::new(LOG), &[]);
        disk.put(Path::new(PATH), &deltas()[0].encode()[..15]);
        assert_eq!(open(&disk).unwrap_err().code(), Code::Truncated);
        Ok(())
    }

    #[test]
    fn a_log_is_open_once() -> Result<()> {
        let disk = MemoryDisk::default();
        let first = open(&disk)?;
        let refused = open(&disk).unwrap_err();
        assert_eq!((refused.code(), refused.message()), (Code::Io, "the log is open elsewhere"));
        drop(first);
        disk.restart(false);
        open(&disk).map(drop)
    }
}
