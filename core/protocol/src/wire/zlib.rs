//! zlib streams within bounds.

use std::io::Write;

use flate2::{Decompress, FlushDecompress, Status};

use super::options::DecodeOptions;
use crate::error::{Code, Error, Result};

const LEVEL: u32 = 6;
/// First guess of the inflated size; the buffer then doubles with the output, never with what the input claims.
const FIRST_CHUNK: usize = 4096;

/// The payload as a zlib stream, if that is strictly smaller.
pub(super) fn deflate(payload: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(LEVEL));
    // Writing to a Vec cannot fail; if it ever did, the plain payload is still right.
    encoder.write_all(payload).ok()?;
    encoder.finish().ok().filter(|stream| stream.len() < payload.len())
}

/// What a zlib stream inflates to. `base` is where the stream starts in the input.
pub(super) fn inflate(stream: &[u8], base: usize, options: &DecodeOptions) -> Result<Vec<u8>> {
    let mut state = Decompress::new(true);
    let mut out = Vec::new();
    loop {
        reserve(&mut out, options)?;
        let (before_in, before_out) = (state.total_in(), out.len());
        let rest = stream.get(consumed(&state)..).unwrap_or(&[]);
        let status = state
            .decompress_vec(rest, &mut out, FlushDecompress::None)
            .map_err(|_| bad(base + consumed(&state), "the zlib stream is damaged"))?;
        if status == Status::StreamEnd {
            return finish(out, stream.len() - consumed(&state), base + consumed(&state), options);
        }
        if state.total_in() == before_in && out.len() == before_out {
            return Err(bad(base + stream.len(), "the zlib stream ends early"));
        }
    }
}

fn consumed(state: &Decompress) -> usize {
    usize::try_from(state.total_in()).unwrap_or(usize::MAX)
}

fn bad(offset: usize, message: &'static str) -> Error {
    Error::at(Code::BadZlib, offset, message)
}

fn finish(out: Vec<u8>, left: usize, offset: usize, options: &DecodeOptions) -> Result<Vec<u8>> {
    if out.len() > options.limits.inflated_bytes() {
        return Err(too_large(options));
    }
    if left > 0 && !options.is_lenient() {
        return Err(Error::at(Code::TrailingBytes, offset, "bytes after the zlib stream"));
    }
    Ok(out)
}

/// Makes room for more output: one byte over the limit at most, which shows that the limit is passed.
fn reserve(out: &mut Vec<u8>, options: &DecodeOptions) -> Result<()> {
    let ceiling = options.limits.inflated_bytes().saturating_add(1);
    if out.len() >= ceiling {
        return Err(too_large(options));
    }
    if out.len() == out.capacity() {
        out.reserve_exact(out.len().max(FIRST_CHUNK).min(ceiling - out.len()));
    }
    Ok(())
}

fn too_large(options: &DecodeOptions) -> Error {
    Error::new(Code::TooLarge, "the payload inflates beyond the limit").with("limit", options.limits.inflated_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Limits;

    #[test]
    fn round_trip_and_bounds() -> Result<()> {
        let payload = vec![7; 100_000];
        let stream = deflate(&payload).unwrap_or_default();
        let options = DecodeOptions::strict();
        assert_eq!(inflate(&stream, 12, &options)?, payload);
        let tight = |bytes| options.with_limits(Limits::default().with_inflated_bytes(bytes));
        assert_eq!(inflate(&stream, 12, &tight(99_999)).unwrap_err().code(), Code::TooLarge);
        assert_eq!(inflate(&stream, 12, &tight(100_000))?, payload);
        Ok(())
    }

    #[test]
    fn random_bytes_are_kept_plain() {
        assert_eq!(deflate(b"abc"), None);
    }

    #[test]
    fn every_truncation_and_tail_is_noticed() {
        let stream = deflate(&[0; 500]).unwrap_or_default();
        for len in 0..stream.len() {
            assert_eq!(
                inflate(&stream[..len], 0, &DecodeOptions::strict()).unwrap_err().code(),
                Code::BadZlib,
                "{len}"
            );
        }
        let longer = [stream.as_slice(), b"x"].concat();
        assert_eq!(inflate(&longer, 0, &DecodeOptions::strict()).unwrap_err().code(), Code::TrailingBytes);
        assert!(inflate(&longer, 0, &DecodeOptions::lenient()).is_ok());
    }
}
