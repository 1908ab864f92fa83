//! The payload of every kind of frame of version 1, as data.
//!
//! One table drives three things: the schema check of the strict reader, the canonical form of a state,
//! and the form in which two states are compared when something outside equality differs.

mod or_set;

use crate::value::{Value, float_text};
use crate::wire::Code;

/// What a member of a payload must be.
enum Shape {
    /// A value of a state: its integers have 64 bits.
    Any,
    /// A value of a report, with integers of any size.
    Free,
    Text,
    Bool,
    /// An integer between two bounds.
    Int(i128, i128),
    /// An integer or a float that is no NaN.
    Number,
    /// Seconds as an integer or a finite float; null reads as 0.0.
    Stamp,
    /// One of the given words.
    Word(&'static [&'static str]),
    TextOrNull,
    IntOrNull,
    List(&'static Shape),
    /// Tags of an OR-set: sorted in the canonical form.
    Tags,
    /// A map with text keys that belongs to the protocol: sorted in the canonical form.
    Owned(&'static Shape),
    /// A map with text keys in the order it came.
    Map(&'static Shape),
    MapOrNull(&'static Shape),
    Object(&'static [Field]),
    /// Clock slots: integers of at least 0; zero slots are no slots.
    Clocks,
    /// Text of a SHA-256.
    Hash,
    /// Null, or a node and its count.
    Dot,
    Registers,
    /// A branching factor: below 2 it is read as 2.
    AtLeastTwo,
    /// Text, a number or null.
    Scalar,
}

enum Need {
    Required,
    /// Read as this when missing.
    Default(fn() -> Value),
    /// May be missing and is then left out.
    Optional,
    /// Must equal this when present and is always written.
    Constant(&'static str),
    /// Ignored on reading, written from the other members.
    Derived(fn(&[(Value, Value)]) -> Value),
}

struct Field {
    name: &'static str,
    shape: Shape,
    need: Need,
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, need: Need::Required }
}

const fn default(name: &'static str, shape: Shape, value: fn() -> Value) -> Field {
    Field { name, shape, need: Need::Default(value) }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, need: Need::Optional }
}

const fn constant(name: &'static str, value: &'static str) -> Field {
    Field { name, shape: Shape::Any, need: Need::Constant(value) }
}

const COUNT: Shape = Shape::Int(0, i64::MAX as i128);
const WORDS: Shape = Shape::List(&Shape::Text);

fn empty_list() -> Value {
    Value::List(Vec::new())
}
fn empty_map() -> Value {
    Value::Map(Vec::new())
}
fn zero() -> Value {
    Value::int(0)
}
fn zero_float() -> Value {
    Value::float(0.0)
}
fn no_text() -> Value {
    Value::text("")
}
fn null() -> Value {
    Value::Null
}
fn no() -> Value {
    Value::Bool(false)
}
fn yes() -> Value {
    Value::Bool(true)
}
fn empty_clock() -> Value {
    Value::map([("type", Value::text("vector_clock")), ("clocks", empty_map())])
}

static G_COUNTER: [Field; 2] = [constant("type", "g_counter"), default("counts", Shape::Owned(&COUNT), empty_map)];
static PN_COUNTER: [Field; 3] = [
    constant("type", "pn_counter"),
    required("pos", Shape::Object(&G_COUNTER)),
    required("neg", Shape::Object(&G_COUNTER)),
];
static LWW_REGISTER: [Field; 4] = [
    constant("type", "lww_register"),
    required("value", Shape::Any),
    required("timestamp", Shape::Stamp),
    default("node_id", Shape::Text, no_text),
];
static OR_SET: [Field; 5] = [
    constant("type", "or_set"),
    default("elements", Shape::Owned(&Shape::Tags), empty_map),
    optional("element_types", Shape::Owned(&Shape::Text)),
    optional("context", Shape::Object(&CONTEXT)),
    optional("removed", Shape::Owned(&Shape::Tags)),
];
/// What a set has seen, as far as its add tags do not tell.
static CONTEXT: [Field; 2] =
    [default("contiguous", Shape::Owned(&COUNT), empty_map), default("exceptions", WORDS, empty_list)];
static LWW_MAP: [Field; 3] = [
    constant("type", "lww_map"),
    default("registers", Shape::Owned(&Shape::Object(&LWW_REGISTER)), empty_map),
    default("tombstones", Shape::Owned(&Shape::Stamp), empty_map),
];
static DELTA: [Field; 6] = [
    default("added", Shape::List(&Shape::Map(&Shape::Any)), empty_list),
    default("modified", Shape::List(&Shape::Map(&Shape::Any)), empty_list),
    default("removed", WORDS, empty_list),
    default("version", COUNT, zero),
    default("timestamp", Shape::Stamp, zero_float),
    default("source_node", Shape::Text, no_text),
];
static HLL: [Field; 3] =
    [constant("type", "hll"), required("precision", Shape::Int(4, 18)), required("registers", Shape::Registers)];
static BLOOM: [Field; 7] = [
    constant("type", "bloom"),
    required("capacity", COUNT),
    required("fp_rate", Shape::Number),
    required("size", Shape::Int(1, 1 << 32)),
    required("num_hashes", Shape::Int(1, 1024)),
    required("bits", Shape::List(&Shape::Int(0, 255))),
    default("count", COUNT, zero),
];
static CMS: [Field; 5] = [
    constant("type", "cms"),
    required("width", Shape::Int(1, 1 << 28)),
    required("depth", Shape::Int(1, 1 << 28)),
    required("table", Shape::List(&Shape::List(&COUNT))),
    default("total", COUNT, zero),
];
static CLOCK: [Field; 2] = [constant("type", "vector_clock"), default("clocks", Shape::Clocks, empty_map)];
static DOTTED: [Field; 3] = [
    constant("type", "dotted_version_vector"),
    default("base", Shape::Object(&CLOCK), empty_clock),
    optional("dot", Shape::Dot),
];
static MERKLE: [Field; 4] = [
    constant("type", "merkle_tree"),
    default("branching_factor", Shape::AtLeastTwo, sixteen),
    default("records", Shape::Owned(&Shape::Hash), empty_map),
    default("record_data", Shape::Owned(&Shape::Any), empty_map),
];
static ENTRY: [Field; 4] = [
    required("key", Shape::Text),
    required("value", Shape::Any),
    required("clock", Shape::Object(&CLOCK)),
    default("tombstone", Shape::Bool, no),
];
static GOSSIP: [Field; 5] = [
    constant("type", "gossip_state"),
    required("node_id", Shape::Text),
    default("fanout", Shape::Int(0, u32::MAX as i128), three),
    default("entries", Shape::Owned(&Shape::Object(&ENTRY)), empty_map),
    default("clock", Shape::Object(&CLOCK), empty_clock),
];
static CHANGE: [Field; 6] = [
    required("column", Shape::Text),
    required("change_type", Shape::Word(&["added", "removed", "type_changed", "unchanged", "rename"])),
    default("old_type", Shape::TextOrNull, null),
    default("new_type", Shape::TextOrNull, null),
    default("resolved_type", Shape::TextOrNull, null),
    default("default_value", Shape::Free, null),
];
static RENAME: [Field; 3] =
    [required("old_name", Shape::Text), required("new_name", Shape::Text), default("version", Shape::TextOrNull, null)];
static EVOLUTION: [Field; 7] = [
    required("resolved_schema", Shape::Map(&Shape::Text)),
    required("changes", Shape::List(&Shape::Object(&CHANGE))),
    default("defaults", Shape::Map(&Shape::Free), empty_map),
    required("policy_used", Shape::Word(&["union", "intersection", "left_priority", "right_priority"])),
    required("is_compatible", Shape::Bool),
    default("warnings", WORDS, empty_list),
    optional("renames", Shape::List(&Shape::Object(&RENAME))),
];
static DIFF: [Field; 6] = [
    default("differing_keys", WORDS, empty_list),
    default("only_in_left", WORDS, empty_list),
    default("only_in_right", WORDS, empty_list),
    default("common_different", WORDS, empty_list),
    default("comparisons_made", COUNT, zero),
    Field { name: "is_identical", shape: Shape::Bool, need: Need::Derived(nothing_differs) },
];
static QUERY: [Field; 8] = [
    required("sources", WORDS),
    required("on_key", Shape::Text),
    default("strategies", Shape::Map(&Shape::Free), empty_map),
    default("where_clause", Shape::TextOrNull, null),
    default("explain", Shape::Bool, no),
    default("schema_mapping", Shape::MapOrNull(&Shape::Free), null),
    default("limit", Shape::IntOrNull, null),
    constant("__type", "mergeql_query"),
];
static PLAN: [Field; 9] = [
    required("sources", WORDS),
    required("source_sizes", Shape::Map(&COUNT)),
    required("merge_key", Shape::Text),
    required("strategies", Shape::Map(&Shape::Free)),
    required("estimated_output_rows", COUNT),
    required("schema_evolution_needed", Shape::Bool),
    required("arrow_backend", Shape::Bool),
    required("steps", Shape::List(&Shape::Free)),
    constant("__type", "merge_plan"),
];
/// The plan inside a result: the same members without the one that names its kind.
static INNER_PLAN: &[Field] = PLAN.split_at(PLAN.len() - 1).0;
static RESULT: [Field; 7] = [
    required("data", Shape::List(&Shape::Free)),
    required("plan", Shape::Object(INNER_PLAN)),
    required("conflicts", Shape::Free),
    default("provenance", Shape::Free, null),
    default("merge_time_ms", Shape::Number, zero_float),
    default("sources_merged", COUNT, zero),
    constant("__type", "mergeql_result"),
];
static METADATA: [Field; 8] = [
    required("key_column", Shape::Text),
    default("strategies", Shape::Map(&Shape::Free), empty_map),
    default("provenance_enabled", Shape::Bool, yes),
    default("schema_version", Shape::Scalar, first_version),
    default("created_at", Shape::Scalar, null),
    default("source_count", COUNT, zero),
    default("merge_count", COUNT, zero),
    constant("__type", "parquet_merge_metadata"),
];
static DECISION: [Field; 5] = [
    required("field", Shape::Text),
    required("source", Shape::Text),
    required("strategy", Shape::Text),
    required("value", Shape::Free),
    default("alternative", Shape::Free, null),
];
static CONFLICT: [Field; 5] = [
    required("key", Shape::Free),
    required("origin", Shape::Text),
    default("conflict_count", COUNT, zero),
    default("decisions", Shape::List(&Shape::Object(&DECISION)), empty_list),
    constant("__type", "conflict_record"),
];
/// A record inside a topology, likewise.
static INNER_CONFLICT: &[Field] = CONFLICT.split_at(CONFLICT.len() - 1).0;
static TOPOLOGY: [Field; 8] = [
    default("total_rows", COUNT, zero),
    default("merged_rows", COUNT, zero),
    default("unique_a_rows", COUNT, zero),
    default("unique_b_rows", COUNT, zero),
    default("total_conflicts", COUNT, zero),
    default("duration_ms", Shape::Number, zero_float),
    default("records", Shape::List(&Shape::Object(INNER_CONFLICT)), empty_list),
    constant("__type", "conflict_topology"),
];
static NOTHING: [Field; 0] = [];

fn sixteen() -> Value {
    Value::int(16)
}
fn three() -> Value {
    Value::int(3)
}
fn first_version() -> Value {
    Value::text("1.0")
}

fn nothing_differs(fields: &[(Value, Value)]) -> Value {
    Value::Bool(fields.iter().all(|(_, value)| value.as_list().is_none_or(<[Value]>::is_empty)))
}

static KINDS: [(u8, &str, &[Field]); 24] = [
    (0x01, "g_counter", &G_COUNTER),
    (0x02, "pn_counter", &PN_COUNTER),
    (0x03, "lww_register", &LWW_REGISTER),
    (0x04, "or_set", &OR_SET),
    (0x05, "lww_map", &LWW_MAP),
    (0x10, "delta", &DELTA),
    (0x20, "generic", &NOTHING),
    (0x30, "hll", &HLL),
    (0x31, "bloom", &BLOOM),
    (0x32, "cms", &CMS),
    (0x40, "vector_clock", &CLOCK),
    (0x41, "dotted_version_vector", &DOTTED),
    (0x42, "merkle_tree", &MERKLE),
    (0x43, "gossip_state", &GOSSIP),
    (0x44, "gossip_entry", &ENTRY),
    (0x45, "schema_evolution_result", &EVOLUTION),
    (0x46, "schema_change", &CHANGE),
    (0x47, "merkle_diff", &DIFF),
    (0x50, "mergeql_query", &QUERY),
    (0x51, "merge_plan", &PLAN),
    (0x52, "mergeql_result", &RESULT),
    (0x53, "parquet_merge_metadata", &METADATA),
    (0x54, "conflict_record", &CONFLICT),
    (0x55, "conflict_topology", &TOPOLOGY),
];

/// The name of a type tag of version 1.
pub fn name_of(tag: u8) -> Option<&'static str> {
    KINDS.iter().find(|kind| kind.0 == tag).map(|kind| kind.1)
}

/// The type tag with a name.
pub fn tag_of(name: &str) -> Option<u8> {
    KINDS.iter().find(|kind| kind.1 == name).map(|kind| kind.0)
}

/// Whether frames of this tag carry JSON.
pub fn is_json(tag: u8) -> bool {
    tag >= 0x40
}

/// Whether states of this kind can be joined.
pub fn is_state(tag: u8) -> bool {
    matches!(tag, 0x01..=0x05 | 0x30..=0x32 | 0x40..=0x43)
}

/// Checks the payload of a kind: whether there is a state it describes.
pub fn check(tag: u8, payload: &Value) -> Result<(), Code> {
    canonical(tag, payload).map(drop)
}

/// The payload of the state's canonical frame: known members in order, defaults filled in, maps of the
/// protocol and tags sorted, user values untouched.
pub fn canonical(tag: u8, payload: &Value) -> Result<Value, Code> {
    let fields = KINDS.iter().find(|kind| kind.0 == tag).ok_or("UNKNOWN_TYPE")?.2;
    if tag == 0x20 {
        return Ok(payload.clone());
    }
    let state = object(fields, payload)?;
    whole(tag, payload, &state)?;
    match tag {
        0x04 => or_set::canonical(&state),
        _ => Ok(without_empty(tag, state)),
    }
}

fn object(fields: &[Field], payload: &Value) -> Result<Value, Code> {
    payload.as_map().ok_or("BAD_SCHEMA")?;
    let mut out = Vec::new();
    for field in fields {
        let found = payload.field(field.name);
        let value = match (&field.need, found) {
            (Need::Constant(word), None) => Some(Value::text(*word)),
            (Need::Constant(word), Some(v)) if v.as_text() == Some(word) => Some(v.clone()),
            (Need::Constant(_), Some(_)) => return Err("BAD_SCHEMA"),
            (Need::Derived(derive), _) => Some(derive(&out)),
            (Need::Required, None) => return Err("BAD_SCHEMA"),
            (Need::Default(value), None) => Some(value()),
            (Need::Optional, None) => None,
            (_, Some(value)) => Some(shaped(&field.shape, value)?),
        };
        if let Some(value) = value {
            out.push((Value::text(field.name), value));
        }
    }
    Ok(Value::Map(out))
}

fn shaped(shape: &Shape, value: &Value) -> Result<Value, Code> {
    let keep = |good: bool| if good { Ok(value.clone()) } else { Err("BAD_SCHEMA") };
    match shape {
        Shape::Any => narrow(value),
        Shape::Free => Ok(value.clone()),
        Shape::Text => keep(value.as_text().is_some()),
        Shape::Bool => keep(matches!(value, Value::Bool(_))),
        Shape::TextOrNull => keep(matches!(value, Value::Text(_) | Value::Null)),
        Shape::Scalar => keep(matches!(value, Value::Text(_) | Value::Null) || is_number(value)),
        Shape::IntOrNull => keep(matches!(value, Value::Int(_) | Value::Null)),
        Shape::Int(low, high) => keep(value.as_i128().is_some_and(|n| (*low..=*high).contains(&n))),
        Shape::Number => keep(is_number(value)),
        Shape::Stamp => stamp(value),
        Shape::Word(words) => keep(value.as_text().is_some_and(|word| words.contains(&word))),
        Shape::List(inner) => list(inner, value),
        Shape::Tags => tags(value),
        Shape::Owned(inner) => map(inner, value).map(sorted),
        Shape::Map(inner) => map(inner, value),
        Shape::MapOrNull(inner) => match value {
            Value::Null => Ok(Value::Null),
            _ => map(inner, value),
        },
        Shape::Object(fields) => object(fields, value),
        Shape::Clocks => clocks(value),
        Shape::Hash => keep(value.as_text().is_some_and(is_hash)),
        Shape::Dot => dot(value),
        Shape::Registers => registers(value),
        Shape::AtLeastTwo => match value.as_i128() {
            Some(factor) if factor <= u32::MAX.into() => Ok(Value::int(factor.max(2))),
            _ => Err("BAD_SCHEMA"),
        },
    }
}

fn narrow(value: &Value) -> Result<Value, Code> {
    let mut wide = false;
    value.walk(&mut |inner| wide |= too_wide(inner));
    if wide { Err("OUT_OF_RANGE") } else { Ok(value.clone()) }
}

fn too_wide(value: &Value) -> bool {
    matches!(value, Value::Int(digits) if digits.parse::<i64>().is_err())
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Int(_) => true,
        Value::Float(bits) => !f64::from_bits(*bits).is_nan(),
        _ => false,
    }
}

fn stamp(value: &Value) -> Result<Value, Code> {
    match value {
        Value::Null => Ok(zero_float()),
        Value::Int(digits) if digits == "0" => Ok(zero_float()),
        Value::Int(_) if !too_wide(value) => Ok(value.clone()),
        Value::Float(bits) if f64::from_bits(*bits) == 0.0 => Ok(zero_float()),
        Value::Float(bits) if f64::from_bits(*bits).is_finite() => Ok(value.clone()),
        _ => Err("BAD_SCHEMA"),
    }
}

fn list(inner: &Shape, value: &Value) -> Result<Value, Code> {
    let items = value.as_list().ok_or("BAD_SCHEMA")?;
    items.iter().map(|item| shaped(inner, item)).collect::<Result<_, _>>().map(Value::List)
}

fn tags(value: &Value) -> Result<Value, Code> {
    let items = value.as_list().ok_or("BAD_SCHEMA")?;
    let mut tags: Vec<&str> = items.iter().filter_map(Value::as_text).collect();
    if tags.len() != items.len() {
        return Err("BAD_SCHEMA");
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(Value::List(tags.into_iter().map(Value::text).collect()))
}

fn map(inner: &Shape, value: &Value) -> Result<Value, Code> {
    let pairs = value.as_map().ok_or("BAD_SCHEMA")?;
    let mut out = Vec::new();
    for (key, value) in pairs {
        key.as_text().ok_or("BAD_SCHEMA")?;
        out.push((key.clone(), shaped(inner, value)?));
    }
    Ok(Value::Map(out))
}

/// A map of the protocol in canonical order: by the bytes of the key text.
pub fn sorted(value: Value) -> Value {
    match value {
        Value::Map(mut pairs) => {
            pairs.sort_by(|a, b| a.0.as_text().cmp(&b.0.as_text()));
            Value::Map(pairs)
        }
        other => other,
    }
}

fn clocks(value: &Value) -> Result<Value, Code> {
    if *value == Value::Null {
        return Ok(empty_map());
    }
    let mut out = Vec::new();
    for (key, count) in value.as_map().ok_or("BAD_SCHEMA")? {
        key.as_text().ok_or("BAD_SCHEMA")?;
        check_slot(count)?;
        if *count != zero() {
            out.push((key.clone(), count.clone()));
        }
    }
    Ok(sorted(Value::Map(out)))
}

fn check_slot(count: &Value) -> Result<(), Code> {
    match count {
        Value::Int(digits) if digits.starts_with('-') => Err("BAD_SCHEMA"),
        Value::Int(digits) => digits.parse::<u64>().map(drop).map_err(|_| "OUT_OF_RANGE"),
        _ => Err("BAD_SCHEMA"),
    }
}

fn is_hash(words: &str) -> bool {
    words.len() == 64 && words.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A dot whose count is zero says nothing and is none.
fn dot(value: &Value) -> Result<Value, Code> {
    match (value, value.as_list()) {
        (Value::Null, _) => Ok(Value::Null),
        (_, Some([node, count])) if node.as_text().is_some() => {
            check_slot(count)?;
            Ok(if *count == zero() { Value::Null } else { value.clone() })
        }
        _ => Err("BAD_SCHEMA"),
    }
}

fn registers(value: &Value) -> Result<Value, Code> {
    let byte = |n: i128| (0..=255).contains(&n);
    match value {
        Value::Bytes(bytes) => Ok(Value::List(bytes.iter().map(|b| Value::int(*b)).collect())),
        Value::List(items) if items.iter().all(|i| i.as_i128().is_some_and(byte)) => Ok(value.clone()),
        _ => Err("BAD_SCHEMA"),
    }
}

/// Conditions over more than one member.
fn whole(tag: u8, payload: &Value, state: &Value) -> Result<(), Code> {
    let int = |name: &str| state.field(name).and_then(Value::as_i128).unwrap_or(0);
    let length = |name: &str| state.field(name).and_then(Value::as_list).map_or(0, <[Value]>::len) as i128;
    let good = match tag {
        0x30 => length("registers") == 1 << int("precision"),
        0x31 => length("bits") == (int("size") + 7) / 8,
        0x32 => length("table") == int("depth") && rows_are(state, int("width")),
        0x10 => payload.field("type").is_none_or(|word| word.as_text() == Some("delta")),
        0x43 => state
            .field("entries")
            .and_then(Value::as_map)
            .is_none_or(|entries| entries.iter().all(|(key, entry)| entry.field("key") == Some(key))),
        _ => true,
    };
    if good { Ok(()) } else { Err("BAD_SCHEMA") }
}

fn rows_are(state: &Value, width: i128) -> bool {
    let rows = state.field("table").and_then(Value::as_list).unwrap_or(&[]);
    rows.iter().all(|row| row.as_list().is_some_and(|cells| cells.len() as i128 == width))
}

/// Members that are written only when they say something.
fn without_empty(tag: u8, state: Value) -> Value {
    let Value::Map(fields) = state else { return state };
    let says = |(name, value): &(Value, Value)| match (tag, name.as_text(), value) {
        (0x41, Some("dot"), Value::Null) => false,
        (0x45, Some("renames"), Value::List(renames)) => !renames.is_empty(),
        _ => true,
    };
    Value::Map(fields.into_iter().filter(says).collect())
}

/// A canonical payload without what does not count for the equality of two states.
pub fn equality_form(tag: u8, state: &Value) -> Value {
    match tag {
        0x01 => without_zeros(state, "counts"),
        0x02 => map_fields(state, |_, half| without_zeros(half, "counts")),
        0x04 => or_set::equality_form(state),
        0x05 => without_dominated(state),
        0x31 => map_fields(state, |name, value| if name == "count" { Value::Null } else { value.clone() }),
        0x41 => folded(state),
        0x43 => map_fields(
            state,
            |name, value| {
                if matches!(name, "node_id" | "fanout") { Value::Null } else { value.clone() }
            },
        ),
        _ => state.clone(),
    }
}

fn map_fields(state: &Value, change: impl Fn(&str, &Value) -> Value) -> Value {
    let pairs = state.as_map().unwrap_or(&[]);
    Value::Map(pairs.iter().map(|(k, v)| (k.clone(), change(k.as_text().unwrap_or(""), v))).collect())
}

fn retain(map: &Value, keep: impl Fn(&Value, &Value) -> bool) -> Value {
    let pairs = map.as_map().unwrap_or(&[]);
    Value::Map(pairs.iter().filter(|(k, v)| keep(k, v)).cloned().collect())
}

fn without_zeros(state: &Value, slots: &str) -> Value {
    if state.as_map().is_none() {
        return state.clone();
    }
    map_fields(
        state,
        |name, value| {
            if name == slots { retain(value, |_, count| *count != zero()) } else { value.clone() }
        },
    )
}

fn without_dominated(state: &Value) -> Value {
    let registers = state.field("registers").cloned().unwrap_or_else(empty_map);
    map_fields(state, |name, value| match name {
        "tombstones" => retain(value, |key, stamp| {
            let register = key.as_text().and_then(|key| registers.field(key));
            let written = register.and_then(|register| register.field("timestamp"));
            written.is_none_or(|written| !older(stamp, written))
        }),
        _ => value.clone(),
    })
}

/// Whether one stamp is older than another, by exact value.
fn older(a: &Value, b: &Value) -> bool {
    compare_numbers(a, b) == std::cmp::Ordering::Less
}

/// Compares two numbers by exact value, an integer and a double without rounding.
pub fn compare_numbers(a: &Value, b: &Value) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    match (a, b) {
        (Value::Float(x), Value::Float(y)) => {
            f64::from_bits(*x).partial_cmp(&f64::from_bits(*y)).unwrap_or(Ordering::Equal)
        }
        (Value::Int(_), Value::Float(y)) => compare_mixed(a.as_i128().unwrap_or(0), f64::from_bits(*y)),
        (Value::Float(_), Value::Int(_)) => compare_numbers(b, a).reverse(),
        _ => a.as_i128().cmp(&b.as_i128()),
    }
}

fn compare_mixed(whole: i128, double: f64) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    if double.abs() >= 1e30 {
        return if double > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    let floor = double.floor();
    match whole.cmp(&(floor as i128)) {
        Ordering::Equal if double > floor => Ordering::Less,
        order => order,
    }
}

fn folded(state: &Value) -> Value {
    let base = state.field("base").and_then(|base| base.field("clocks")).cloned().unwrap_or_else(empty_map);
    let Some([node, count]) = state.field("dot").and_then(Value::as_list) else { return base };
    let mut pairs = base.as_map().unwrap_or(&[]).to_vec();
    match pairs.iter_mut().find(|(known, _)| known == node) {
        Some(pair) if pair.1.as_i128() < count.as_i128() => pair.1 = count.clone(),
        Some(_) => {}
        None => pairs.push((node.clone(), count.clone())),
    }
    sorted(Value::Map(pairs))
}

/// Text of a map key or set member as the wire sorts sets.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(digits) => digits.clone(),
        Value::Float(bits) => float_text(*bits),
        Value::Text(words) => words.clone(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_counter_is_sorted_and_typed() {
        let loose = Value::map([("counts", Value::map([("b", Value::int(2)), ("a", Value::int(1))]))]);
        let expected = Value::map([
            ("type", Value::text("g_counter")),
            ("counts", Value::map([("a", Value::int(1)), ("b", Value::int(2))])),
        ]);
        assert_eq!(canonical(1, &loose), Ok(expected));
    }

    #[test]
    fn bad_members_are_found() {
        let counter = |count: Value| Value::map([("counts", Value::map([("a", count)]))]);
        for bad in [Value::int(-1), Value::float(1.0), Value::Bool(true), Value::text("1"), Value::Null] {
            assert_eq!(check(1, &counter(bad)), Err("BAD_SCHEMA"));
        }
        assert_eq!(check(1, &counter(Value::int(i64::MAX))), Ok(()));
        assert_eq!(check(2, &Value::map([("pos", empty_map())])), Err("BAD_SCHEMA"));
    }

    #[test]
    fn a_clock_wider_than_a_state_is_out_of_range() {
        let clock = Value::map([("clocks", Value::map([("a", Value::Int("10000000000000000000000000".into()))]))]);
        assert_eq!(check(0x40, &clock), Err("OUT_OF_RANGE"));
    }

    #[test]
    fn integers_and_doubles_compare_exactly() {
        use std::cmp::Ordering::*;
        let big = Value::int((1i64 << 53) + 1);
        assert_eq!(compare_numbers(&big, &Value::float(9007199254740992.0)), Greater);
        assert_eq!(compare_numbers(&Value::int(1), &Value::float(1.0)), Equal);
        assert_eq!(compare_numbers(&Value::int(1), &Value::float(1.5)), Less);
        assert_eq!(compare_numbers(&Value::int(-1), &Value::float(-1.5)), Greater);
    }

    #[test]
    fn equality_ignores_what_rule_17_names() {
        let with = Value::map([("type", Value::text("g_counter")), ("counts", Value::map([("a", zero())]))]);
        let without = Value::map([("type", Value::text("g_counter")), ("counts", empty_map())]);
        assert_eq!(equality_form(1, &with), equality_form(1, &without));
    }
}
