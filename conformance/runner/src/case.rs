//! A case: what is asked, and what a right answer is.

use crate::json::{Json, number, text};
use crate::value::Value;

/// How binding a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every implementation answers like this.
    Must,
    /// An implementation that answers differently documents why.
    Should,
    /// Only implementations that offer the behaviour are asked.
    May,
}

/// Which behaviour a case describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The default: every operation a join.
    Lawful,
    /// What the reference release answers where that differs.
    Compat,
}

/// A law the runner checks by regrouping the operands of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// The order of the operands does not matter.
    Commutative,
    /// The grouping of the operands does not matter.
    Associative,
    /// Joining something again changes nothing.
    Idempotent,
    /// What is sent is enough: with it, the receiver has the join.
    Complete,
}

/// How an answer is compared with the expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Compare {
    /// Equal in every bit.
    Exact,
    /// The same items of a list or pairs of a map, in any order, as often as expected.
    AnyOrder,
    /// Frames are equal after inflating, and are compressed or not as expected.
    Inflated,
    /// Frames hold equal states: what does not count for equality is left out.
    State,
    /// Doubles differ by at most this many units in the last place.
    Ulp(u64),
    /// Numbers differ by at most this.
    Abs(f64),
    /// Numbers differ by at most this fraction of the expected one.
    Rel(f64),
}

/// One step of a trace.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A replica applies a local operation: the members of `apply` but the frame.
    Apply {
        /// Name of the replica.
        at: String,
        /// Members of the request beside `frame`.
        operation: Value,
    },
    /// The state of one replica reaches another one.
    Deliver {
        /// Sender.
        from: String,
        /// Receiver.
        to: String,
    },
}

/// Replicas that write and meet; in the end all of them have met all others.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Name and first frame of each replica.
    pub replicas: Vec<(String, Value)>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// The frame every replica must hold in the end, if the case says.
    pub out: Option<Value>,
}

/// What a right answer is.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// This value, by the comparison of the case.
    Out(Value),
    /// A refusal with this code.
    Error(String),
    /// A refusal; which code is no part of the promise (compat only).
    AnyError,
    /// The laws hold for the operands in `in`.
    Laws(Vec<Law>),
    /// The replicas agree in the end.
    Trace(Trace),
}

/// One case of the corpus.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// `area/topic/name`, given by the tool and never used again for something else.
    pub id: String,
    /// What the case is about, in a few words.
    pub note: String,
    /// Free words for reports.
    pub flags: Vec<String>,
    /// How binding it is.
    pub level: Level,
    /// Features a testee must have named in its greeting.
    pub needs: Vec<String>,
    /// First protocol version the case belongs to.
    pub since: u32,
    /// Which behaviour it describes.
    pub profile: Profile,
    /// Where an imported case comes from.
    pub source: Option<String>,
    /// The operation asked for.
    pub op: String,
    /// Its argument. A trace has none.
    pub input: Value,
    /// What a right answer is; none while the case is being written.
    pub expect: Option<Expect>,
    /// How the answer is compared.
    pub compare: Compare,
}

impl Case {
    /// A lawful `must` case, of version 1 unless said otherwise.
    pub fn new(id: impl Into<String>, note: impl Into<String>, op: &str, input: Value) -> Case {
        Case {
            id: id.into(),
            note: note.into(),
            flags: Vec::new(),
            level: Level::Must,
            needs: Vec::new(),
            since: 1,
            profile: Profile::Lawful,
            source: None,
            op: op.to_string(),
            input,
            expect: None,
            compare: Compare::Exact,
        }
    }

    /// The area: the id up to the first slash.
    pub fn area(&self) -> &str {
        self.id.split('/').next().unwrap_or("")
    }

    /// Whether the case expects an answer rather than a refusal.
    pub fn is_good(&self) -> bool {
        !matches!(self.expect, Some(Expect::Error(_) | Expect::AnyError) | None)
    }

