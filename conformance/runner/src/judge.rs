//! Decides whether an answer is right.

use crate::case::{Case, Compare, Expect};
use crate::hex;
use crate::schema;
use crate::value::Value;
use crate::wire;
use crate::wire2;

/// What a testee said to one request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It answered.
    Out(Value),
    /// It refused, with a code and free text.
    Error(String, String),
    /// It does not offer this.
    Skip(String),
    /// It died, stayed silent or broke the protocol.
    Broken(String),
}

/// What became of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer is right.
    Pass,
    /// The answer is wrong.
    Fail(String),
    /// The testee was not asked or declined.
    Skip(String),
    /// The testee died or stayed silent.
    Crash(String),
    /// The answer is wrong, and the testee's file says why.
    Deviation(String),
}

impl Outcome {
    /// One word for reports.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail(_) => "fail",
            Outcome::Skip(_) => "skip",
            Outcome::Crash(_) => "crash",
            Outcome::Deviation(_) => "deviation",
        }
    }

    /// What there is to say beside the word.
    pub fn detail(&self) -> &str {
        match self {
            Outcome::Pass => "",
            Outcome::Fail(detail) | Outcome::Skip(detail) | Outcome::Crash(detail) | Outcome::Deviation(detail) => {
                detail
            }
        }
    }
}

/// Judges the one answer to a case that is neither a law nor a trace.
pub fn judge(case: &Case, answer: &Answer) -> Outcome {
    match (&case.expect, answer) {
        (_, Answer::Skip(reason)) => Outcome::Skip(reason.clone()),
        (_, Answer::Broken(reason)) => Outcome::Crash(reason.clone()),
        (Some(Expect::Out(expected)), Answer::Out(given)) => compare(&case.compare, expected, given),
        (Some(Expect::Error(code)), Answer::Error(given, _)) if code == given => Outcome::Pass,
        (Some(Expect::AnyError), Answer::Error(..)) => Outcome::Pass,
        (Some(Expect::Error(code)), Answer::Error(given, message)) => {
            Outcome::Fail(format!("expected {code}, refused with {given} ({message})"))
        }
        (Some(Expect::Error(code)), Answer::Out(given)) => {
            Outcome::Fail(format!("expected {code}, answered {}", short(given)))
        }
        (Some(Expect::AnyError), Answer::Out(given)) => {
            Outcome::Fail(format!("expected a refusal, answered {}", short(given)))
        }
        (Some(Expect::Out(expected)), Answer::Error(code, message)) => {
            Outcome::Fail(format!("expected {}, refused with {code} ({message})", short(expected)))
        }
        _ => Outcome::Fail("the case expects nothing one answer can give".into()),
    }
}

/// Compares an answer with the expectation.
pub fn compare(how: &Compare, expected: &Value, given: &Value) -> Outcome {
    let fault = match how {
        Compare::Exact => exact(expected, given),
        Compare::AnyOrder => any_order(expected, given),
        Compare::Inflated => inflated(expected, given),
        Compare::State => same_state(expected, given),
        Compare::Ulp(count) => close(expected, given, |a, b| ulps(a, b) <= *count),
        Compare::Abs(bound) => close(expected, given, |a, b| (a - b).abs() <= *bound),
        Compare::Rel(bound) => close(expected, given, |a, b| (a - b).abs() <= bound * a.abs()),
    };
    fault.map_or(Outcome::Pass, Outcome::Fail)
}

fn differs(expected: &Value, given: &Value) -> Option<String> {
    let at = first_difference(expected, given);
    Some(format!("expected {}, answered {}{at}", short(expected), short(given)))
}

fn exact(expected: &Value, given: &Value) -> Option<String> {
    let same = match (expected, given) {
        (Value::Blob(digest), Value::Bytes(bytes)) => *digest == hex::sha256(bytes),
        _ => expected.with_sorted_sets() == given.with_sorted_sets(),
    };
    if same { None } else { differs(expected, given) }
}

fn any_order(expected: &Value, given: &Value) -> Option<String> {
    let set = |value: &Value| match value {
        Value::List(items) => Value::Set(items.clone()).with_sorted_sets(),
        Value::Map(pairs) => {
            let pair = |(k, v): &(Value, Value)| Value::List(vec![k.clone(), v.clone()]);
            Value::Set(pairs.iter().map(pair).collect()).with_sorted_sets()
        }
        other => other.clone(),
    };
    let alike = std::mem::discriminant(expected) == std::mem::discriminant(given);
    if alike && set(expected) == set(given) { None } else { differs(expected, given) }
}

