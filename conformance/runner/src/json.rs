//! JSON as the corpus needs it: numbers stay text, members keep their order.
//!
//! Ordinary JSON libraries round numbers to a double or a 64-bit integer, which would hide exactly the
//! differences this corpus is about. This reader keeps the digits as they were written, keeps integers
//! and floats apart by their spelling, and refuses a member given twice.

use std::fmt::{self, Write as _};

/// Open arrays and objects allowed at once.
const MAX_DEPTH: usize = 4096;

/// A JSON document whose numbers are still text.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// The digits of a number as written, or `NaN`, `Infinity`, `-Infinity`.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    Array(Vec<Json>),
    /// Members in the order of the document.
    Object(Vec<(String, Json)>),
}

/// Why a document could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// The text is no JSON.
    Syntax,
    /// More containers are open than the reader was told to accept.
    TooDeep,
}

/// A fault and the byte where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub fault: JsonFault,
    /// Byte offset from the start of the text.
    pub offset: usize,
    /// What was expected there.
    pub message: &'static str,
}

impl fmt::Display for JsonError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at byte {}", self.message, self.offset)
    }
}

impl std::error::Error for JsonError {}

/// What a reader does when an object names a member twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// Refuse the document.
    Refuse,
    /// The last value wins and the first position is kept.
    LastWins,
}

impl Json {
    /// Reads one document that fills `text`. A member given twice is refused.
    pub fn parse(text: &str) -> Result<Json, JsonError> {
        Json::parse_with(text, Duplicates::Refuse, MAX_DEPTH)
    }

    /// Reads one document with the given rule for duplicates and at most `depth` open containers.
    pub fn parse_with(text: &str, duplicates: Duplicates, depth: usize) -> Result<Json, JsonError> {
        let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, duplicates, max_depth: depth };
        reader.blank();
        let value = reader.value(0)?;
        reader.blank();
        match reader.peek() {
            None => Ok(value),
            Some(_) => Err(reader.fail("the end of the text was expected")),
        }
    }

    /// The member of an object, if this is an object that has it.
    pub fn member(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&[(String, Json)]> {
        match self {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number as a `usize`, if this is a whole number that fits.
    pub fn as_usize(&self) -> Option<usize> {
        match self {
            Json::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The document on one line, separated by `, ` and `: `.
    pub fn to_line(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Json::Number(digits) => out.push_str(digits),
            Json::Text(text) => write_text(text, out),
            Json::Array(items) => write_items(items, out),
            Json::Object(members) => write_members(members, out),
        }
    }
}

/// A number of the document `{}` style: shorthand for building documents.
pub fn number(value: impl fmt::Display) -> Json {
    Json::Number(value.to_string())
}

/// Text as a document.
pub fn text(value: impl Into<String>) -> Json {
    Json::Text(value.into())
}

/// An object from name and value pairs.
pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(n, v)| (n.to_string(), v)).collect())
}

fn write_items(items: &[Json], out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        item.write(out);
    }
    out.push(']');
}

fn write_members(members: &[(String, Json)], out: &mut String) {
    out.push('{');
    for (index, (name, value)) in members.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_text(name, out);
        out.push_str(": ");
        value.write(out);
    }
    out.push('}');
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if escapes(c) => write_escape(c, out),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Invisible characters are escaped so that a corpus file shows what it holds.
fn escapes(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}' | '\u{a0}')
}

