//! The two roots: digests over sorted leaves in groups of the branching factor, level by level.

use crdt_merge_kernels::Sha256Batch;
use sha2::{Digest as _, Sha256};

use super::store::Digest;
use crate::hex::digest_text;

/// Most bytes of children that wait in a batch, unless one inner node has more.
const BATCH_BYTES: usize = 1 << 15;

/// SHA-256 of the text `empty`: both roots of a tree without records.
pub(super) fn empty_root() -> Digest {
    Sha256::digest(b"empty").into()
}

/// The number of levels from the leaves to the root.
pub(super) fn height(leaves: usize, branching_factor: usize) -> u32 {
    let (mut level, mut height) = (leaves, u32::from(leaves > 0));
    while level > 1 {
        level = level.div_ceil(branching_factor);
        height += 1;
    }
    height
}

/// The root as the reference has it: over the hexadecimal texts of the content hashes, joined by bars. It does not cover keys.
pub(super) fn plain_root(hashes: impl Iterator<Item = Digest>, branching_factor: usize) -> Digest {
    let mut level = hashes.collect::<Vec<_>>();
    let mut text = Vec::new();
    while level.len() > 1 {
        level = level_above(&level, branching_factor, |batch, children| {
            text.clear();
            push_texts(&mut text, children);
            batch.push([&text]);
        });
    }
    level.first().copied().unwrap_or_else(empty_root)
}

/// The hexadecimal texts of digests, joined by bars.
fn push_texts(text: &mut Vec<u8>, digests: &[Digest]) {
    for (index, digest) in digests.iter().enumerate() {
        if index > 0 {
            text.push(b'|');
        }
        text.extend_from_slice(&digest_text(digest));
    }
}

/// The digests of the inner nodes over a level, whose messages `push` writes.
fn level_above(
    level: &[Digest],
    branching_factor: usize,
    mut push: impl FnMut(&mut Sha256Batch, &[Digest]),
) -> Vec<Digest> {
    let mut above = Vec::with_capacity(level.len().div_ceil(branching_factor));
    let mut batch = Sha256Batch::new();
    let nodes = (BATCH_BYTES / size_of::<Digest>() / branching_factor).max(1);
    for children in level.chunks(branching_factor.saturating_mul(nodes)) {
        batch.clear();
        children.chunks(branching_factor).for_each(|children| push(&mut batch, children));
        above.extend_from_slice(batch.digests());
    }
    above
}

/// The digests of the keyed tree, kept so that a changed leaf costs one path.
#[derive(Debug, Clone)]
pub(super) struct KeyedLevels {
    /// From the leaves to the root.
    levels: Vec<Vec<Digest>>,
    branching_factor: usize,
}

impl KeyedLevels {
    pub(super) fn new(leaves: Vec<Digest>, branching_factor: usize) -> Self {
        let mut levels = vec![leaves];
        while let Some(top) = levels.last().filter(|top| top.len() > 1) {
            levels.push(level_above(top, branching_factor, |batch, children| {
                batch.push([&[INNER], children.as_flattened()]);
            }));
        }
        KeyedLevels { levels, branching_factor }
    }

    pub(super) fn root(&self) -> Digest {
        self.levels.last().and_then(|top| top.first()).copied().unwrap_or_else(empty_root)
    }

    /// Replaces one leaf and the digests above it.
    pub(super) fn replace(&mut self, leaf: usize, digest: Digest) {
        let (mut position, mut digest) = (leaf, digest);
        for level in &mut self.levels {
            let Some(slot) = level.get_mut(position) else { return };
            *slot = digest;
            position /= self.branching_factor;
            let siblings = level.chunks(self.branching_factor).nth(position);
            digest = siblings.map_or(digest, keyed_inner);
        }
    }
}

/// What the message of an inner node begins with, which sets it apart from a leaf's.
const INNER: u8 = 1;

/// SHA-256 over the byte 1 and the digests of the children.
fn keyed_inner(children: &[Digest]) -> Digest {
    let mut hash = Sha256::new_with_prefix([INNER]);
    hash.update(children.as_flattened());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::to_hex;

    /// SHA-256 of the first numbers in decimal, by their text.
    fn leaves(count: u32) -> impl Iterator<Item = Digest> {
        let mut texts: Vec<_> = (0..count).map(|number| number.to_string()).collect();
        texts.sort_unstable();
        texts.into_iter().map(|text| Sha256::digest(text).into())
    }

    #[test]
    fn plain_roots_and_heights_are_those_of_the_reference() {
        let cases = [
            (0, 2, 0, "2e1cfa82b035c26cbbbdae632cea070514eb8b773f616aaeaf668e2f0be8f10d"),
            (2, 16, 2, "93f861c5cb05b9ce840bb4fce935aa83306d7ec29f56194236e37adf070f1226"),
            (3, 2, 3, "6ff47a5b2500d9e4e3178b4255a74362bde5139460a46a91d38cd56a26d45bef"),
            (5, 3, 3, "e8e79c8bad2f7b3b36ff3ad37d38b1ec58b77880175bead01fb10b7a7683f11e"),
            (17, 16, 3, "4af6005cc5c786e0434c5c96496af6348249e661d771ba0fcbc334358b3f17bb"),
            (33, 2, 7, "79dec997eaf4ce054510d3ca7133669e1e173fac0acedc3c090d190d0c133501"),
        ];
        for (count, branching_factor, levels, root) in cases {
            assert_eq!(to_hex(&plain_root(leaves(count), branching_factor)), root);
            assert_eq!(height(count as usize, branching_factor), levels);
        }
        assert_eq!(height(1, 2), 1);
    }

    #[test]
    fn replacing_a_leaf_is_building_anew() {
        for count in [1, 2, 5, 16, 17, 100] {
            for branching_factor in [2, 3, 16, 200] {
                let mut changed: Vec<_> = leaves(count).collect();
                let mut levels = KeyedLevels::new(changed.clone(), branching_factor);
                for position in [0, changed.len() / 2, changed.len() - 1] {
                    changed[position] = [position as u8; 32];
                    levels.replace(position, changed[position]);
                    assert_eq!(levels.levels, KeyedLevels::new(changed.clone(), branching_factor).levels);
                }
            }
        }
    }
}
