//! Chunks: cutting, orders, repeats, and streams that do not fit together.

use super::bytes::{frame, hex, stored_stream, varint};
use super::{Maker, list};
use crate::corpus::Topic;
use crate::value::Value;
use crate::wire2::{self, CHUNK, SEALED, ZLIB};

/// A counter of four slots, 29 bytes.
const BODY: &str = "01 04 05616c696365 03 03626f62 ac02 056361726f6c 07 0464617665 09 00";

pub(super) fn topic() -> Topic {
    let mut maker = Maker::new("chunks", "frames cut into chunks and put together again");
    cutting(&mut maker);
    orders(&mut maker);
    spellings(&mut maker);
    mismatches(&mut maker);
    prefixes(&mut maker);
    maker.topic
}

/// What stands in a chunk beside its slice.
#[derive(Clone)]
struct Prefix {
    stream: Vec<u8>,
    index: u64,
    /// Total length and state id, in the last chunk.
    end: Option<(u64, Vec<u8>)>,
}

impl Prefix {
    fn bytes(&self) -> Vec<u8> {
        let mut out = [self.stream.clone(), varint(self.index), vec![u8::from(self.end.is_some())]].concat();
        if let Some((total, id)) = &self.end {
            out.extend([varint(*total), id.clone()].concat());
        }
        out
    }

    fn chunk(&self, slice: &[u8]) -> Vec<u8> {
        wire2::frame(1, CHUNK, &[&self.bytes(), slice].concat())
    }
}

/// The chunks of the counter, as prefixes and slices.
fn cut(body: &[u8], size: usize) -> Vec<(Prefix, Vec<u8>)> {
    let id = hex(&wire2::state_id(&wire2::canonical(1, body)).unwrap_or_default());
    let last = body.len().div_ceil(size) - 1;
    let end = |index: usize| (index == last).then(|| (body.len() as u64, id.clone()));
    let prefix = |index: usize| Prefix { stream: id[..16].to_vec(), index: index as u64, end: end(index) };
    body.chunks(size).enumerate().map(|(index, slice)| (prefix(index), slice.to_vec())).collect()
}

fn chunks(parts: &[(Prefix, Vec<u8>)]) -> Vec<Vec<u8>> {
    parts.iter().map(|(prefix, slice)| prefix.chunk(slice)).collect()
}

fn cutting(maker: &mut Maker) {
    let body = hex(BODY);
    let whole = wire2::canonical(1, &body);
    let asked = |frame: Vec<u8>, slice: i64| Value::map([("frame", Value::Bytes(frame)), ("slice", Value::int(slice))]);
    for size in [1, 4, 8, 28, 29, 30, 1000] {
        let note = format!("slices of {size}");
        let expected = list(&chunks(&cut(&body, size)));
        maker.good(&format!("cut/{size}"), &note, "chunk", asked(whole.clone(), size as i64), expected);
    }
    let sealed = wire2::frame(1, SEALED | ZLIB, &stored_stream(&body));
    let expected = list(&chunks(&cut(&body, 8)));
    maker.good(
        "cut/sealed",
        "a compressed frame with a trailer is cut as its body",
        "chunk",
        asked(sealed, 8),
        expected,
    );
    maker.bad("slices of 0", "chunk", asked(whole.clone(), 0), "BAD_ARGUMENT");
    maker.bad("slices of more than 64 MiB", "chunk", asked(whole.clone(), (64 << 20) + 1), "BAD_ARGUMENT");
    maker.bad("cutting a chunk", "chunk", asked(cut(&body, 8)[0].0.chunk(&body[..8]), 4), "CHUNK_MISMATCH");
    maker.bad("cutting a body with a fault", "chunk", asked(frame(1, "01 01 0161 00 00"), 4), "NOT_CANONICAL");
}

fn assembled(maker: &mut Maker, name: &str, note: &str, chunks: &[Vec<u8>]) {
    let whole = wire2::canonical(1, &hex(BODY));
    maker.good(&format!("whole/{name}"), note, "assemble", list(chunks), Value::Bytes(whole));
}

