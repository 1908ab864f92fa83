//! Rust items of the registries: `core/protocol/src/generated.rs`.

use super::registry::{ErrorCode, Limit, Payload, Registry, Role, Tag};

const HEADER: &str = "\
//! Registries of the protocol as Rust items.
//!
//! Generated from `spec/*.toml` by `cargo xtask codegen`; edit the tables, not this file.
";

/// The whole file, before rustfmt.
pub fn render(registry: &Registry) -> String {
    let mut out = String::from(HEADER);
    out.push_str(&code_enum(registry));
    out.push_str(&code_methods(registry));
    out.push_str(&family_enum(registry));
    out.push_str(&tag_enum(registry));
    out.push_str(PAYLOAD_FORM);
    out.push_str(&tag_methods(registry));
    out.push_str(&value_tags(registry));
    out.push_str(&limits(registry));
    out
}

/// `g_counter` and `TOO_SHORT` in the form of Rust variants.
pub fn camel(name: &str) -> String {
    name.split('_').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters.map(|c| c.to_ascii_lowercase())).collect()
}

fn code_enum(registry: &Registry) -> String {
    let variants =
        lines(&registry.errors, |e| format!("/// `{}`: {}\n{},", e.code, lower_first(&e.meaning), camel(&e.code)));
    format!(
        "\n/// Stable error code. The text form ([`Code::as_str`]) is the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {{ {variants} }}\n"
    )
}

fn code_methods(registry: &Registry) -> String {
    let all = lines(&registry.errors, |e| format!("Code::{},", camel(&e.code)));
    let meanings = lines(&registry.errors, |e| format!("Code::{} => {:?},", camel(&e.code), e.meaning));
    let remedies = lines(&registry.errors, |e| format!("Code::{} => {:?},", camel(&e.code), e.remedy));
    let texts = lines(&registry.errors, |e| format!("Code::{} => \"{}\",", camel(&e.code), e.code));
    let families = lines(&registry.families, |f| {
        let members: Vec<_> = registry.errors.iter().filter(|e| e.family == f.name).collect();
        format!("{} => Family::{},", either(&members, code_path), camel(&f.name))
    });
    format!(
        "\nimpl Code {{
    /// Every code, in registry order.
    pub const ALL: &'static [Code] = &[{all}];

    /// The code as upper-case text with underscores.
    pub const fn as_str(self) -> &'static str {{ match self {{ {texts} }} }}

    /// What it says, in one sentence.
    pub const fn meaning(self) -> &'static str {{ match self {{ {meanings} }} }}

    /// What whoever meets it can do.
    pub const fn remedy(self) -> &'static str {{ match self {{ {remedies} }} }}

    /// The family the code belongs to.
    pub const fn family(self) -> Family {{ match self {{ {families} }} }}
}}\n"
    )
}

fn family_enum(registry: &Registry) -> String {
    let variants = lines(&registry.families, |f| format!("/// {}\n{},", f.meaning, camel(&f.name)));
    let names = lines(&registry.families, |f| format!("Family::{} => \"{}\",", camel(&f.name), f.name));
    format!(
        "\n/// Group of error codes; Python has one exception class for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {{ {variants} }}

impl Family {{
    /// The name in lower case with underscores.
    pub const fn name(self) -> &'static str {{ match self {{ {names} }} }}
}}\n"
    )
}

fn tag_enum(registry: &Registry) -> String {
    let variants = lines(&registry.tags, |t| {
        format!("/// `{}`: {}\n{} = {:#04x},", t.name, lower_first(&t.meaning), camel(&t.name), t.tag)
    });
    format!(
        "\n/// Frame type tag of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Tag {{ {variants} }}\n"
    )
}

const PAYLOAD_FORM: &str = "
/// How version 1 writes the payload of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadForm {
    /// Compact values.
    Compact,
    /// JSON text (MessagePack is read as well).
    Json,
    /// Version 1 has no frames of this kind.
    None,
}
";

