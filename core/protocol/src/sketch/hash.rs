//! Hashes of items, one at a time and many at once.

use crdt_merge_kernels::{DECIMAL_ROOM, Digest, Md5Batch, md5, write_decimal};

use super::item::{Form, SketchItem, TextBuffer};
use crate::error::Result;

/// The 128-bit hash of an item.
///
/// Fails with `BAD_VALUE` on an item with a set in it.
pub fn h128(item: &(impl SketchItem + ?Sized), seed: u32) -> Result<u128> {
    digest(item, seed).map(Digest::to_u128)
}

/// The low 64 bits of [`h128`].
///
/// ```
/// # use crdt_merge_protocol::sketch::h64;
/// assert_eq!(h64("alice", 0)?, 15_742_199_321_690_249_996);
/// # Ok::<(), crdt_merge_protocol::Error>(())
/// ```
pub fn h64(item: &(impl SketchItem + ?Sized), seed: u32) -> Result<u64> {
    digest(item, seed).map(Digest::low_u64)
}

fn digest(item: &(impl SketchItem + ?Sized), seed: u32) -> Result<Digest> {
    Ok(match item.text(&mut TextBuffer::default())?.0 {
        Form::Bare(text) => md5([text, &seed.to_be_bytes()]),
        Form::Quoted(text) => md5([b"'", text, b"'", &seed.to_be_bytes()]),
        Form::Decimal(number) => {
            let mut room = [0; DECIMAL_ROOM];
            let length = write_decimal(&mut room, number);
            md5([room.get(..length).unwrap_or(&room), &seed.to_be_bytes()])
        }
    })
}

/// Hands the 64-bit hashes of every item, one per seed, to `take`, together with what came with the item.
///
/// Stops at the first item that cannot be hashed or that `take` refuses; all items before it have been taken.
pub(crate) fn hash_all<T: SketchItem, P, const SEEDS: usize>(
    items: impl IntoIterator<Item = (T, P)>,
    seeds: [u32; SEEDS],
    mut take: impl FnMut([u64; SEEDS], P) -> Result<()>,
) -> Result<()> {
    let mut pending = Pending::new(seeds);
    for (item, with) in items {
        if let Err(error) = pending.push(&item, with) {
            pending.flush(&mut take)?;
            return Err(error);
        }
        if pending.is_full() {
            pending.flush(&mut take)?;
        }
    }
    pending.flush(&mut take)
}

/// Items that wait to be hashed together.
struct Pending<P, const SEEDS: usize> {
    batch: Md5Batch,
    with: Vec<P>,
    seeds: [[u8; 4]; SEEDS],
    buffer: TextBuffer,
}

impl<P, const SEEDS: usize> Pending<P, SEEDS> {
    /// Messages after which the batch is hashed: enough to fill vectors, few enough to stay in the fastest cache.
    const FULL: usize = 4 * Md5Batch::GROUP;

    fn new(seeds: [u32; SEEDS]) -> Self {
        let seeds = seeds.map(u32::to_be_bytes);
        Pending { batch: Md5Batch::new(), with: Vec::new(), seeds, buffer: TextBuffer::default() }
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= Self::FULL
    }

    #[inline]
    fn push(&mut self, item: &impl SketchItem, with: P) -> Result<()> {
        match item.text(&mut self.buffer)?.0 {
            Form::Decimal(number) => self.seeds.iter().for_each(|seed| self.batch.push_decimal(number, *seed)),
            Form::Bare(text) => self.seeds.iter().for_each(|seed| self.batch.push([text, seed])),
            Form::Quoted(text) => self.seeds.iter().for_each(|[w, x, y, z]| {
                self.batch.push([b"'", text, &[b'\'', *w, *x, *y, *z]]);
            }),
        }
        self.with.push(with);
        Ok(())
    }

    fn flush(&mut self, take: &mut impl FnMut([u64; SEEDS], P) -> Result<()>) -> Result<()> {
        let (hashes, _) = self.batch.digests().as_chunks::<SEEDS>();
        for (hashes, with) in hashes.iter().zip(self.with.drain(..)) {
            take(hashes.map(Digest::low_u64), with)?;
        }
        self.batch.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::value::{Set, Value};

    #[test]
    fn many_at_once_hash_as_one_by_one() -> Result<()> {
        let long = "x".repeat(300);
        let items: Vec<Value> = (0..1000)
            .map(|number| match number % 5 {
                0 => Value::Int(number),
                1 => Value::from(format!("item {number}").as_str()),
                2 => Value::from(&*format!("naïve {number}")),
                3 => Value::from(&long[..usize::try_from(number % 300).unwrap()]),
                _ => Value::Float(0.1 * number as f64),
            })
            .collect();
        let mut hashes = Vec::new();
        hash_all(items.iter().map(|item| (item, item)), [0, 42], |pair, item| {
            hashes.push((pair, item));
            Ok(())
        })?;
        assert_eq!(hashes.len(), items.len());
        for ((pair, with), item) in hashes.into_iter().zip(&items) {
            assert_eq!((pair, with), ([h64(item, 0)?, h64(item, 42)?], item));
        }
        Ok(())
    }

    #[test]
    fn a_refused_item_ends_the_batch_after_the_items_before_it() -> Result<()> {
        let set = Value::Set(Set::from_members(vec![])?);
        let items = [Value::Int(1), Value::Int(2), set, Value::Int(3)];
        let mut taken = 0;
        let result = hash_all(items.iter().map(|item| (item, ())), [0], |_, ()| {
            taken += 1;
            Ok(())
        });
        assert_eq!(result.unwrap_err().code(), Code::BadValue);
        assert_eq!(taken, 2);
        Ok(())
    }
}