fn orders(maker: &mut Maker) {
    let parts = chunks(&cut(&hex(BODY), 8));
    let picked = |order: &[usize]| order.iter().map(|index| parts[*index].clone()).collect::<Vec<_>>();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let name = order.map(|index| index.to_string()).join("-");
        assembled(maker, &name, "any order", &picked(&order));
    }
    assembled(maker, "repeats", "chunks that come twice", &picked(&[0, 0, 3, 1, 3, 1, 0, 2]));
    assembled(maker, "one", "one chunk", &chunks(&cut(&hex(BODY), 29)));
    for order in [&[0, 1, 2][..], &[0, 1, 3], &[1, 2, 3], &[3], &[0]] {
        let name = order.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        maker.bad(&format!("chunks {name} of four"), "assemble", list(&picked(order)), "CHUNK_MISMATCH");
    }
    maker.bad("no chunks", "assemble", list(&[]), "CHUNK_MISMATCH");
}

/// Other ways to send the same stream.
fn spellings(maker: &mut Maker) {
    let parts = cut(&hex(BODY), 8);
    let sent = |flags: u8| -> Vec<Vec<u8>> {
        let content = |slice: &[u8]| if flags & ZLIB == 0 { slice.to_vec() } else { stored_stream(slice) };
        let one = |(prefix, slice): &(Prefix, Vec<u8>)| {
            wire2::frame(1, CHUNK | flags, &[prefix.bytes(), content(slice)].concat())
        };
        parts.iter().map(one).collect()
    };
    assembled(maker, "trailers", "every chunk has a trailer", &sent(SEALED));
    assembled(maker, "compressed", "every slice is compressed", &sent(ZLIB));
    assembled(maker, "both", "compressed slices and trailers", &sent(ZLIB | SEALED));
    let mixed: Vec<Vec<u8>> = (0..4).map(|i| sent([0, ZLIB, SEALED, ZLIB | SEALED][i])[i].clone()).collect();
    assembled(maker, "mixed", "every chunk as it likes", &mixed);
    let named =
        |stream: u8| parts.iter().map(|(p, s)| Prefix { stream: vec![stream; 16], ..p.clone() }.chunk(s)).collect();
    let random: Vec<Vec<u8>> = named(0x5a);
    assembled(maker, "random", "a stream with a random name", &random);
    let mut broken = sent(SEALED);
    broken[1][30] ^= 1;
    maker.bad("a trailer of a chunk that does not fit", "assemble", list(&broken), "BAD_INTEGRITY");
    let mut junk = sent(0);
    junk[2] = wire2::frame(1, CHUNK | ZLIB, &[parts[2].0.bytes(), b"junk".to_vec()].concat());
    maker.bad("a slice that is no zlib stream", "assemble", list(&junk), "BAD_ZLIB");
    maker.bad(
        "a whole frame in place of a chunk",
        "assemble",
        list(&[wire2::canonical(1, &hex(BODY))]),
        "CHUNK_MISMATCH",
    );
    maker.bad("a chunk as a state", "state_id", Value::Bytes(sent(0)[0].clone()), "CHUNK_MISMATCH");
    maker.bad("a sealed chunk as a state", "state_id", Value::Bytes(sent(SEALED)[3].clone()), "CHUNK_MISMATCH");
    let first = hex(
        "435244540001010000000034 0800000002 0500000004 74797065 0500000009 675f636f756e746572 0500000006 636f756e7473 0800000001 0500000001 61 0901",
    );
    maker.bad("a frame of version 1 in place of a chunk", "assemble", list(&[first]), "CHUNK_MISMATCH");
}