fn tag_methods(registry: &Registry) -> String {
    let tags = &registry.tags;
    let all = lines(tags, |t| format!("{},", tag_path(t)));
    let from_byte = lines(tags, |t| format!("{:#04x} => {},", t.tag, tag_path(t)));
    let names = lines(tags, |t| format!("{} => \"{}\",", tag_path(t), t.name));
    let first = lines(&tags.iter().filter(|t| t.since == 1).collect::<Vec<_>>(), |t| format!("{},", tag_path(t)));
    let form = |payload| either(&tags.iter().filter(|t| t.payload == payload).collect::<Vec<_>>(), tag_path);
    let (compact, json, none) = (form(Payload::Compact), form(Payload::Json), form(Payload::None));
    let joins = split(tags, |t| t.role == Role::State);
    format!(
        "\nimpl Tag {{
    /// Every tag, ascending.
    pub const ALL: &'static [Tag] = &[{all}];

    /// The tags of version 1, ascending.
    pub const V1: &'static [Tag] = &[{first}];

    /// The tag with this number, if a kind has it.
    pub const fn from_byte(byte: u8) -> Option<Tag> {{
        Some(match byte {{ {from_byte} _ => return None, }})
    }}

    /// Whether version 1 has frames of this kind.
    pub const fn is_in_v1(self) -> bool {{
        !matches!(self.form(), PayloadForm::None)
    }}

    /// The number on the wire.
    pub const fn byte(self) -> u8 {{ self as u8 }}

    /// The name that `peek` reports.
    pub const fn name(self) -> &'static str {{ match self {{ {names} }} }}

    /// How version 1 writes the payload.
    pub const fn form(self) -> PayloadForm {{
        match self {{
            {compact} => PayloadForm::Compact,
            {json} => PayloadForm::Json,
            {none} => PayloadForm::None,
        }}
    }}

    /// Whether frames of this kind hold states, which have a join; the others are relayed, never merged.
    pub const fn is_join(self) -> bool {{
        match self {{ {} => true, {} => false, }}
    }}
}}\n",
        joins.0, joins.1,
    )
}

fn value_tags(registry: &Registry) -> String {
    let constants = lines(&registry.values, |v| {
        let name = v.name.to_uppercase();
        format!("/// Tag of {}; {} follows.\npub const {name}: u8 = {:#04x};", v.name, v.body, v.tag)
    });
    format!("\n/// Value tags of the compact encoding (version 1).\npub mod value_tag {{ {constants} }}\n")
}

fn limits(registry: &Registry) -> String {
    let constants = lines(&registry.limits, limit);
    format!(
        "\n/// Default limits; those a caller may set are members of [`crate::wire::Limits`].
pub mod limit {{ {constants} }}\n"
    )
}

fn limit(limit: &Limit) -> String {
    format!(
        "/// {}\npub const {}: {} = {};",
        limit.meaning,
        limit.name.to_uppercase(),
        limit.rust_type,
        grouped(limit.value)
    )
}

/// Digits in groups of three, from 65,536 on; small numbers read better whole.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

fn lines<T>(rows: &[T], render: impl Fn(&T) -> String) -> String {
    rows.iter().map(|row| render(row) + "\n").collect()
}

fn either<T>(rows: &[&T], path: impl Fn(&T) -> String) -> String {
    rows.iter().map(|row| path(row)).collect::<Vec<_>>().join(" | ")
}

fn split(tags: &[Tag], choose: impl Fn(&Tag) -> bool) -> (String, String) {
    let (yes, no): (Vec<_>, Vec<_>) = tags.iter().partition(|t| choose(t));
    (either(&yes, tag_path), either(&no, tag_path))
}

fn code_path(error: &ErrorCode) -> String {
    format!("Code::{}", camel(&error.code))
}

fn tag_path(tag: &Tag) -> String {
    format!("Tag::{}", camel(&tag.name))
}

/// A sentence as the second half of one: `Text that …` becomes `text that …`; names keep their case.
fn lower_first(sentence: &str) -> String {
    let first_word = sentence.split_whitespace().next().unwrap_or_default();
    let is_name = first_word.chars().skip(1).any(|c| c.is_ascii_uppercase());
    if is_name || first_word == "Bloom" || first_word == "Merkle" {
        return sentence.to_owned();
    }
    let mut letters = sentence.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}
