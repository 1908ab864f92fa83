//! Values as a tree for people.

use crdt_merge::text::float_text;
use crdt_merge::value::{Integer, Node};

use crate::paint::{Paint, printable};

/// How much of a tree is shown.
#[derive(Clone, Copy)]
pub struct Extent {
    /// Most characters of one text, and twice the bytes.
    text: usize,
    /// Most members of one list, map or set.
    members: usize,
}

impl Extent {
    /// Enough to recognise things by.
    pub const SHORT: Extent = Extent { text: 200, members: 100 };
    /// Everything.
    pub const FULL: Extent = Extent { text: usize::MAX, members: usize::MAX };
}

/// Draws values below each other, two spaces deeper per level.
pub struct Tree {
    out: String,
    extent: Extent,
    paint: Paint,
}

impl Tree {
    /// The lines of a value, the first one at `level`.
    pub fn draw<I: Integer>(name: &str, value: &Node<I>, level: usize, extent: Extent, paint: Paint) -> String {
        let mut tree = Tree { out: String::new(), extent, paint };
        tree.member(name, value, level);
        tree.out
    }

    /// `name: value`, or `name:` and the parts below it.
    fn member<I: Integer>(&mut self, name: &str, value: &Node<I>, level: usize) {
        self.out.extend(std::iter::repeat_n("  ", level));
        self.out += &self.paint.key(name);
        match inline(value, self.extent) {
            Some(text) => self.out += &format!(" {text}\n"),
            None => {
                self.out.push('\n');
                self.parts(value, level + 1);
            }
        }
    }

    fn parts<I: Integer>(&mut self, value: &Node<I>, level: usize) {
        let extent = self.extent;
        match value {
            Node::List(list) => self.all(list.iter().map(|member| ("-".to_owned(), member)), list.len(), level),
            Node::Set(set) => self.all(set.iter().map(|member| ("*".to_owned(), member)), set.len(), level),
            Node::Map(map) => {
                self.all(map.iter().map(|(key, member)| (key_text(key, extent), member)), map.len(), level)
            }
            _ => {}
        }
    }

    fn all<'a, I: Integer + 'a>(
        &mut self,
        members: impl Iterator<Item = (String, &'a Node<I>)>,
        count: usize,
        level: usize,
    ) {
        let limit = self.extent.members;
        for (name, member) in members.take(limit) {
            self.member(&name, member, level);
        }
        if count > limit {
            self.out.extend(std::iter::repeat_n("  ", level));
            self.out += &format!("… {} more\n", count - limit);
        }
    }
}

fn key_text<I: Integer>(key: &Node<I>, extent: Extent) -> String {
    let is_word = |text: &str| {
        !text.is_empty() && text.chars().all(|character| character.is_alphanumeric() || "_-.~#".contains(character))
    };
    match key {
        Node::Text(text) if is_word(text) && !text.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("{text}:")
        }
        other => format!("{}:", scalar(other, extent)),
    }
}

/// The value on one line, if it has no parts to be shown.
fn inline<I: Integer>(value: &Node<I>, extent: Extent) -> Option<String> {
    match value {
        Node::List(list) if list.is_empty() => Some("[]".to_owned()),
        Node::Map(map) if map.is_empty() => Some("{}".to_owned()),
        Node::Set(set) if set.is_empty() => Some("{} (set)".to_owned()),
        Node::List(_) | Node::Map(_) | Node::Set(_) => None,
        other => Some(scalar(other, extent)),
    }
}

/// A scalar on one line: text in quotes, floats with a point, bytes as hexadecimal digits.
pub fn scalar<I: Integer>(value: &Node<I>, extent: Extent) -> String {
    match value {
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Int(integer) => integer.to_string(),
        Node::Float(float) => float_text(*float),
        Node::Text(text) => quoted(text, extent),
        Node::Bytes(bytes) => hexadecimal(bytes, extent),
        Node::List(list) => format!("a list of {}", list.len()),
        Node::Map(map) => format!("a map of {}", map.len()),
        Node::Set(set) => format!("a set of {}", set.len()),
    }
}

fn quoted(text: &str, extent: Extent) -> String {
    let escaped = |text: &str| printable(&text.replace('\\', "\\\\").replace('"', "\\\"")).into_owned();
    match text.char_indices().nth(extent.text) {
        Some((cut, _)) => format!("\"{}…\" ({} bytes)", escaped(text.get(..cut).unwrap_or(text)), text.len()),
        None => format!("\"{}\"", escaped(text)),
    }
}

fn hexadecimal(bytes: &[u8], extent: Extent) -> String {
    match bytes.get(..extent.text / 2) {
        Some(start) if start.len() < bytes.len() => format!("0x{}… ({} bytes)", crate::json::hex(start), bytes.len()),
        _ => format!("0x{}", crate::json::hex(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use crdt_merge::Value;
    use crdt_merge::value::Map;

    use super::*;

    fn draw(value: &Value, extent: Extent) -> String {
        Tree::draw("payload:", value, 0, extent, Paint::plain())
    }

    #[test]
    fn containers_nest_and_scalars_show_their_kind() -> crdt_merge::Result<()> {
        let inner = Value::List(vec![Value::Int(1), Value::Float(1.0), Value::from("1"), Value::List(vec![])]);
        let map = Map::from_pairs(vec![
            (Value::from("a"), inner),
            (Value::Int(2), Value::Null),
            (Value::from("3"), Value::Bytes(vec![10])),
        ])?;
        assert_eq!(
            draw(&map.into(), Extent::SHORT),
            "payload:\n  a:\n    - 1\n    - 1.0\n    - \"1\"\n    - []\n  2: null\n  \"3\": 0x0a\n"
        );
        Ok(())
    }

    #[test]
    fn long_things_are_cut_and_hostile_text_is_escaped() {
        let extent = Extent { text: 4, members: 2 };
        assert_eq!(draw(&Value::from("日本日本日"), extent), "payload: \"日本日本…\" (15 bytes)\n");
        assert_eq!(draw(&Value::Bytes(vec![1, 2, 3]), extent), "payload: 0x0102… (3 bytes)\n");
        assert_eq!(draw(&Value::List(vec![Value::Null; 3]), extent), "payload:\n  - null\n  - null\n  … 1 more\n");
        assert_eq!(draw(&Value::from("\u{1b}[1m\"\\"), Extent::FULL), "payload: \"\\u{1b}[1m\\\"\\\\\"\n");
    }
}