    /// Reads a case; a member nobody knows is refused.
    pub fn from_json(json: &Json) -> Result<Case, String> {
        let id = required_text(json, "id")?;
        read_case(json, &id).map_err(|fault| format!("{id}: {fault}"))
    }

    /// The case as the corpus stores it.
    pub fn to_json(&self) -> Json {
        let mut members = vec![("id".to_string(), text(&self.id)), ("note".into(), text(&self.note))];
        let mut put = |name: &str, value: Json| members.push((name.to_string(), value));
        if !self.flags.is_empty() {
            put("flags", words_json(&self.flags));
        }
        put("level", text(level_name(self.level)));
        if self.profile == Profile::Compat {
            put("profile", text("compat"));
        }
        if !self.needs.is_empty() {
            put("needs", words_json(&self.needs));
        }
        if self.since != 1 {
            put("since", number(self.since));
        }
        put("op", text(&self.op));
        if !matches!(self.expect, Some(Expect::Trace(_))) {
            put("in", self.input.to_json());
        }
        if let Some((name, value)) = self.expect.as_ref().map(expect_json) {
            put(name, value);
        }
        if self.compare != Compare::Exact {
            put("compare", compare_json(&self.compare));
        }
        if let Some(source) = &self.source {
            put("source", text(source));
        }
        Json::Object(members)
    }
}

const MEMBERS: [&str; 15] = [
    "id", "note", "flags", "level", "profile", "needs", "since", "op", "in", "out", "error", "laws", "trace",
    "compare", "source",
];

fn read_case(json: &Json, id: &str) -> Result<Case, String> {
    known_members(json, &MEMBERS)?;
    let expect = read_expect(json)?;
    let input = match (json.member("in"), &expect) {
        (Some(_), Some(Expect::Trace(_))) => return Err("a trace has no `in`".into()),
        (Some(value), _) => Value::from_json(value)?,
        (None, Some(Expect::Trace(_))) => Value::Null,
        (None, _) => return Err("`in` is missing".into()),
    };
    let mut case = Case::new(id, required_text(json, "note")?, &required_text(json, "op")?, input);
    case.expect = expect;
    case.flags = words(json, "flags")?;
    case.needs = words(json, "needs")?;
    case.level = level(&required_text(json, "level")?)?;
    case.profile = match json.member("profile").and_then(Json::as_text) {
        None | Some("lawful") => Profile::Lawful,
        Some("compat") => Profile::Compat,
        Some(other) => return Err(format!("no profile is called {other:?}")),
    };
    if let Some(since) = json.member("since") {
        case.since = since.as_usize().and_then(|n| n.try_into().ok()).ok_or("`since` is a version")?;
    }
    case.source = json.member("source").and_then(Json::as_text).map(str::to_string);
    case.compare = json.member("compare").map_or(Ok(Compare::Exact), read_compare)?;
    Ok(case)
}

/// Refuses an object with a member that is not in `known`.
pub fn known_members(json: &Json, known: &[&str]) -> Result<(), String> {
    let members = json.as_object().ok_or("an object was expected")?;
    match members.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(format!("nobody knows the member {name:?}")),
        None => Ok(()),
    }
}

/// The text of a member that must be there.
pub fn required_text(json: &Json, name: &str) -> Result<String, String> {
    let found = json.member(name).and_then(Json::as_text);
    found.map(str::to_string).ok_or_else(|| format!("the text member {name:?} is missing"))
}

fn words(json: &Json, name: &str) -> Result<Vec<String>, String> {
    let Some(list) = json.member(name) else { return Ok(Vec::new()) };
    let items = list.as_array().ok_or_else(|| format!("{name:?} is a list"))?;
    let read = |item: &Json| item.as_text().map(str::to_string);
    items.iter().map(read).collect::<Option<_>>().ok_or_else(|| format!("{name:?} holds text"))
}

fn words_json(words: &[String]) -> Json {
    Json::Array(words.iter().map(text).collect())
}