fn write_escape(c: char, out: &mut String) {
    let mut units = [0u16; 2];
    for unit in c.encode_utf16(&mut units) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    duplicates: Duplicates,
    max_depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fail(&self, message: &'static str) -> JsonError {
        JsonError { fault: JsonFault::Syntax, offset: self.at, message }
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(self.fail("a value was expected"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        match self.peek() {
            Some(b'n') => self.word("null", Json::Null),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'N') => self.word("NaN", number("NaN")),
            Some(b'I') => self.word("Infinity", number("Infinity")),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'[') => self.array(self.deeper(depth)?),
            Some(b'{') => self.object(self.deeper(depth)?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.fail("a value was expected")),
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        if depth < self.max_depth {
            return Ok(depth + 1);
        }
        Err(JsonError { fault: JsonFault::TooDeep, offset: self.at, message: "too many open containers" })
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut items = Vec::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::Array(items));
        }
        loop {
            self.blank();
            items.push(self.value(depth)?);
            if !self.more(b']')? {
                return Ok(Json::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut members = Vec::new();
        let mut index = std::collections::HashMap::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            self.blank();
            let name = self.string()?;
            self.blank();
            if self.peek() != Some(b':') {
                return Err(self.fail("a colon was expected"));
            }
            self.at += 1;
            self.blank();
            let value = self.value(depth)?;
            self.add(&mut members, &mut index, name, value)?;
            if !self.more(b'}')? {
                return Ok(Json::Object(members));
            }
        }
    }

    fn add(
        &self,
        members: &mut Vec<(String, Json)>,
        index: &mut std::collections::HashMap<String, usize>,
        name: String,
        value: Json,
    ) -> Result<(), JsonError> {
        match index.get(&name) {
            Some(_) if self.duplicates == Duplicates::Refuse => Err(self.fail("the same member was given before")),
            Some(&position) => {
                members[position].1 = value;
                Ok(())
            }
            None => {
                index.insert(name.clone(), members.len());
                members.push((name, value));
                Ok(())
            }
        }
    }

    /// Steps over a comma (true) or the closing byte (false).
    fn more(&mut self, close: u8) -> Result<bool, JsonError> {
        self.blank();
        let next = self.peek();
        self.at += 1;
        match next {
            Some(b',') => Ok(true),
            Some(byte) if byte == close => Ok(false),
            _ => {
                self.at -= 1;
                Err(self.fail("a comma or the end of the container was expected"))
            }
        }
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
            if self.peek() == Some(b'I') {
                return self.word("Infinity", number("-Infinity"));
            }
        }
        let whole = self.at;
        self.digits()?;
        if self.bytes[whole] == b'0' && self.at > whole + 1 {
            return Err(self.fail("a number does not start with 0"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(number(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.fail("a digit was expected"));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.fail("text was expected"));
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.fail("the end of the text was expected")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let kind = self.peek();
        self.at += 1;
        match kind {
            Some(b'"') => Ok('"'),
            Some(b'\\') => Ok('\\'),
            Some(b'/') => Ok('/'),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.unicode(),
            _ => Err(self.fail("an escape was expected")),
        }
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let high = self.unit()?;
        let mut units = vec![high];
        if (0xd800..0xdc00).contains(&high) && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            units.push(self.unit()?);
        }
        let mut decoded = char::decode_utf16(units);
        match (decoded.next(), decoded.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.fail("a surrogate stands alone")),
        }
    }

    fn unit(&mut self) -> Result<u16, JsonError> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or("");
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(self.fail("four hexadecimal digits were expected"));
        }
        let unit = u16::from_str_radix(digits, 16).map_err(|_| self.fail("four hexadecimal digits were expected"))?;
        self.at += 4;
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_spelling() {
        let read = Json::parse(r#"[5, 5.0, 5e0, 10000000000000000000000000, -0.0]"#).unwrap();
        assert_eq!(read.to_line(), "[5, 5.0, 5e0, 10000000000000000000000000, -0.0]");
    }

    #[test]
    fn a_member_given_twice_is_refused_or_the_last_wins() {
        let twice = r#"{"a": 1, "b": 2, "a": 3}"#;
        assert!(Json::parse(twice).is_err());
        let last = Json::parse_with(twice, Duplicates::LastWins, 8).unwrap();
        assert_eq!(last.to_line(), r#"{"a": 3, "b": 2}"#);
    }

    #[test]
    fn faults_are_found() {
        for bad in ["", "[", "[1,]", "{\"a\"}", "01", "1.", "\"\\ud800\"", "\"\u{1}\"", "nul", "[1] 2", "\"\\u+123\""] {
            assert!(Json::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn depth_is_counted_in_open_containers() {
        assert!(Json::parse_with("[[1]]", Duplicates::Refuse, 2).is_ok());
        let error = Json::parse_with("[[[1]]]", Duplicates::Refuse, 2).unwrap_err();
        assert_eq!(error.fault, JsonFault::TooDeep);
    }

    #[test]
    fn escapes_survive_a_round_trip() {
        let read = Json::parse(r#""\ud83d\ude00 \u00a0 \u0000 \\ \" é""#).unwrap();
        assert_eq!(Json::parse(&read.to_line()).unwrap(), read);
    }
}
