//! Histories of sets with plain tags that get closed, each beside a shadow that never is.

use std::collections::{BTreeMap, BTreeSet};

use crdt_merge_protocol::laws::Random;
use crdt_merge_protocol::{Code, Framed, Join, JsonValue, ManualClock, OrSet, Replica, Result, TestEntropy, Value};

const ELEMENTS: i64 = 4;

#[derive(Clone, Default)]
struct Member {
    state: OrSet,
    shadow: OrSet,
}

#[derive(Debug, Default)]
struct Counts {
    joins: u32,
    closings: u32,
    stale: u32,
    refused: u32,
    differences: u32,
}

/// The plain tags of a set, live and removed, by element: what has to be the same at all peers before a set is closed.
fn plain_tags(set: &OrSet) -> BTreeSet<(String, String, bool)> {
    let JsonValue::Map(members) = set.describe().unwrap() else { unreachable!("an object") };
    let mut tags = BTreeSet::new();
    for (name, is_live) in [("elements", true), ("removed", false)] {
        let lists = members.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, lists)| lists);
        let Some(JsonValue::Map(lists)) = lists else { continue };
        for (element, list) in lists {
            let JsonValue::List(list) = list else { unreachable!("a list of tags") };
            let plain = list.iter().filter_map(|tag| tag.as_text()).filter(|tag| !tag.contains('#'));
            tags.extend(plain.map(|tag| (format!("{element:?}"), tag.to_owned(), is_live)));
        }
    }
    tags
}

/// `forgets` throws away that a set is closed.
fn run(seed: u64, forgets: bool, counts: &mut Counts) -> Result<()> {
    let mut random = Random::new(seed);
    let replica = Replica::new("n", ManualClock::default(), TestEntropy::new(seed))?;
    let mut members = vec![Member::default(); 4];
    let mut backups: Vec<Member> = Vec::new();
    for step in 0..80 {
        let here = random.below(members.len());
        let there = members[random.below(members.len())].clone();
        let element = Value::from(random.below(ELEMENTS as usize) as i64);
        let member = &mut members[here];
        match random.below(16) {
            0..3 => match member.state.add_with_tag(element.clone(), &format!("tag{step}")) {
                Ok(()) => member.shadow.add_with_tag(element, &format!("tag{step}"))?,
                Err(error) => {
                    assert_eq!(error.code(), Code::BadStamp);
                    counts.refused += 1;
                }
            },
            3 => {
                let delta = member.state.add_delta(&replica, element)?.delta;
                member.shadow.join(&delta)?;
            }
            4..7 => {
                member.state.remove(element.clone());
                member.shadow.remove(element);
            }
            7..12 => match member.state.join(&there.state) {
                Ok(_) => {
                    member.shadow.join(&there.shadow)?;
                    counts.joins += 1;
                }
                Err(error) => {
                    assert_eq!(error.code(), Code::StaleState);
                    counts.stale += 1;
                    assert!(member.state.joined(&there.state.salvage().0).is_ok());
                    if random.one_in(2) {
                        members[here] = there;
                    }
                }
            },
            12..14 => {
                let mine = plain_tags(&member.state);
                let named: BTreeMap<usize, _> = members
                    .iter()
                    .enumerate()
                    .filter(|_| !random.one_in(4))
                    .map(|(place, peer)| (place, plain_tags(&peer.state)))
                    .collect();
                if !mine.is_empty() && named.values().all(|tags| *tags == mine) {
                    members[here].state.close();
                    counts.closings += 1;
                    if forgets {
                        members[here].state = reopened(&members[here].state);
                    }
                }
            }
            14 => backups.push(member.clone()),
            _ => {
                if let Some(backup) = random.pick(&backups) {
                    *member = backup.clone();
                }
            }
        }
        let member = &members[here];
        counts.differences += u32::from(!member.state.iter().eq(member.shadow.iter()));
    }
    Ok(())
}

/// The same set with the last extension field, which says that it is closed, taken off.
fn reopened(set: &OrSet) -> OrSet {
    let mut frame = set.encode();
    assert!(frame.ends_with(&[1, 1, 0]));
    frame.truncate(frame.len() - 3);
    frame.push(0);
    let length = u32::try_from(frame.len() - 12).unwrap();
    frame[8..12].copy_from_slice(&length.to_be_bytes());
    OrSet::decode(&frame).unwrap()
}

fn total(forgets: bool) -> Counts {
    let mut counts = Counts::default();
    for seed in 0..if cfg!(debug_assertions) { 300 } else { 5_000 } {
        run(seed, forgets, &mut counts).unwrap();
        assert!(forgets || counts.differences == 0, "seed {seed}");
    }
    counts
}

#[test]
fn no_removed_plain_tag_returns_to_a_closed_set() {
    let counts = total(false);
    assert!(counts.closings > 50 && counts.stale > 50 && counts.refused > 50, "{counts:?}");
    let without = total(true);
    assert!(without.differences > 20, "without the mark removed tags come back: {without:?}");
}
