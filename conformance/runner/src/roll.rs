//! The same long stream of drawn questions for several testees, and one hash over all answers of each.
//!
//! A corpus holds what somebody thought of. A stream from a seed holds what nobody did; what the right answers are is not known, but
//! two implementations that agree on every one have one hash.

use sha2::{Digest, Sha256};

use crate::corpus::Corpus;
use crate::generate::random::Random;
use crate::hex;
use crate::judge::Answer;
use crate::script::{Script, reference};
use crate::testee::{Config, Question, Testee};
use crate::value::Value;

/// Questions asked between two looks at the hash.
const BATCH: usize = 1_000;

/// What one testee came to.
pub struct Roll {
    /// Its name.
    pub name: String,
    /// SHA-256 over all answers, or what went wrong.
    pub digest: Result<String, String>,
    /// The first bytes of the hash of each answer, to find where two part.
    pub answers: Vec<u64>,
}

/// Draws questions.
pub struct Stream {
    random: Random,
    /// Frames of states, those of one kind together.
    frames: Vec<Vec<Vec<u8>>>,
    drawn: u64,
}

impl Stream {
    /// The stream of a seed; frames are taken from the corpus.
    pub fn new(seed: u64, corpus: &Corpus) -> Stream {
        Stream { random: Random::new(seed), frames: frames(corpus), drawn: 0 }
    }

    /// The next question.
    pub fn question(&mut self) -> Question {
        self.drawn += 1;
        let (op, input) = match self.random.place(10) {
            0 => ("echo", self.value(3)),
            1 => ("value_encode", self.value(3)),
            2 => (["py_str", "py_repr", "order_text"][self.random.place(3)], self.value(3)),
            3 => ("key_order", Value::map([("a", self.scalar()), ("b", self.scalar())])),
            4 => ("json_text", self.json()),
            5 => ("convert", self.convert()),
            6 => ("state_id", Value::Bytes(self.frame())),
            7 => ("join", self.join()),
            8 => ("decode", Value::Bytes(self.damaged())),
            _ => ("script", self.script()),
        };
        Question { id: format!("roll/{}", self.drawn), op: op.to_owned(), input }
    }

    fn scalar(&mut self) -> Value {
        match self.random.place(6) {
            0 => Value::Null,
            1 => Value::Bool(self.random.place(2) == 0),
            2 => Value::int(self.integer()),
            3 => Value::Float(self.float()),
            4 => Value::text(self.words()),
            _ => Value::Bytes((0..self.random.place(6)).map(|_| self.random.place(256) as u8).collect()),
        }
    }

    /// Small ones often, and those at the ends of what hosts can hold.
    fn integer(&mut self) -> i64 {
        const EDGES: [i64; 9] = [0, -1, 1, i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1, 1 << 32];
        match self.random.place(3) {
            0 => EDGES[self.random.place(EDGES.len())],
            1 => self.random.place(1_000) as i64 - 500,
            _ => self.random.next().cast_signed(),
        }
    }

