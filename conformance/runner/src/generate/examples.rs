//! The worked examples of the specification: frames and their ids, read from its text.

use std::fs;
use std::path::Path;

use super::{Maker, to_wire};
use crate::corpus::Topic;
use crate::hex;
use crate::value::Value;
use crate::wire2;

/// Chapters with examples of version-2 frames.
const CHAPTERS: [&str; 4] = ["version-2.md", "sketches.md", "replica.md", "sync.md"];
const START: &str = "435244540002";

pub(super) fn topic(spec: &Path) -> Result<Topic, String> {
    let mut maker = Maker::new("examples", "the worked examples of the specification");
    for chapter in CHAPTERS {
        let path = spec.join(chapter);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        frames(&text).into_iter().try_for_each(|(frame, id)| example(&mut maker, chapter, frame, id))?;
    }
    Ok(maker.topic)
}

fn is_hex(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Lines that are canonical frames, each with the id in the line below it, if one stands there. What follows a
/// line `refused` in a block is none.
fn frames(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    let mut refused = false;
    for (line, next) in text.lines().zip(text.lines().skip(1).chain([""])) {
        refused = !line.starts_with("```") && (refused || line.starts_with("refused"));
        let canonical = line.get(14..16) == Some("00");
        if line.starts_with(START) && is_hex(line) && canonical && !refused {
            found.push((line, Some(next).filter(|id| id.len() == 64 && is_hex(id))));
        }
    }
    found
}

fn example(maker: &mut Maker, chapter: &str, frame: &str, id: Option<&str>) -> Result<(), String> {
    let bytes = hex::decode(frame).ok_or_else(|| format!("{chapter}: {frame} is not hexadecimal"))?;
    let made = wire2::state_id(&bytes).map_err(|code| format!("{chapter}: {frame}: {code}"))?;
    let id = id.unwrap_or(&made);
    let (note, name) = (format!("example of {chapter}, tag {:#04x}", bytes[6]), &id[..16]);
    maker.good(&format!("{name}/id"), &note, "state_id", Value::Bytes(bytes.clone()), Value::text(id));
    maker.good(&format!("{name}/read"), &note, "convert", to_wire(bytes.clone(), 2), Value::Bytes(bytes));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_with_the_ids_below_them() {
        let id = "9".repeat(64);
        let frame = "4352445400020100";
        let text = format!("{frame}\n{id}\n{frame} 01\n{id}\n{frame}00\nrefused: x\n{frame}01\n```\n{frame}02");
        let (second, third) = (format!("{frame}00"), format!("{frame}02"));
        let expected = [(frame, Some(id.as_str())), (second.as_str(), None), (third.as_str(), None)];
        assert_eq!(frames(&text), expected);
    }
}
