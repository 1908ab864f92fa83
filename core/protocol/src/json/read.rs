//! Reading JSON text: strict grammar plus the literals `NaN`, `Infinity` and `-Infinity`.

use crate::error::{Code, Error, Result};
use crate::value::{Integer, JsonInteger, JsonValue, Map};

/// The value of a JSON text, which must fill the input.
///
/// Of equal member names the last value wins and the first place is kept. Integers keep all their digits. `max_depth` bounds
/// the number of open containers (`TOO_DEEP`); anything that is not JSON is `BAD_JSON`, text that is not UTF-8 `BAD_UTF8`,
/// both with the byte offset.
pub fn parse(input: &[u8], max_depth: usize) -> Result<JsonValue> {
    let start = if input.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut parser = Parser { input, position: start, depth_left: max_depth };
    parser.skip_blanks();
    let value = parser.value()?;
    parser.skip_blanks();
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(parser.fail("text after the JSON value")),
    }
}

struct Parser<'a> {
    input: &'a [u8],
    position: usize,
    depth_left: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.input.get(self.position).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.input.get(self.position..).unwrap_or(&[])
    }

    fn fail(&self, message: &'static str) -> Error {
        Error::at(Code::BadJson, self.position, message)
    }

    fn skip_blanks(&mut self) {
        let blanks = self.rest().iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.position += blanks;
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    fn value(&mut self) -> Result<JsonValue> {
        match self.peek() {
            Some(b'"') => Ok(JsonValue::Text(self.text()?)),
            Some(b'{') => self.nested(Self::map),
            Some(b'[') => self.nested(Self::list),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.literal(),
            None => Err(self.fail("expected a JSON value, found the end")),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<JsonValue>) -> Result<JsonValue> {
        if self.depth_left == 0 {
            return Err(Error::at(Code::TooDeep, self.position, "containers are nested too deeply"));
        }
        self.depth_left -= 1;
        self.position += 1;
        self.skip_blanks();
        let value = read(self);
        self.depth_left += 1;
        value
    }

    fn list(&mut self) -> Result<JsonValue> {
        if self.accept(b']') {
            return Ok(JsonValue::List(Vec::new()));
        }
        // A vector made of one member has room for just that; one that is grown has room for four from the start.
        let mut members = vec![self.value()?];
        while self.another(b']')? {
            members.push(self.value()?);
        }
        Ok(JsonValue::List(members))
    }

    fn map(&mut self) -> Result<JsonValue> {
        if self.accept(b'}') {
            return Ok(JsonValue::Map(Map::new()));
        }
        let mut pairs = vec![self.member()?];
        while self.another(b'}')? {
            pairs.push(self.member()?);
        }
        Ok(JsonValue::Map(Map::from_pairs(pairs)?))
    }

    fn member(&mut self) -> Result<(JsonValue, JsonValue)> {
        if self.peek() != Some(b'"') {
            return Err(self.fail("expected a member name in quotes"));
        }
        let key = JsonValue::Text(self.text()?);
        self.skip_blanks();
        if !self.accept(b':') {
            return Err(self.fail("expected a colon after the member name"));
        }
        self.skip_blanks();
        Ok((key, self.value()?))
    }

    /// After a member: true when a comma promises another one, false at the closing bracket.
    fn another(&mut self, close: u8) -> Result<bool> {
        self.skip_blanks();
        if self.accept(close) {
            return Ok(false);
        }
        if !self.accept(b',') {
            return Err(self.fail("expected a comma or the closing bracket"));
        }
        self.skip_blanks();
        Ok(true)
    }

    fn literal(&mut self) -> Result<JsonValue> {
        const LITERALS: [(&[u8], JsonValue); 5] = [
            (b"null", JsonValue::Null),
            (b"true", JsonValue::Bool(true)),
            (b"false", JsonValue::Bool(false)),
            (b"NaN", JsonValue::Float(f64::NAN)),
            (b"Infinity", JsonValue::Float(f64::INFINITY)),
        ];
        for (text, value) in LITERALS {
            if self.rest().starts_with(text) {
                self.position += text.len();
                return Ok(value);
            }
        }
        Err(self.fail("expected a JSON value"))
    }

    fn number(&mut self) -> Result<JsonValue> {
        if self.rest().starts_with(b"-Infinity") {
            self.position += 9;
            return Ok(JsonValue::Float(f64::NEG_INFINITY));
        }
        let start = self.position;
        self.accept(b'-');
        if !self.accept(b'0') && self.digits() == 0 {
            return Err(self.fail("expected a digit"));
        }
        let is_fraction = self.fraction();
        let is_scientific = self.exponent();
        let text = self.input.get(start..self.position).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
        let value = if is_fraction || is_scientific {
            text.parse().ok().map(JsonValue::Float)
        } else {
            JsonInteger::from_decimal(text).map(JsonValue::Int)
        };
        value.ok_or_else(|| self.fail("expected a number"))
    }

    fn digits(&mut self) -> usize {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.position += count;
        count
    }

    /// Takes `.digits` if it is there complete; otherwise the number ends before it.
    fn fraction(&mut self) -> bool {
        let start = self.position;
        if self.accept(b'.') && self.digits() > 0 {
            return true;
        }
        self.position = start;
        false
    }

    fn exponent(&mut self) -> bool {
        let start = self.position;
        if self.accept(b'e') || self.accept(b'E') {
            let _ = self.accept(b'+') || self.accept(b'-');
            if self.digits() > 0 {
                return true;
            }
        }
        self.position = start;
        false
    }

    fn text(&mut self) -> Result<String> {
        self.position += 1;
        let mut out = String::new();
        loop {
            let plain = self.rest().iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
            out.push_str(self.utf8(plain)?);
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.fail("a control character inside text must be escaped")),
                None => return Err(self.fail("text ends without a closing quote")),
            }
        }
    }

    fn utf8(&mut self, len: usize) -> Result<&'a str> {
        let bytes = self.rest().get(..len).unwrap_or(&[]);
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Error::at(Code::BadUtf8, self.position + error.valid_up_to(), "text is not UTF-8"))?;
        self.position += len;
        Ok(text)
    }

    fn escape(&mut self) -> Result<char> {
        self.position += 1;
        let letter = self.peek();
        self.position += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'u') => return self.unicode_escape(),
            _ => {
                self.position -= 1;
                return Err(self.fail("unknown escape"));
            }
        })
    }

    fn unicode_escape(&mut self) -> Result<char> {
        let first = self.hex_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.fail("lone surrogate"));
        }
        if !self.rest().starts_with(b"\\u") {
            return Err(self.fail("lone surrogate"));
        }
        self.position += 2;
        let second = self.hex_unit()?;
        char::decode_utf16([first, second].map(|unit| unit as u16))
            .next()
            .and_then(std::result::Result::ok)
            .ok_or_else(|| self.fail("lone surrogate"))
    }

    fn hex_unit(&mut self) -> Result<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let unit = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.fail("expected four hexadecimal digits"))?;
        self.position += 4;
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{JsonStyle, to_text};

    fn respelled(text: &str) -> Result<String> {
        to_text(&parse(text.as_bytes(), 8)?, JsonStyle::WIRE)
    }

    #[test]
    fn values_survive_a_round_trip() -> Result<()> {
        for text in [
            "null",
            "[]",
            "{}",
            "-0.0",
            "1e+16",
            "123456789012345678901234567890",
            "[NaN, Infinity, -Infinity]",
            "{\"a\": [1, 1.0, true], \"\\u00e9\\ud83d\\ude00\\\"\\\\\": \"\\n\\u0000\"}",
        ] {
            assert_eq!(respelled(text)?, text);
        }
        assert_eq!(respelled(" {\"a\" : 1,\"b\":2 , \"a\":3}\n")?, "{\"a\": 3, \"b\": 2}");
        assert_eq!(respelled("[-0, 1E2, 1e999, \"\\/\"]")?, "[0, 100.0, Infinity, \"/\"]");
        Ok(())
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_offset() {
        let cases = [
            ("", "0"),
            ("{", "1"),
            ("[1,]", "3"),
            ("[1 2]", "3"),
            ("01", "1"),
            ("1.", "1"),
            ("+1", "0"),
            ("\"\\x\"", "2"),
            ("\"a", "2"),
            ("\"\n\"", "1"),
            ("{a: 1}", "1"),
            ("{\"a\" 1}", "5"),
            ("\"\\ud800\"", "7"),
            ("\"\\ud800\\u0041\"", "13"),
            ("nul", "0"),
            ("1 x", "2"),
        ];
        for (text, offset) in cases {
            let error = parse(text.as_bytes(), 8).unwrap_err();
            assert_eq!((error.code(), error.detail("offset")), (Code::BadJson, Some(offset)), "{text}");
        }
        assert_eq!(parse(b"\"\xc3(\"", 8).unwrap_err().code(), Code::BadUtf8);
    }

    #[test]
    fn depth_counts_open_containers() {
        assert!(parse(b"[[[[[[[[]]]]]]]]", 8).is_ok());
        assert_eq!(parse(b"[[[[[[[[[]]]]]]]]]", 8).unwrap_err().code(), Code::TooDeep);
    }
}