    /// The bits of a double; of NaN only the canonical ones, since hosts keep no others.
    fn float(&mut self) -> u64 {
        const EDGES: [f64; 8] = [0.0, -0.0, 1.0, 0.1, 1e300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        match self.random.place(3) {
            0 => EDGES[self.random.place(EDGES.len())].to_bits(),
            1 => (self.random.place(2_000) as f64 / 8.0 - 125.0).to_bits(),
            _ => Some(self.random.next()).filter(|bits| !f64::from_bits(*bits).is_nan()).unwrap_or(f64::NAN.to_bits()),
        }
    }

    fn words(&mut self) -> String {
        const LETTERS: [char; 12] = ['a', 'Z', '0', ' ', '\'', '"', '\\', '\n', 'é', 'ß', '漢', '😀'];
        (0..self.random.place(7)).map(|_| LETTERS[self.random.place(LETTERS.len())]).collect()
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.random.place(if depth == 0 { 6 } else { 9 }) {
            0..6 => self.scalar(),
            6 => Value::List((0..self.random.place(4)).map(|_| self.value(depth - 1)).collect()),
            7 => Value::Set(self.distinct()),
            _ => {
                let keys = self.distinct();
                Value::Map(keys.into_iter().map(|key| (key, self.value(depth - 1))).collect())
            }
        }
    }

    /// Scalars of which no two are equal.
    fn distinct(&mut self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        for _ in 0..self.random.place(4) {
            let fresh = self.scalar();
            if !all.contains(&fresh) {
                all.push(fresh);
            }
        }
        all
    }

    fn json(&mut self) -> Value {
        let flag = |random: &mut Random| random.place(2) == 0;
        let indent = if flag(&mut self.random) { Value::Null } else { Value::int(self.random.place(4) as i64) };
        let sort = Value::Bool(flag(&mut self.random));
        let literal = if flag(&mut self.random) { "literal" } else { "error" };
        let other = if flag(&mut self.random) { "py_str" } else { "error" };
        Value::map([
            ("value", self.value(3)),
            ("sort_keys", sort),
            ("indent", indent),
            ("non_finite", Value::text(literal)),
            ("other", Value::text(other)),
        ])
    }

    fn kind(&mut self) -> &[Vec<u8>] {
        let place = self.random.place(self.frames.len());
        &self.frames[place]
    }

    fn frame(&mut self) -> Vec<u8> {
        let place = self.random.place(1 << 20);
        let kind = self.kind();
        kind[place % kind.len()].clone()
    }

    fn convert(&mut self) -> Value {
        let wire = Value::int(1 + self.random.place(2) as i64);
        Value::map([("frame", Value::Bytes(self.frame())), ("wire", wire)])
    }

    /// Two or three states of one kind.
    fn join(&mut self) -> Value {
        let places: Vec<usize> = (0..2 + self.random.place(2)).map(|_| self.random.place(1 << 20)).collect();
        let kind = self.kind();
        Value::List(places.into_iter().map(|place| Value::Bytes(kind[place % kind.len()].clone())).collect())
    }

    /// A frame with a bit changed or its end cut off.
    fn damaged(&mut self) -> Vec<u8> {
        let mut frame = self.frame();
        let place = self.random.place(frame.len());
        match self.random.place(3) {
            0 => frame.truncate(place),
            _ => frame[place] ^= 1 << self.random.place(8),
        }
        frame
    }

    /// Two replicas write in two sets and meet.
    fn script(&mut self) -> Value {
        let mut script = Script::default();
        let ends = ["here", "there"].map(|node| {
            let replica = script.replica(node, self.random.place(256) as u8);
            script.state("or_set", replica, Value::Null)
        });
        for _ in 0..1 + self.random.place(8) {
            let (end, values) = (ends[self.random.place(2)], Value::List(self.distinct()));
            let other = if end == ends[0] { ends[1] } else { ends[0] };
            match self.random.place(4) {
                0 | 1 => script.step("set_add", [("state", reference(end)), ("values", values)]),
                2 => script.step("set_remove", [("state", reference(end)), ("values", values)]),
                _ => script.step("state_merge", [("state", reference(end)), ("other", reference(other))]),
            };
        }
        for end in ends {
            script.show("set_values", [("state", reference(end))]);
            script.show("state_identify", [("state", reference(end))]);
        }
        script.whole()
    }
}

/// The frames that the corpus converts, by kind.
fn frames(corpus: &Corpus) -> Vec<Vec<Vec<u8>>> {
    let mut kinds: Vec<Vec<Vec<u8>>> = vec![Vec::new(); 256];
    for case in corpus.cases().filter(|case| case.op == "convert" && case.is_good()) {
        if let Some(frame) = case.input.field("frame").and_then(Value::as_bytes).filter(|frame| frame.len() < 2_000) {
            kinds[usize::from(frame[6])].push(frame.to_vec());
        }
    }
    kinds.retain(|kind| !kind.is_empty());
    kinds
}

/// Asks a testee a number of questions of a stream.
pub fn roll(config: Config, root: &std::path::Path, mut stream: Stream, count: usize) -> Roll {
    let name = config.name.clone();
    let mut testee = Testee::new(config, root);
    let mut answers = Vec::with_capacity(count);
    let digest = testee.hello().and_then(|_| asked(&mut testee, &mut stream, count, &mut answers));
    testee.bye();
    Roll { name, digest, answers }
}

fn asked(testee: &mut Testee, stream: &mut Stream, count: usize, answers: &mut Vec<u64>) -> Result<String, String> {
    let mut rolling = Sha256::new();
    while answers.len() < count {
        let size = BATCH.min(count - answers.len());
        let questions: Vec<Question> = (0..size).map(|_| stream.question()).collect();
        for (question, answer) in questions.iter().zip(testee.ask_all(&questions, |_| {})) {
            let line = spelt(&answer).map_err(|fault| format!("{} ({}): {fault}", question.id, question.op))?;
            rolling.update(&line);
            rolling.update(b"\n");
            let digest = Sha256::digest(&line);
            answers.push(digest.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)));
        }
    }
    Ok(hex::encode(&rolling.finalize()))
}

/// One line for an answer; sets have no order, and messages are free.
fn spelt(answer: &Answer) -> Result<String, String> {
    match answer {
        Answer::Out(value) => Ok(value.with_sorted_sets().to_json().to_line()),
        Answer::Error(code, _) => Ok(format!("refused {code}")),
        Answer::Skip(reason) => Err(format!("skipped: {reason}")),
        Answer::Broken(reason) => Err(reason.clone()),
    }
}

/// Where a testee parts from the first one: the number of the question, from 1.
pub fn parting(first: &Roll, other: &Roll) -> Option<usize> {
    let differs = first.answers.iter().zip(&other.answers).position(|(a, b)| a != b);
    differs.map(|place| place + 1)
}
