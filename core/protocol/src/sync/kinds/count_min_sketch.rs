//! The count-min sketch with a table for each writer: one item per table.

use crate::error::Result;
use crate::names::NameMap;
use crate::sync::item::{Chosen, Item, ItemSink};
use crate::sync::reconcile::{Form, Parts};
use crate::types::CountMinSketch;
use crate::wire::body::{BodyReader, push_str, push_varint};

impl Parts for CountMinSketch {
    const FORM: Form = Form::Keys;

    fn push_profile(&self, out: &mut Vec<u8>) {
        [self.seed(), u64::from(self.width()), u64::from(self.depth())]
            .into_iter()
            .for_each(|parameter| push_varint(out, parameter));
    }

    fn read_exact(&self, _reader: &mut BodyReader<'_>) -> Result<Self> {
        Ok(self.with_tables(NameMap::new()))
    }

    fn items(&self, sink: &mut ItemSink) {
        for (node, table) in self.nodes.iter() {
            sink.part(|out| {
                push_str(out, node);
                table.write(out);
            });
        }
    }

    fn above(&self, mut chosen: Chosen<'_>, _theirs: &[Item], _peer: &Self) -> Option<Self> {
        let tables = self.nodes.iter().filter(|_| chosen.takes_next());
        let tables = tables.map(|(node, table)| (node.clone(), table.clone())).collect();
        Some(self.with_tables(NameMap::from_pairs(tables)))
    }
}
