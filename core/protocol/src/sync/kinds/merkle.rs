//! The Merkle tree: one item per key, and the branching factor exactly.

use crate::error::{Code, Result};
use crate::sync::item::{Chosen, Item, ItemSink};
use crate::sync::reconcile::{Form, Parts};
use crate::types::MerkleTree;
use crate::wire::body::{BodyReader, push_node, push_option, push_str, push_varint};

impl Parts for MerkleTree {
    const FORM: Form = Form::Keys;

    fn push_exact(&self, out: &mut Vec<u8>) {
        push_varint(out, u64::from(self.branching_factor()));
    }

    fn read_exact(&self, reader: &mut BodyReader<'_>) -> Result<Self> {
        let factor = reader.varint32()?;
        let tree = MerkleTree::new().with_branching_factor(factor);
        if tree.branching_factor() == factor {
            return Ok(tree);
        }
        Err(reader.fault(Code::BadSchema, "a tree has at least 2 children to a node"))
    }

    fn items(&self, sink: &mut ItemSink) {
        for entry in self.entries() {
            sink.part(|out| {
                push_str(out, &entry.key);
                out.extend_from_slice(&entry.hash);
                push_option(out, entry.record.as_ref(), push_node);
            });
        }
    }

    fn above(&self, mut chosen: Chosen<'_>, _theirs: &[Item], _peer: &Self) -> Option<Self> {
        let entries = self.entries().filter(|_| chosen.takes_next());
        Some(MerkleTree::of_entries(self.branching_factor(), entries.cloned()))
    }
}
