//! The readers of bodies: what they accept is what the writers write.
#![no_main]

use crdt_merge_fuzz::laws::STRICT;
use crdt_merge_protocol::value::canonical_bytes;
use crdt_merge_protocol::wire::body::{BodyReader, push_context, push_dots, push_time, push_varint, push_zigzag};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let reader = || BodyReader::new(data, 0, &STRICT);
    let again = |read: &dyn Fn(&mut BodyReader<'_>, &mut Vec<u8>) -> bool| {
        let (mut reader, mut out) = (reader(), Vec::new());
        if read(&mut reader, &mut out) {
            assert_eq!(out, &data[..reader.mark()]);
        }
    };
    again(&|reader, out| reader.value().map(|value| out.extend(canonical_bytes(&value))).is_ok());
    again(&|reader, out| reader.stamp().map(|stamp| push_time(out, stamp)).is_ok());
    again(&|reader, out| reader.dots().map(|dots| push_dots(out, dots.iter())).is_ok());
    again(&|reader, out| reader.context().map(|context| push_context(out, &context)).is_ok());
    again(&|reader, out| reader.varint().map(|number| push_varint(out, number)).is_ok());
    again(&|reader, out| reader.zigzag().map(|number| push_zigzag(out, number)).is_ok());
});
