use super::{Random, Sampler};
use crate::value::{Map, Set, Value};

/// Awkward values: equal texts of different kinds, nulls, NaN, signed zeros, bounds, long and nested ones.
#[derive(Debug, Clone)]
pub struct ValueSampler {
    /// Most levels of lists and maps.
    pub depth: usize,
}

impl Default for ValueSampler {
    fn default() -> Self {
        ValueSampler { depth: 2 }
    }
}

const TEXTS: [&str; 12] = [
    "",
    "a",
    "b",
    "1",
    "1.0",
    "None",
    "true",
    "é",
    "😀",
    "\u{0}",
    "İ",
    "a very long text that no small buffer holds, neither inline nor in one vector register",
];
const INTS: [i64; 11] = [0, 1, -1, 2, 10, 9, 127, 128, -129, i64::MAX, i64::MIN];
const FLOATS: [f64; 11] =
    [0.0, -0.0, 1.0, 0.1, 1.5, 1e16, 9_007_199_254_740_993.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324];

impl ValueSampler {
    /// A value that is no container.
    pub fn scalar(random: &mut Random) -> Value {
        match random.below(8) {
            0 => Value::Null,
            1 => Value::Bool(random.one_in(2)),
            2 | 3 => Value::Int(random.pick(&INTS).copied().unwrap_or(0)),
            4 | 5 => Value::Float(random.pick(&FLOATS).copied().unwrap_or(0.0)),
            6 => Value::Bytes(random.bits().to_le_bytes()[..random.below(4)].to_vec()),
            _ => Value::from(random.pick(&TEXTS).copied().unwrap_or("")),
        }
    }

    fn value(random: &mut Random, depth: usize) -> Value {
        if depth == 0 || !random.one_in(4) {
            return Self::scalar(random);
        }
        let count = random.below(4);
        match random.below(3) {
            0 => Value::List((0..count).map(|_| Self::value(random, depth - 1)).collect()),
            1 => {
                let pairs = (0..count).map(|_| (Self::scalar(random), Self::value(random, depth - 1))).collect();
                Map::from_pairs(pairs).map_or(Value::Null, Value::Map)
            }
            _ => Set::from_members((0..count).map(|_| Self::scalar(random)).collect()).map_or(Value::Null, Value::Set),
        }
    }
}

impl Sampler<Value> for ValueSampler {
    fn draw(&mut self, random: &mut Random) -> Value {
        Self::value(random, self.depth)
    }

    fn simpler(&self, sample: &Value) -> Vec<Value> {
        match sample {
            Value::Null => vec![],
            Value::Bool(false) => vec![Value::Null],
            Value::Bool(true) => vec![Value::Null, Value::Bool(false)],
            Value::Int(0) => vec![Value::Null],
            Value::Int(int) => [0, 1, int / 2]
                .into_iter()
                .filter(|simple| simple.unsigned_abs() < int.unsigned_abs())
                .map(Value::Int)
                .collect(),
            Value::Float(float) => [0.0, 1.0].into_iter().filter(|simple| simple != float).map(Value::Float).collect(),
            Value::Text(text) => simpler_texts(text),
            Value::Bytes(bytes) => shorter(bytes).into_iter().map(Value::Bytes).collect(),
            Value::List(list) => shorter(list).into_iter().map(Value::List).chain(list.iter().cloned()).collect(),
            Value::Map(map) => {
                let pairs: Vec<_> = map.iter().cloned().collect();
                let smaller =
                    shorter(&pairs).into_iter().filter_map(|pairs| Map::from_pairs(pairs).ok()).map(Value::Map);
                smaller.chain(pairs.iter().map(|(_, value)| value.clone())).collect()
            }
            Value::Set(set) => {
                let members: Vec<_> = set.iter().cloned().collect();
                shorter(&members)
                    .into_iter()
                    .filter_map(|members| Set::from_members(members).ok())
                    .map(Value::Set)
                    .collect()
            }
        }
    }
}

fn simpler_texts(text: &str) -> Vec<Value> {
    let half = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(index, _)| index);
    let (head, tail) = text.split_at(half);
    ["", "a", head, tail].into_iter().filter(|simple| simple.len() < text.len()).map(Value::from).collect()
}

/// A sequence without its first half, without its second half, and without each member.
fn shorter<T: Clone>(members: &[T]) -> Vec<Vec<T>> {
    if members.is_empty() {
        return Vec::new();
    }
    let (head, tail) = members.split_at(members.len() / 2);
    let without = (0..members.len()).map(|skipped| {
        members.iter().enumerate().filter(|(index, _)| *index != skipped).map(|(_, member)| member.clone()).collect()
    });
    [head.to_vec(), tail.to_vec()].into_iter().filter(|half| half.len() < members.len()).chain(without).collect()
}