fn level(name: &str) -> Result<Level, String> {
    match name {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        "may" => Ok(Level::May),
        _ => Err(format!("no level is called {name:?}")),
    }
}

/// The name of a level.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
    }
}

fn read_expect(json: &Json) -> Result<Option<Expect>, String> {
    let mut found = Vec::new();
    if let Some(out) = json.member("out") {
        found.push(Expect::Out(Value::from_json(out)?));
    }
    if let Some(error) = json.member("error") {
        known_members(error, &["code"])?;
        found.push(match required_text(error, "code")?.as_str() {
            "*" => Expect::AnyError,
            code => Expect::Error(code.to_string()),
        });
    }
    if json.member("laws").is_some() {
        let laws = words(json, "laws")?;
        found.push(Expect::Laws(laws.iter().map(|name| law(name)).collect::<Result<_, _>>()?));
    }
    if let Some(trace) = json.member("trace") {
        found.push(Expect::Trace(read_trace(trace)?));
    }
    match found.len() {
        0 => Ok(None),
        1 => Ok(found.pop()),
        _ => Err("a case has one of out, error, laws and trace".into()),
    }
}

fn law(name: &str) -> Result<Law, String> {
    match name {
        "commutative" => Ok(Law::Commutative),
        "associative" => Ok(Law::Associative),
        "idempotent" => Ok(Law::Idempotent),
        "complete" => Ok(Law::Complete),
        _ => Err(format!("no law is called {name:?}")),
    }
}

fn law_name(law: &Law) -> &'static str {
    match law {
        Law::Commutative => "commutative",
        Law::Associative => "associative",
        Law::Idempotent => "idempotent",
        Law::Complete => "complete",
    }
}

fn read_trace(json: &Json) -> Result<Trace, String> {
    known_members(json, &["replicas", "steps", "out"])?;
    let replicas = json.member("replicas").and_then(Json::as_array).ok_or("a trace has replicas")?;
    let steps = json.member("steps").and_then(Json::as_array).ok_or("a trace has steps")?;
    Ok(Trace {
        replicas: replicas.iter().map(replica).collect::<Result<_, _>>()?,
        steps: steps.iter().map(step).collect::<Result<_, _>>()?,
        out: json.member("out").map(Value::from_json).transpose()?,
    })
}

fn replica(json: &Json) -> Result<(String, Value), String> {
    match json.as_array() {
        Some([Json::Text(name), frame]) => Ok((name.clone(), Value::from_json(frame)?)),
        _ => Err("a replica is a name and a frame".into()),
    }
}

fn step(json: &Json) -> Result<Step, String> {
    match json.member("at") {
        Some(_) => {
            known_members(json, &["at", "apply"])?;
            let operation = json.member("apply").ok_or("a step at a replica applies something")?;
            Ok(Step::Apply { at: required_text(json, "at")?, operation: Value::from_json(operation)? })
        }
        None => {
            known_members(json, &["from", "to"])?;
            Ok(Step::Deliver { from: required_text(json, "from")?, to: required_text(json, "to")? })
        }
    }
}

fn expect_json(expect: &Expect) -> (&'static str, Json) {
    match expect {
        Expect::Out(value) => ("out", value.to_json()),
        Expect::Error(code) => ("error", crate::json::object([("code", text(code))])),
        Expect::AnyError => ("error", crate::json::object([("code", text("*"))])),
        Expect::Laws(laws) => ("laws", Json::Array(laws.iter().map(|l| text(law_name(l))).collect())),
        Expect::Trace(trace) => ("trace", trace_json(trace)),
    }
}

fn trace_json(trace: &Trace) -> Json {
    let replicas = trace.replicas.iter().map(|(n, f)| Json::Array(vec![text(n), f.to_json()]));
    let mut members = vec![
        ("replicas".to_string(), Json::Array(replicas.collect())),
        ("steps".to_string(), Json::Array(trace.steps.iter().map(step_json).collect())),
    ];
    if let Some(out) = &trace.out {
        members.push(("out".to_string(), out.to_json()));
    }
    Json::Object(members)
}

