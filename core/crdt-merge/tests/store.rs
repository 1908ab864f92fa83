//! Files of the host: states, logs, replicas.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use crdt_merge::prelude::*;
use crdt_merge::store::{self, DeltaLog};
use crdt_merge::{EncodeOptions, ManualClock, ReplicaSave, TestEntropy};

/// A folder of one test, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("crdt-merge-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path, seed: u64) -> Result<Replica> {
    Replica::open_file_with(path, ManualClock::at_micros(100), TestEntropy::new(seed))
}

#[test]
fn states_are_saved_with_a_trailer_and_loaded() -> Result<()> {
    let folder = Folder::new("states");
    let path = folder.file("likes.crdt");
    let mut likes = GCounter::new();
    for amount in 1..4 {
        likes.increment_node("a", amount)?;
        store::save(&path, &likes)?;
    }
    assert_eq!(fs::read(&path).unwrap(), likes.encode_as(&EncodeOptions::V2.with_trailer())?);
    assert_eq!((store::load::<GCounter>(&path)?, folder.names()), (likes.clone(), vec!["likes.crdt".to_owned()]));
    assert_eq!(store::load_any(&path)?, AnyState::from(likes.clone()));
    assert_eq!(store::load::<OrSet>(&path).unwrap_err().code(), Code::TypeMismatch);
    store::save_with(&path, &likes, &EncodeOptions::V1)?;
    assert_eq!(store::load::<GCounter>(&path)?, likes);
    store::save_any(&path, &AnyState::from(likes.clone()))?;
    let mut damaged = fs::read(&path).unwrap();
    damaged[15] ^= 1;
    fs::write(&path, damaged).unwrap();
    let error = store::load::<GCounter>(&path).unwrap_err();
    assert_eq!((error.code(), error.detail("path")), (Code::BadIntegrity, path.to_str()));
    Ok(())
}

#[test]
fn files_that_are_not_there_are_errors() {
    let folder = Folder::new("missing");
    let error = store::load::<GCounter>(folder.file("no.crdt")).unwrap_err();
    assert_eq!(error.code(), Code::Io);
    let error = store::save(folder.file("no/folder.crdt"), &GCounter::new()).unwrap_err();
    assert_eq!(error.code(), Code::Io);
    assert_eq!(folder.names(), [] as [&str; 0]);
}

#[test]
fn a_log_keeps_every_delta_and_compacts() -> Result<()> {
    let folder = Folder::new("log");
    let path = folder.file("list.crdt");
    let me = Replica::from_parts("n", ManualClock::default(), TestEntropy::new(1))?;
    let (mut log, found) = DeltaLog::<OrSet>::open(&path)?;
    assert_eq!((found.state, found.deltas), (None, 0));
    let mut list = OrSet::new();
    for item in 0..10 {
        log.append(&list.add_delta(&me, item)?.delta)?;
    }
    log.append_all(&[list.remove_delta(3).delta, list.remove_delta(4).delta])?;
    let refused = DeltaLog::<OrSet>::open(&path).unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Io, "the log is open elsewhere"));
    drop(log);
    let (mut log, found) = DeltaLog::<OrSet>::open(&path)?;
    assert_eq!((found.state.as_ref(), found.deltas), (Some(&list), 12));
    log.compact()?;
    assert_eq!((log.bytes(), store::load::<OrSet>(&path)?), (0, list.clone()));
    log.append(&list.add_delta(&me, "after")?.delta)?;
    drop(log);
    let record = fs::read(folder.file("list.crdt.log")).unwrap();
    fs::write(folder.file("list.crdt.log"), [record.as_slice(), &record[..20]].concat()).unwrap();
    let (log, found) = DeltaLog::<OrSet>::open(&path)?;
    assert_eq!((found.state, found.deltas, found.dropped_bytes), (Some(list), 1, 20));
    assert_eq!((log.bytes(), fs::read(folder.file("list.crdt.log")).unwrap()), (record.len() as u64, record));
    assert_eq!(folder.names(), ["list.crdt", "list.crdt.log"]);
    Ok(())
}

#[test]
fn a_replica_lives_in_its_file() -> Result<()> {
    let folder = Folder::new("replica");
    let path = folder.file("tablet.replica");
    let saved = || ReplicaSave::decode(&fs::read(&path).unwrap()).unwrap();
    let mut likes = GCounter::new();

    let me = open(&path, 1)?;
    let node = me.node().to_owned();
    assert!(!saved().is_clean() && saved().node() == node);
    likes.increment(&me, 1)?;
    let save = me.close()?;
    assert_eq!((saved().is_clean(), saved().actors().count(), fs::read(&path).unwrap()), (true, 1, save));

    let me = open(&path, 2)?;
    assert_eq!((me.node(), saved().is_clean(), saved().actors().count()), (node.as_str(), false, 0));
    likes.increment(&me, 1)?;
    assert_eq!(likes.slots().count(), 1, "the line of writes goes on");
    let last = me.tick()?;
    me.renew_file()?;
    assert!(!saved().is_clean() && Stamp::from_micros(saved().last()) == last);
    drop(me);
    assert!(saved().is_clean(), "dropping closes");

    let me = open(&path, 3)?.with_max_ahead(5);
    likes.increment(&me, 1)?;
    let open_save = fs::read(&path).unwrap();
    drop(me);
    fs::write(&path, open_save).unwrap(); // as if the program had been killed
    let me = open(&path, 4)?;
    likes.increment(&me, 1)?;
    assert_eq!((likes.slots().count(), likes.value(), me.node()), (2, 4, node.as_str()));
    assert_eq!(folder.names(), ["tablet.replica"]);
    Ok(())
}

#[test]
fn a_file_that_is_no_save_is_left_alone() {
    let folder = Folder::new("foreign");
    let path = folder.file("tablet.replica");
    let frame = GCounter::new().encode();
    fs::write(&path, &frame).unwrap();
    let error = Replica::open_file(&path).unwrap_err();
    assert_eq!((error.code(), error.detail("path")), (Code::TypeMismatch, path.to_str()));
    assert_eq!(fs::read(&path).unwrap(), frame);
}

#[test]
fn a_replica_without_a_file_closes_to_bytes() -> Result<()> {
    let me = Replica::from_parts("n", ManualClock::default(), TestEntropy::new(1))?;
    let save = me.close()?;
    let opening = Replica::open(&save, ManualClock::default(), TestEntropy::new(2))?;
    let me: Replica = opening.make_durable(|_| Ok::<_, Error>(()))?.into();
    assert_eq!(me.with_wire(crdt_merge::Wire::V1).node(), "n");
    Ok(())
}