/// A frame, or the items of a batch, after inflating.
#[derive(PartialEq)]
struct Plain {
    tag: u8,
    payload: Vec<u8>,
    stored: usize,
    compressed: bool,
    /// Whether a trailer follows that fits.
    sealed: bool,
}

fn plain(bytes: &[u8]) -> Result<Vec<Plain>, String> {
    if wire2::is_frame(bytes) {
        return plain_second(bytes).map(|frame| vec![frame]);
    }
    if !bytes.starts_with(b"CRDT") {
        let items = wire::batch_unpack(bytes).map_err(|code| format!("the answer is no batch: {code}"))?;
        return items.iter().map(|item| plain_frame(item)).collect();
    }
    plain_frame(bytes).map(|frame| vec![frame])
}

fn plain_second(bytes: &[u8]) -> Result<Plain, String> {
    let frame = wire2::open(bytes).map_err(|code| format!("the answer is no frame: {code}"))?;
    let compressed = frame.flags & wire2::ZLIB != 0;
    let sealed = frame.flags & wire2::SEALED != 0;
    Ok(Plain { tag: frame.tag, payload: frame.body, stored: frame.stored, compressed, sealed })
}

fn plain_frame(bytes: &[u8]) -> Result<Plain, String> {
    let frame = wire::open(bytes).map_err(|code| format!("the answer is no frame: {code}"))?;
    if frame.length != bytes.len() {
        return Err("bytes follow the frame".into());
    }
    Ok(Plain {
        tag: frame.tag,
        payload: frame.payload,
        stored: bytes.len() - 12,
        compressed: frame.compressed,
        sealed: false,
    })
}

/// Compressors differ by a few bytes; whether compressing pays may turn on that.
const SLACK: usize = 24;

fn inflated(expected: &Value, given: &Value) -> Option<String> {
    let (Some(expected), Some(given)) = (expected.as_bytes(), given.as_bytes()) else {
        return Some("bytes were expected".into());
    };
    let (expected, given) = match (plain(expected), plain(given)) {
        (Ok(expected), Ok(given)) => (expected, given),
        (Err(fault), _) | (_, Err(fault)) => return Some(fault),
    };
    if expected.len() != given.len() {
        return Some("another number of items".into());
    }
    expected.iter().zip(&given).find_map(|(expected, given)| inflated_frame(expected, given))
}

fn inflated_frame(expected: &Plain, given: &Plain) -> Option<String> {
    if (expected.tag, &expected.payload) != (given.tag, &given.payload) {
        return Some("the inflated payloads differ".into());
    }
    if expected.sealed != given.sealed {
        return Some(if given.sealed { "a trailer that was not asked for" } else { "no trailer" }.into());
    }
    if given.compressed && given.stored >= given.payload.len() {
        return Some("compressed although that is not smaller".into());
    }
    let pays = expected.compressed && expected.stored + SLACK < expected.payload.len();
    if pays && !given.compressed {
        return Some("not compressed although that is smaller".into());
    }
    None
}

fn same_state(expected: &Value, given: &Value) -> Option<String> {
    match (state_form(expected), state_form(given)) {
        (Ok(a), Ok(b)) if a == b => None,
        (Ok(_), Ok(_)) => differs(expected, given),
        (Err(fault), _) | (_, Err(fault)) => Some(fault),
    }
}

/// The kind and the members of a frame that count for the equality of states.
pub fn state_form(frame: &Value) -> Result<(u8, Value), String> {
    let bytes = frame.as_bytes().ok_or("a frame was expected")?;
    let read = wire::decode(bytes).map_err(|code| format!("the answer is no frame: {code}"))?;
    let state = schema::canonical(read.tag, &read.payload).map_err(|code| format!("the answer is no state: {code}"))?;
    Ok((read.tag, schema::equality_form(read.tag, &state)))
}

fn close(expected: &Value, given: &Value, near: impl Fn(f64, f64) -> bool) -> Option<String> {
    match (expected, given) {
        (Value::Float(a), Value::Float(b)) if a == b => None,
        (Value::Float(a), Value::Float(b)) if near(f64::from_bits(*a), f64::from_bits(*b)) => None,
        _ => differs(expected, given),
    }
}

/// Doubles between two doubles.
fn ulps(a: f64, b: f64) -> u64 {
    let line = |x: f64| {
        let bits = x.to_bits() as i64;
        if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
    };
    if a.is_nan() || b.is_nan() { u64::MAX } else { line(a).abs_diff(line(b)) }
}

/// A value cut to a readable length; frames are shown by their kind.
pub fn short(value: &Value) -> String {
    let text = value.to_json().to_line();
    let kind = value.as_bytes().and_then(|bytes| wire::open(bytes).ok()).and_then(|f| schema::name_of(f.tag));
    let cut: String = text.chars().take(160).collect();
    let dots = if cut.len() < text.len() { "…" } else { "" };
    match kind {
        Some(kind) => format!("{kind} {cut}{dots}"),
        None => format!("{cut}{dots}"),
    }
}

