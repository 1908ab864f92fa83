//! Batches: a count, then each frame behind its size.

use super::frame::AnyFrame;
use super::options::{Compression, DecodeOptions};
use crate::error::{Code, Error, Result};
use crate::state::Framed;

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

/// Writes a batch frame by frame into one buffer.
///
/// ```
/// # use crdt_merge_protocol::{GCounter, wire::{BatchWriter, DecodeOptions, unpack}};
/// let mut batch = BatchWriter::new();
/// batch.push(&GCounter::new())?;
/// assert_eq!(unpack(&batch.finish()?, &DecodeOptions::strict())?.len(), 1);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct BatchWriter {
    out: Vec<u8>,
    count: usize,
}

impl BatchWriter {
    /// A batch without frames.
    pub fn new() -> Self {
        BatchWriter { out: vec![0; PREFIX], count: 0 }
    }

    /// Appends the canonical frame of a state; a state that cannot be encoded leaves the batch as it was.
    pub fn push<S: Framed>(&mut self, state: &S) -> Result<()> {
        let start = self.out.len();
        self.out.extend_from_slice(&[0; PREFIX]);
        let written = state.encode_v1_into(&mut self.out, Compression::None);
        let length = prefix(self.out.len() - start - PREFIX);
        match written.and(length) {
            Ok(length) => {
                patch(&mut self.out, start, length);
                self.count += 1;
                Ok(())
            }
            Err(error) => {
                self.out.truncate(start);
                Err(error)
            }
        }
    }

    /// The batch. Fails with `TOO_LARGE` when it holds 2³² frames.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        patch(&mut self.out, 0, prefix(self.count)?);
        Ok(self.out)
    }
}

impl Default for BatchWriter {
    fn default() -> Self {
        BatchWriter::new()
    }
}

fn patch(out: &mut [u8], start: usize, length: [u8; PREFIX]) {
    if let Some(place) = out.get_mut(start..start + PREFIX) {
        place.copy_from_slice(&length);
    }
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
        AnyFrame::parse(item, options).map_err(|error| error.shifted(self.position))?;
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
