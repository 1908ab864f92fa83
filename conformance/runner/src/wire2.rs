//! Frames of version 2 as the runner sees them: header, trailer, what inflating gives, and the id.
//!
//! Bodies are bytes here. What is in them is judged by testees that share no code, see `bless`.

use crate::hex;
use crate::wire::{self, Code};

const HEADER: usize = 12;
/// Bytes of a trailer.
const TRAILER: usize = 16;
/// Flag bit of a compressed body.
pub const ZLIB: u8 = 1;
/// Flag bit of a trailer.
pub const SEALED: u8 = 2;
/// Flag bit of a chunk.
pub const CHUNK: u8 = 4;

/// A frame of version 2 after its trailer was checked and its body inflated.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Type tag.
    pub tag: u8,
    /// Flags as sent.
    pub flags: u8,
    /// The body after inflating.
    pub body: Vec<u8>,
    /// Bytes of the body as sent.
    pub stored: usize,
}

/// Whether the bytes start like a frame of version 2.
pub fn is_frame(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER && bytes.starts_with(b"CRDT\0\x02")
}

/// Reads the frame that fills the bytes. A chunk is refused: it holds no body.
pub fn open(bytes: &[u8]) -> Result<Frame, Code> {
    let (tag, flags, content) = header(bytes)?;
    let content = match flags & SEALED {
        0 => content,
        _ => without_trailer(bytes, content)?,
    };
    if flags & CHUNK != 0 {
        return Err("CHUNK_MISMATCH");
    }
    let body = if flags & ZLIB == 0 { content.to_vec() } else { wire::unzip(content)? };
    Ok(Frame { tag, flags, body, stored: content.len() })
}

/// Checks in the order of the specification, up to "nothing follows".
fn header(bytes: &[u8]) -> Result<(u8, u8, &[u8]), Code> {
    let (head, content) = bytes.split_at_checked(HEADER).ok_or("TOO_SHORT")?;
    let length = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    match (head[6], head[7]) {
        _ if !head.starts_with(b"CRDT") => Err("BAD_MAGIC"),
        _ if head[4..6] != [0, 2] => Err("BAD_VERSION"),
        (_, flags) if flags & !(ZLIB | SEALED | CHUNK) != 0 => Err("BAD_FLAGS"),
        (0 | 0xff, _) => Err("UNKNOWN_TYPE"),
        _ if length == u32::MAX => Err("TOO_LARGE"),
        _ if content.len() < length as usize => Err("TRUNCATED"),
        _ if content.len() > length as usize => Err("TRAILING_BYTES"),
        (tag, flags) => Ok((tag, flags, content)),
    }
}

fn without_trailer<'a>(bytes: &[u8], content: &'a [u8]) -> Result<&'a [u8], Code> {
    let body = content.len().checked_sub(TRAILER).ok_or("TRUNCATED")?;
    match bytes[HEADER + body..] == trailer(&bytes[..HEADER + body]) {
        true => Ok(&content[..body]),
        false => Err("BAD_INTEGRITY"),
    }
}

/// The first half of the SHA-256 of what was sent.
fn trailer(sent: &[u8]) -> Vec<u8> {
    hex::decode(&hex::sha256(sent)[..2 * TRAILER]).unwrap_or_default()
}

/// A frame with these flags; the content is taken as it is, and a trailer follows if the flags say so.
pub fn frame(tag: u8, flags: u8, content: &[u8]) -> Vec<u8> {
    let room = if flags & SEALED == 0 { 0 } else { TRAILER };
    let length = (content.len() + room) as u32;
    let mut out = [b"CRDT\0\x02", &[tag, flags][..], &length.to_be_bytes(), content].concat();
    if room > 0 {
        let trailer = trailer(&out);
        out.extend(trailer);
    }
    out
}

/// The canonical frame of a body.
pub fn canonical(tag: u8, body: &[u8]) -> Vec<u8> {
    frame(tag, 0, body)
}

/// The state id of a frame, if it is one.
pub fn state_id(bytes: &[u8]) -> Result<String, Code> {
    open(bytes).map(|frame| hex::sha256(&canonical(frame.tag, &frame.body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTER: &str = "435244540002010000000014010305616c6963650303626f62ac0202c3a90100";
    const SEALED_COUNTER: &str =
        "435244540002010200000024010305616c6963650303626f62ac0202c3a9010070a24d0f6c40b788eeb976fe6b8f3ea4";

    fn bytes(digits: &str) -> Vec<u8> {
        hex::decode(digits).unwrap()
    }

    #[test]
    fn the_trailer_and_the_id_of_the_worked_example() {
        let plain = open(&bytes(COUNTER)).unwrap();
        assert_eq!(frame(1, SEALED, &plain.body), bytes(SEALED_COUNTER));
        let id = "124f37626f548dbd7e8bfc0b8a03ecee1c3bdaf29b822d1abfb7f785f5e0cde8";
        assert_eq!(state_id(&bytes(COUNTER)), Ok(id.to_string()));
        assert_eq!(state_id(&bytes(SEALED_COUNTER)), Ok(id.to_string()));
    }

    #[test]
    fn faults_are_found_in_their_order() {
        let good = bytes(SEALED_COUNTER);
        let with = |place: usize, byte: u8| {
            let mut frame = good.clone();
            frame[place] = byte;
            open(&frame).unwrap_err()
        };
        assert_eq!(open(&good[..11]), Err("TOO_SHORT"));
        assert_eq!((with(0, 0), with(5, 3), with(7, 8)), ("BAD_MAGIC", "BAD_VERSION", "BAD_FLAGS"));
        assert_eq!((with(6, 0), with(11, 0x25), with(11, 0x23)), ("UNKNOWN_TYPE", "TRUNCATED", "TRAILING_BYTES"));
        assert_eq!((with(20, 1), with(47, 0)), ("BAD_INTEGRITY", "BAD_INTEGRITY"));
        assert_eq!(open(&frame(1, CHUNK, &[0; 20])), Err("CHUNK_MISMATCH"));
    }
}