/// Where two long answers part, for readers of a report.
fn first_difference(expected: &Value, given: &Value) -> String {
    let decoded = |value: &Value| match value.as_bytes().map(wire::decode) {
        Some(Ok(read)) => read.payload.to_json().to_line(),
        _ => value.to_json().to_line(),
    };
    let (a, b): (Vec<char>, Vec<char>) = (decoded(expected).chars().collect(), decoded(given).chars().collect());
    let at = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    if a == b || at < 100 {
        return String::new();
    }
    let part = |text: &[char]| text[at.saturating_sub(30)..(at + 50).min(text.len())].iter().collect::<String>();
    format!("; they part at …{}… against …{}…", part(&a), part(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(expect: Expect) -> Case {
        let mut case = Case::new("a/b/1", "n", "echo", Value::Null);
        case.expect = Some(expect);
        case
    }

    #[test]
    fn codes_are_compared_and_messages_are_not() {
        let case = case(Expect::Error("TRUNCATED".into()));
        assert_eq!(judge(&case, &Answer::Error("TRUNCATED".into(), "anything".into())), Outcome::Pass);
        assert!(matches!(judge(&case, &Answer::Error("BAD_MAGIC".into(), String::new())), Outcome::Fail(_)));
        assert!(matches!(judge(&case, &Answer::Out(Value::Null)), Outcome::Fail(_)));
    }

    #[test]
    fn minus_zero_and_nan_payloads_are_told_apart() {
        let zero = case(Expect::Out(Value::float(0.0)));
        assert!(matches!(judge(&zero, &Answer::Out(Value::float(-0.0))), Outcome::Fail(_)));
        let nan = case(Expect::Out(Value::Float(0x7ff8_0000_0000_0001)));
        assert!(matches!(judge(&nan, &Answer::Out(Value::Float(0x7ff8_0000_0000_0000))), Outcome::Fail(_)));
    }

    #[test]
    fn the_order_of_a_set_has_no_meaning_and_the_order_of_a_map_has() {
        let set = |items: [i8; 2]| Value::Set(items.map(Value::int).to_vec());
        assert_eq!(compare(&Compare::Exact, &set([1, 2]), &set([2, 1])), Outcome::Pass);
        let map = |names: [&str; 2]| Value::map(names.map(|n| (n, Value::Null)));
        assert!(matches!(compare(&Compare::Exact, &map(["a", "b"]), &map(["b", "a"])), Outcome::Fail(_)));
    }

    #[test]
    fn tolerances_hold_at_their_border() {
        let (one, next) = (Value::float(1.0), Value::Float(1.0f64.to_bits() + 1));
        assert_eq!(compare(&Compare::Ulp(1), &one, &next), Outcome::Pass);
        assert!(matches!(compare(&Compare::Ulp(0), &one, &next), Outcome::Fail(_)));
        assert!(matches!(compare(&Compare::Rel(1e-17), &one, &next), Outcome::Fail(_)));
        assert!(matches!(compare(&Compare::Rel(1e-3), &one, &Value::int(1)), Outcome::Fail(_)));
        assert_eq!(ulps(-0.0, 0.0), 0);
    }

    #[test]
    fn a_blob_stands_for_bytes_with_its_digest() {
        let empty = Value::Blob(hex::sha256(b""));
        assert_eq!(compare(&Compare::Exact, &empty, &Value::Bytes(vec![])), Outcome::Pass);
        assert!(matches!(compare(&Compare::Exact, &empty, &Value::Bytes(vec![0])), Outcome::Fail(_)));
    }

    #[test]
    fn compressing_is_judged_by_what_comes_out() {
        let packed = hex::decode("43524454000120010000001178da6367606030e264a43d04007a6c022e").unwrap();
        let other_level = hex::decode("435244540001200100000011789c6367606030e264a43d04007a6c022e").unwrap();
        let (packed, other) = (Value::Bytes(packed), Value::Bytes(other_level));
        assert_eq!(compare(&Compare::Inflated, &packed, &other), Outcome::Pass);
        let payload = wire::open(packed.as_bytes().unwrap()).unwrap().payload;
        let mut plain = b"CRDT\0\x01\x20\0".to_vec();
        plain.extend((payload.len() as u32).to_be_bytes());
        plain.extend(payload);
        assert!(matches!(compare(&Compare::Inflated, &packed, &Value::Bytes(plain)), Outcome::Fail(_)));
    }
}