fn step_json(step: &Step) -> Json {
    match step {
        Step::Apply { at, operation } => crate::json::object([("at", text(at)), ("apply", operation.to_json())]),
        Step::Deliver { from, to } => crate::json::object([("from", text(from)), ("to", text(to))]),
    }
}

fn read_compare(json: &Json) -> Result<Compare, String> {
    match json {
        Json::Text(name) => match name.as_str() {
            "exact" => Ok(Compare::Exact),
            "any_order" => Ok(Compare::AnyOrder),
            "inflated" => Ok(Compare::Inflated),
            "state" => Ok(Compare::State),
            _ => Err(format!("no comparison is called {name:?}")),
        },
        Json::Object(members) => match members.as_slice() {
            [(name, Json::Number(digits))] => tolerance(name, digits),
            _ => Err("a comparison has one tolerance".into()),
        },
        _ => Err("no comparison".into()),
    }
}

fn tolerance(name: &str, digits: &str) -> Result<Compare, String> {
    let fault = |_| format!("{digits} is no tolerance");
    match name {
        "ulp" => digits.parse().map(Compare::Ulp).map_err(|_| format!("{digits} is no count")),
        "abs" => digits.parse().map(Compare::Abs).map_err(fault),
        "rel" => digits.parse().map(Compare::Rel).map_err(fault),
        _ => Err(format!("no tolerance is called {name:?}")),
    }
}

fn compare_json(compare: &Compare) -> Json {
    match compare {
        Compare::Exact => text("exact"),
        Compare::AnyOrder => text("any_order"),
        Compare::Inflated => text("inflated"),
        Compare::State => text("state"),
        Compare::Ulp(count) => crate::json::object([("ulp", number(count))]),
        Compare::Abs(bound) => crate::json::object([("abs", number(format!("{bound:e}")))]),
        Compare::Rel(bound) => crate::json::object([("rel", number(format!("{bound:e}")))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_survives_a_round_trip() {
        for line in [
            r#"{"id": "a/b/1", "note": "n", "flags": ["x"], "level": "may", "profile": "compat", "needs": ["compat"], "since": 2, "op": "echo", "in": {"i": "1"}, "out": {"i": "1"}, "compare": {"rel": 1e-12}, "source": "f#l/1"}"#,
            r#"{"id": "a/b/2", "note": "n", "level": "must", "op": "decode", "in": {"b": ""}, "error": {"code": "TOO_SHORT"}}"#,
            r#"{"id": "a/b/3", "note": "n", "level": "must", "op": "merge", "in": {"l": []}, "laws": ["commutative", "idempotent"]}"#,
            r#"{"id": "a/b/4", "note": "n", "level": "must", "op": "apply", "trace": {"replicas": [["a", {"b": "00"}]], "steps": [{"at": "a", "apply": {"m": []}}, {"from": "a", "to": "b"}], "out": {"b": "01"}}}"#,
        ] {
            let case = Case::from_json(&Json::parse(line).unwrap()).unwrap();
            assert_eq!(case.to_json().to_line(), line);
        }
    }

    #[test]
    fn unknown_or_contradicting_members_are_refused() {
        for line in [
            r#"{"id": "a/b/1", "note": "n", "level": "must", "op": "echo", "in": null, "extra": 1}"#,
            r#"{"id": "a/b/1", "note": "n", "level": "must", "op": "echo", "in": null, "out": null, "error": {"code": "X"}}"#,
            r#"{"id": "a/b/1", "note": "n", "level": "maybe", "op": "echo", "in": null}"#,
            r#"{"id": "a/b/1", "note": "n", "level": "must", "op": "echo"}"#,
            r#"{"id": "a/b/1", "note": "n", "level": "must", "op": "echo", "in": null, "compare": "fuzzy"}"#,
        ] {
            assert!(Case::from_json(&Json::parse(line).unwrap()).is_err(), "{line}");
        }
    }
}
