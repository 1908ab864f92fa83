//! Laws of the native sketches on drawn states, and a fuller look at what they promise together.
#![allow(clippy::unwrap_used, reason = "tests")]

use crdt_merge_protocol::laws::{LawOptions, Random, StateSampler, ValueSampler, check_state, kinds};
use crdt_merge_protocol::sketch::CanonicalItem;
use crdt_merge_protocol::{
    AnyState, BloomFilter, Code, CountMinSketch, EncodeOptions, Framed, HyperLogLog, Join, MinHash, State,
};

const TRIALS: u64 = 300;

/// An item: mostly one of few, so that sketches share some.
fn item(random: &mut Random) -> crdt_merge_protocol::Value {
    match random.below(3) {
        0 => ValueSampler::scalar(random),
        1 => (random.below(20) as i64).into(),
        _ => format!("item {}", random.below(20)).as_str().into(),
    }
}

fn some_items(random: &mut Random) -> Vec<crdt_merge_protocol::Value> {
    (0..random.below(12)).map(|_| item(random)).collect()
}

fn hyper_log_log(random: &mut Random) -> HyperLogLog {
    let mut sketch = HyperLogLog::with_seed(4, 7).unwrap();
    sketch.add_all(some_items(random));
    sketch
}

fn bloom_filter(random: &mut Random) -> BloomFilter {
    let mut filter = BloomFilter::with_seed(3, 7).unwrap();
    filter.add_all(some_items(random));
    filter
}

fn count_min_sketch(random: &mut Random) -> CountMinSketch {
    let mut sketch = CountMinSketch::with_seed(4, 2, 7).unwrap();
    for item in some_items(random) {
        let amount = random.pick(&[0, 1, 2, 300, u64::MAX / 2]).copied().unwrap();
        // A refused write changes nothing.
        let _refused = sketch.add_node(kinds::node(random), item, amount).is_err();
    }
    sketch
}

fn min_hash(random: &mut Random) -> MinHash {
    let mut signature = MinHash::with_seed(5, 7).unwrap();
    signature.add_all(some_items(random));
    signature
}

fn keeps_the_laws<S: State + std::fmt::Debug>(draw: impl FnMut(&mut Random) -> S) {
    let options = LawOptions { trials: TRIALS, ..LawOptions::default() };
    let report = check_state(&mut StateSampler(draw), options).unwrap();
    assert!(report.is_lawful(), "{report:?}");
}

#[test]
fn joins_keep_the_laws() {
    keeps_the_laws(hyper_log_log);
    keeps_the_laws(bloom_filter);
    keeps_the_laws(count_min_sketch);
    keeps_the_laws(min_hash);
}

#[test]
fn writes_move_up() {
    let mut random = Random::new(33);
    for _ in 0..TRIALS {
        let (mut sketch, mut filter) = (hyper_log_log(&mut random), bloom_filter(&mut random));
        let (mut counts, mut signature) = (count_min_sketch(&mut random), min_hash(&mut random));
        let before = (sketch.clone(), filter.clone(), counts.clone(), signature.clone());
        let item = item(&mut random);
        sketch.add(&item);
        filter.add(&item);
        let _full = counts.add_node("a", &item, 1).is_err();
        signature.add(&item);
        assert_eq!(sketch.joined(&before.0).unwrap(), sketch);
        assert_eq!(filter.joined(&before.1).unwrap(), filter);
        assert_eq!(counts.joined(&before.2).unwrap(), counts);
        assert_eq!(signature.joined(&before.3).unwrap(), signature);
    }
}

#[test]
fn states_of_any_kind_know_the_sketches() {
    let mut random = Random::new(34);
    for _ in 0..TRIALS {
        let states: [AnyState; 4] = [
            hyper_log_log(&mut random).into(),
            bloom_filter(&mut random).into(),
            count_min_sketch(&mut random).into(),
            min_hash(&mut random).into(),
        ];
        for state in &states {
            let frame = state.encode().unwrap();
            assert_eq!(AnyState::decode(&frame).as_ref(), Ok(state));
            assert_eq!(AnyState::decode(&frame).unwrap().encode().unwrap(), frame);
            let packed = state.encode_as(&EncodeOptions::V2.compressed().with_trailer()).unwrap();
            assert_eq!(AnyState::decode(&packed).as_ref(), Ok(state));
            assert_eq!(state.encode_v1().unwrap_err().code(), Code::NotInV1);
            assert!(state.describe().is_ok());
            assert_eq!(state.joined(state).as_ref(), Ok(state));
        }
        assert_eq!(states[0].joined(&states[1]).unwrap_err().code(), Code::TypeMismatch);
    }
}

#[test]
fn fields_of_later_releases_are_carried_and_joined() {
    let mut sketch = HyperLogLog::new(4).unwrap();
    sketch.add("alice");
    let mut frame = sketch.encode();
    let end = frame.len();
    frame.truncate(end - 1);
    frame.extend([1, 2, 1, 0xee]);
    let length = u32::try_from(frame.len() - 12).unwrap().to_be_bytes();
    frame[8..12].copy_from_slice(&length);
    let carried = HyperLogLog::decode(&frame).unwrap();
    assert_ne!(carried, sketch);
    assert_eq!(sketch.joined(&carried).unwrap().encode(), frame);
}

#[test]
fn every_way_of_handing_items_over_is_one() {
    let numbers: Vec<i64> = (0..500).map(|number| number * 7_919 - 1_000_000).collect();
    let texts: Vec<String> = numbers.iter().map(|number| format!("{number} of many items")).collect();
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let bytes: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let floats: Vec<f64> = numbers.iter().map(|number| *number as f64 / 8.0).collect();
    let mut columns = HyperLogLog::default();
    columns.add_all(&numbers);
    columns.add_all(&borrowed);
    columns.add_all(&bytes);
    columns.add_all(&floats);
    let mut values = HyperLogLog::default();
    for index in 0..500 {
        values.add(crdt_merge_protocol::Value::Int(numbers[index]));
        values.add(crdt_merge_protocol::Value::Text(texts[index].clone()));
        values.add(crdt_merge_protocol::Value::Bytes(texts[index].clone().into_bytes()));
        values.add(crdt_merge_protocol::Value::Float(floats[index]));
        values.add_hash(texts[index].item_hash(0));
    }
    assert_eq!(columns, values);
}