/// Streams that do not fit together; only the fault differs from the whole one.
fn mismatches(maker: &mut Maker) {
    let good = cut(&hex(BODY), 8);
    let changed = |index: usize, change: &dyn Fn(&mut Prefix, &mut Vec<u8>)| {
        let mut parts = good.clone();
        let (prefix, slice) = &mut parts[index];
        change(prefix, slice);
        parts
    };
    let mut refuse = |note: &str, parts: &[(Prefix, Vec<u8>)]| {
        maker.bad(note, "assemble", list(&chunks(parts)), "CHUNK_MISMATCH");
    };
    refuse("another stream", &changed(1, &|prefix, _| prefix.stream[0] ^= 1));
    refuse("another total", &changed(3, &|prefix, _| prefix.end = prefix.end.take().map(|(n, id)| (n + 1, id))));
    refuse(
        "a total that is too small",
        &changed(3, &|prefix, _| prefix.end = prefix.end.take().map(|(n, id)| (n - 1, id))),
    );
    refuse("another id", &changed(3, &|prefix, _| prefix.end = prefix.end.take().map(|(n, id)| (n, vec![id[0]; 32]))));
    refuse("a changed slice", &changed(2, &|_, slice| slice[0] ^= 1));
    refuse("a changed last slice", &changed(3, &|_, slice| slice[0] ^= 1));
    refuse("a shorter slice in the middle", &changed(1, &|_, slice| slice.truncate(7)));
    refuse("a longer slice in the middle", &changed(1, &|_, slice| slice.push(0)));
    refuse("a last slice longer than the others", &changed(3, &|_, slice| slice.resize(9, 0)));
    refuse("an empty slice in the middle", &changed(1, &|_, slice| slice.clear()));
    refuse("an index beyond the last", &changed(2, &|prefix, _| prefix.index = 4));
    let twice = [&good[..1], &changed(0, &|_, slice| slice[0] ^= 1)[..1], &good[1..]].concat();
    refuse("one index with two contents", &twice);
    let two =
        [&changed(2, &|prefix, _| prefix.end = good[3].0.end.clone().map(|(n, id)| (n - 5, id)))[2..3], &good[3..]];
    refuse("two different last chunks", &two.concat());
    let mut tags = chunks(&good);
    tags[1][6] = 2;
    maker.bad("another tag in the stream", "assemble", list(&tags), "CHUNK_MISMATCH");
    let faulty = hex("01 01 0161 00 00");
    maker.bad("a whole stream of a body with a fault", "assemble", list(&chunks(&cut(&faulty, 2))), "NOT_CANONICAL");
}

/// Faults of the bytes in front of a slice.
fn prefixes(maker: &mut Maker) {
    let (prefix, slice) = cut(&hex(BODY), 8).remove(3);
    let good = [prefix.bytes(), slice].concat();
    let mut refuse = |note: &str, content: &[u8], code: &str| {
        maker.bad(note, "assemble", list(&[wire2::frame(1, CHUNK, content)]), code);
    };
    refuse("an empty chunk", &[], "TRUNCATED");
    refuse("half a stream name", &good[..8], "TRUNCATED");
    refuse("no index", &good[..16], "TRUNCATED");
    refuse("an index that ends early", &[&good[..16], &[0x80]].concat(), "TRUNCATED");
    refuse("a long varint as index", &[&good[..16], &[0x83, 0x00], &good[17..]].concat(), "NOT_CANONICAL");
    refuse("an index beyond 64 bits", &[&good[..16], &[0xff; 9], &[0x02], &good[17..]].concat(), "OUT_OF_RANGE");
    refuse("nothing behind the index", &good[..17], "TRUNCATED");
    refuse("a last mark of 2", &[&good[..17], &[2], &good[18..]].concat(), "NOT_CANONICAL");
    refuse("no total", &good[..18], "TRUNCATED");
    refuse("a long varint as total", &[&good[..18], &[0x9d, 0x00], &good[19..]].concat(), "NOT_CANONICAL");
    refuse("half a state id", &good[..19 + 16], "TRUNCATED");
    let mut flagged = wire2::frame(1, CHUNK, &good);
    flagged[7] |= 8;
    maker.bad("a reserved flag", "assemble", list(&[flagged]), "BAD_FLAGS");
}
