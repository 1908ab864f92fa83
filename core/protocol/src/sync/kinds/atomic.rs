//! Kinds that are sent whole or not at all.

use crate::error::Result;
use crate::sync::item::{Chosen, Item};
use crate::sync::reconcile::{Form, Parts};
use crate::types::{BloomFilter, CompatBloom, CompatCountMin, CompatHll, HyperLogLog, LwwRegister, MinHash};
use crate::wire::body::{BodyReader, push_varint};

macro_rules! atomic {
    ($kind:ty, |$state:ident, $out:ident| $profile:expr) => {
        impl Parts for $kind {
            const FORM: Form = Form::Atomic;

            fn push_profile(&self, $out: &mut Vec<u8>) {
                let $state = self;
                $profile
            }

            fn read_exact(&self, _reader: &mut BodyReader<'_>) -> Result<Self> {
                Ok(self.clone())
            }

            fn above(&self, _chosen: Chosen<'_>, _theirs: &[Item], _peer: &Self) -> Option<Self> {
                None
            }
        }
    };
}

atomic!(LwwRegister, |_state, _out| ());
atomic!(CompatHll, |state, out| out.push(state.precision()));
atomic!(CompatBloom, |state, out| {
    push_varint(out, state.sizing().size());
    push_varint(out, u64::from(state.sizing().num_hashes()));
});
atomic!(CompatCountMin, |state, out| {
    push_varint(out, state.width());
    push_varint(out, state.depth());
});
atomic!(HyperLogLog, |state, out| {
    push_varint(out, state.seed());
    out.push(state.precision());
});
atomic!(BloomFilter, |state, out| {
    push_varint(out, state.seed());
    push_varint(out, u64::from(state.block_count()));
});
atomic!(MinHash, |state, out| {
    push_varint(out, state.seed());
    push_varint(out, state.signature().len() as u64);
});
