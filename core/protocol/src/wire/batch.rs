//! Batches: a count, then each frame behind its size.

use super::frame::Frame;
use super::options::DecodeOptions;
use crate::error::{Code, Error, Result};

/// Bytes of the count and of every size.
const PREFIX: usize = 4;

/// A batch of complete frames.
///
/// Fails with `TOO_LARGE` when there are 2³² frames or one of them has 4 GiB.
pub fn pack<F: AsRef<[u8]>>(frames: &[F]) -> Result<Vec<u8>> {
    let bytes: usize = frames.iter().map(|frame| PREFIX + frame.as_ref().len()).sum();
    let mut out = Vec::with_capacity(PREFIX + bytes);
    out.extend_from_slice(&prefix(frames.len())?);
    for frame in frames {
        out.extend_from_slice(&prefix(frame.as_ref().len())?);
        out.extend_from_slice(frame.as_ref());
    }
    Ok(out)
}

/// The frames of a batch, each checked as far as its header goes.
///
/// Strict reading refuses bytes after the last frame and padding inside an item with `TRAILING_BYTES`.
pub fn unpack<'a>(bytes: &'a [u8], options: &DecodeOptions) -> Result<Vec<&'a [u8]>> {
    let mut reader = BatchReader { bytes, position: 0 };
    let count = reader.prefix()?;
    if count > (bytes.len() - reader.position) / PREFIX {
        return Err(reader.truncated("the batch promises more frames than it can hold"));
    }
    let frames = (0..count).map(|_| reader.frame(options)).collect::<Result<_>>()?;
    if reader.position < bytes.len() && !options.is_lenient() {
        return Err(Error::at(Code::TrailingBytes, reader.position, "bytes after the batch"));
    }
    Ok(frames)
}

fn prefix(length: usize) -> Result<[u8; PREFIX]> {
    u32::try_from(length)
        .map(u32::to_be_bytes)
        .map_err(|_| Error::new(Code::TooLarge, "a batch counts and measures in 32 bits"))
}

struct BatchReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> BatchReader<'a> {
    fn truncated(&self, message: &'static str) -> Error {
        Error::at(Code::Truncated, self.position, message)
    }

    fn prefix(&mut self) -> Result<usize> {
        let bytes = self.bytes.get(self.position..).and_then(|rest| rest.first_chunk());
        let length = bytes
            .map(|bytes| u32::from_be_bytes(*bytes))
            .ok_or_else(|| self.truncated("the batch ends inside a length"))?;
        self.position += PREFIX;
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn frame(&mut self, options: &DecodeOptions) -> Result<&'a [u8]> {
        let length = self.prefix()?;
        let item = self.bytes.get(self.position..self.position.saturating_add(length));
        let item = item.ok_or_else(|| self.truncated("the batch ends inside a frame"))?;
        Frame::parse(item, options).map_err(|error| error.shifted(self.position))?;
        self.position += length;
        Ok(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &[u8] = b"CRDT\0\x01\x20\0\0\0\0\x01\0";

    #[test]
    fn frames_come_back_as_they_were() -> Result<()> {
        assert_eq!(pack::<&[u8]>(&[])?, [0; 4]);
        let batch = pack(&[FRAME, FRAME])?;
        assert_eq!(unpack(&batch, &DecodeOptions::strict())?, [FRAME, FRAME]);
        Ok(())
    }

    #[test]
    fn every_cut_and_every_tail_is_refused() -> Result<()> {
        let batch = pack(&[FRAME, FRAME])?;
        for len in 0..batch.len() {
            let error = unpack(&batch[..len], &DecodeOptions::strict()).unwrap_err();
            assert_eq!(error.code(), Code::Truncated, "{len}");
        }
        let longer = [batch.as_slice(), b"\0"].concat();
        assert_eq!(unpack(&longer, &DecodeOptions::strict()).unwrap_err().code(), Code::TrailingBytes);
        assert_eq!(unpack(b"\xff\xff\xff\xff", &DecodeOptions::strict()).unwrap_err().code(), Code::Truncated);
        Ok(())
    }
}
