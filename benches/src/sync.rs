//! Bringing two replicas together: bytes and rounds of whole sessions, and what finding the difference costs.

use std::collections::VecDeque;

use anyhow::{Result, ensure};
use crdt_merge_protocol::{Framed, Join, LwwMap, Reconcile, Stamp, SyncSession, sync};

use crate::harness::{Bench, Row, measure, measure_prepared};

/// Entries of the large maps.
const ENTRIES: u64 = 1_000_000;
/// Sizes of the values, which make entries of 49 and 329 bytes.
const VALUES: [usize; 2] = [18, 296];
/// Bytes that each difference may cost beside its entry.
const OVERHEAD: usize = 32;

pub fn run(bench: &mut Bench) -> Result<()> {
    if bench.wants("sync bytes") {
        VALUES.into_iter().try_for_each(print_costs)?;
    }
    if bench.wants("sync first summary") {
        first_summary(bench);
    }
    if bench.wants("sync session") {
        session(bench)?;
    }
    Ok(())
}

fn key(number: u64) -> String {
    format!("key-{number:08}")
}

fn put(map: &mut LwwMap, number: u64, value: usize, micros: i64) -> Result<()> {
    let stamp = Stamp::from_micros(1_767_225_600_000_000 + micros);
    map.write(&key(number), format!("{number:0value$}"), stamp, "node-a")?;
    Ok(())
}

fn large_map(value: usize) -> Result<LwwMap> {
    let mut map = LwwMap::new();
    (0..ENTRIES).try_for_each(|number| put(&mut map, number, value, 0))?;
    Ok(map)
}

/// What a session took.
#[derive(Default)]
struct Cost {
    messages: usize,
    bytes: usize,
}

/// Lets two ends talk until it is quiet.
fn talk(maps: &mut [LwwMap; 2]) -> Result<Cost> {
    let mut sessions = [SyncSession::new(&maps[0]), SyncSession::new(&maps[1])];
    let first = sessions[0].start(&maps[0])?;
    let mut way: VecDeque<_> = first.into_iter().map(|message| (1, message)).collect();
    let mut cost = Cost::default();
    while let Some((to, message)) = way.pop_front() {
        cost.messages += 1;
        cost.bytes += message.len();
        let answer = sessions[to].receive(&mut maps[to], &message)?;
        way.extend(answer.outgoing.into_iter().map(|message| (1 - to, message)));
    }
    ensure!(sessions.iter().all(SyncSession::in_sync) && maps[0] == maps[1], "the session has not ended in sync");
    Ok(cost)
}

/// Sessions over maps that differ in so many keys: changed on one side, or only there. A changed key is two differing items, the old
/// entry and the new one.
fn print_costs(value: usize) -> Result<()> {
    let map = large_map(value)?;
    let whole = map.encode().len();
    let entry = whole / ENTRIES as usize;
    println!("maps of {ENTRIES} entries of {entry} bytes; one state whole: {whole} bytes");
    // The side that answers first sends its surplus before it knows what the other one has under the same keys.
    for (what, first, is_answering) in [("changed", 0, false), ("changed", 0, true), ("new", ENTRIES, false)] {
        for differences in [0, 1, 2, 3, 5, 10, 100, 1_000, 10_000] {
            let mut changed = map.clone();
            let place = |number: u64| if first == 0 { number * 97 } else { first + number };
            (0..differences).try_for_each(|number| put(&mut changed, place(number), value, 1))?;
            let mut maps = [changed, map.clone()];
            maps.rotate_left(usize::from(is_answering));
            let cost = talk(&mut maps)?;
            let items = differences as usize * if first == 0 { 2 } else { 1 };
            let multiple = |count: usize| cost.bytes as f64 / (count * (entry + OVERHEAD)).max(1) as f64;
            println!(
                "{differences:>6} {what:<8} where {:<8} {:>9} bytes {:>3} messages {:>3} rounds {:>6.2} x items·(entry + {OVERHEAD}) \
                 {:>6.2} x keys·(entry + {OVERHEAD})",
                if is_answering { "answered" } else { "started" },
                cost.bytes,
                cost.messages,
                cost.messages.div_ceil(2),
                multiple(items),
                multiple(differences as usize),
            );
        }
    }
    Ok(())
}

fn first_summary(bench: &mut Bench) {
    let Ok(map) = large_map(VALUES[0]) else { return };
    let here = measure(ENTRIES, || map.summary());
    let id = measure(ENTRIES, || map.state_id());
    bench.add(Row {
        name: "sync first summary",
        unit: "entries of a map of 1,000,000 entries of 49 bytes: id, items, 16 symbols",
        here,
        floor_and_goal: None,
        peer: Some(("state id of the map alone", id)),
        reference: None,
        limit: "SHA-256 of two blocks for each entry",
    });
    let items = Reconcile::items(&map);
    eprintln!(
        "symbols of {} items: {:?} items a second",
        items.len(),
        measure(ENTRIES, || sync::symbols(&items, 0, 0, 16))
    );
}

fn session(bench: &mut Bench) -> Result<()> {
    let map = large_map(VALUES[0])?;
    let mut changed = map.clone();
    put(&mut changed, 4_711, VALUES[0], 1)?;
    let here =
        measure_prepared(1, || [changed.clone(), map.clone()], |mut maps| talk(&mut maps).map(|cost| cost.bytes));
    let whole = measure_prepared(
        1,
        || [changed.clone(), map.clone()],
        |[mut here, mut there]| -> Result<bool> {
            there.join(&LwwMap::decode(&here.encode())?)?;
            Ok(here.join(&LwwMap::decode(&there.encode())?)?.is_yes())
        },
    );
    bench.add(Row {
        name: "sync session",
        unit: "sessions: 1,000,000 entries of 49 bytes, one changed, both ends",
        here,
        floor_and_goal: None,
        peer: Some(("states whole, both ways", whole)),
        reference: None,
        limit: "hashing every entry at both ends",
    });
    Ok(())
}
