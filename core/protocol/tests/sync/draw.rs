//! Pairs of states of every kind, with floors and carried fields now and then.

use crdt_merge_protocol::laws::{Random, kinds};
use crdt_merge_protocol::{
    AnyState, BloomFilter, CountMinSketch, Framed, GossipState, HyperLogLog, Join, LwwMap, MinHash, OrSet, Result,
    Stamp,
};

/// A kind by name, with its draw.
pub struct Kind {
    pub name: &'static str,
    pub draw: fn(&mut Random) -> AnyState,
}

macro_rules! kind {
    ($name:literal, $draw:expr) => {
        Kind { name: $name, draw: |random| carried($draw(random), random).into() }
    };
}

/// Every mergeable kind.
pub const KINDS: [Kind; 21] = [
    kind!("g_counter", kinds::g_counter),
    kind!("pn_counter", kinds::pn_counter),
    kind!("lww_register", kinds::lww_register),
    kind!("or_set", or_set),
    kind!("lww_map", lww_map),
    kind!("mv_register", kinds::mv_register),
    kind!("rw_set", kinds::rw_set),
    kind!("ew_flag", kinds::ew_flag),
    kind!("dw_flag", kinds::dw_flag),
    kind!("bounded_counter", kinds::bounded_counter),
    kind!("vector_clock", kinds::vector_clock),
    kind!("dotted_version_vector", kinds::dotted_version_vector),
    kind!("gossip_state", gossip_state),
    kind!("merkle_tree", kinds::merkle_tree),
    kind!("hll", kinds::compat_hll),
    kind!("bloom", kinds::compat_bloom),
    kind!("cms", kinds::compat_count_min),
    kind!("hll_native", hyper_log_log),
    kind!("bloom_native", bloom_filter),
    kind!("cms_native", count_min_sketch),
    kind!("min_hash", min_hash),
];

/// Two states of one kind: unrelated, one made from the other, or equal.
pub fn pair(kind: &Kind, random: &mut Random) -> (AnyState, AnyState) {
    let (a, mut b) = ((kind.draw)(random), (kind.draw)(random));
    match random.below(8) {
        0 => b = a.clone(),
        1..=3 => {
            if let Ok(joined) = a.joined(&b) {
                b = joined;
            }
        }
        _ => {}
    }
    if random.one_in(2) { (a, b) } else { (b, a) }
}

/// Some states carry fields that this release does not know.
fn carried<S: Framed>(mut state: S, random: &mut Random) -> S {
    if random.one_in(8)
        && let Some(fields) = state.extensions_mut()
    {
        let (id, value) = (2 + 2 * random.below(2) as u64, random.below(3) as u8);
        fields.insert(id, vec![value]).unwrap();
    }
    state
}

fn lww_map(random: &mut Random) -> LwwMap {
    let mut map = kinds::lww_map(random);
    if random.one_in(4) {
        map.compact_to(kinds::stamp(random));
    }
    map
}

fn gossip_state(random: &mut Random) -> GossipState {
    let mut state = kinds::gossip_state(random);
    if random.one_in(4) {
        state.compact_to(random.below(6) as u64);
    }
    state
}

fn or_set(random: &mut Random) -> OrSet {
    let mut set = kinds::or_set(random);
    if random.one_in(6) {
        set.close();
    }
    set
}

fn items(random: &mut Random) -> Vec<i64> {
    (0..random.below(6)).map(|_| random.below(8) as i64).collect()
}

/// Sketches of another seed do not join: rare.
fn seed(random: &mut Random) -> u64 {
    u64::from(random.one_in(20))
}

fn hyper_log_log(random: &mut Random) -> HyperLogLog {
    let mut sketch = HyperLogLog::with_seed(4, seed(random)).unwrap();
    sketch.add_all(items(random));
    sketch
}

fn bloom_filter(random: &mut Random) -> BloomFilter {
    let mut filter = BloomFilter::with_seed(2, seed(random)).unwrap();
    filter.add_all(items(random));
    filter
}

fn count_min_sketch(random: &mut Random) -> CountMinSketch {
    let mut sketch = CountMinSketch::with_seed(3, 2, seed(random)).unwrap();
    for _ in 0..random.below(3) {
        sketch.add_all_node(kinds::node(random), &items(random)).unwrap();
    }
    sketch
}

fn min_hash(random: &mut Random) -> MinHash {
    let mut sketch = MinHash::with_seed(5, seed(random)).unwrap();
    sketch.add_all(items(random));
    sketch
}

/// A map of `count` entries, each of about 49 bytes.
pub fn large_map(count: u64) -> LwwMap {
    let mut map = LwwMap::new();
    (0..count).for_each(|number| put(&mut map, number, 0).unwrap());
    map
}

/// Writes one of the entries of [`large_map`] anew.
pub fn put(map: &mut LwwMap, number: u64, version: i64) -> Result<()> {
    let stamp = Stamp::from_micros(1_767_225_600_000_000 + version);
    map.write(&format!("key-{number:08}"), format!("value-{number:010}"), stamp, "node-a").map(drop)
}
