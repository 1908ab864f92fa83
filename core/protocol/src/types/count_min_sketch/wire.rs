use super::CountMinSketch;
use super::state::{Table, cell_count, largest};
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::names::NameMap;
use crate::sketch::{described, integer};
use crate::state::{Framed, carried_extensions};
use crate::value::JsonValue;
use crate::wire::Extensions;
use crate::wire::body::{BodyReader, push_str, push_varint};

impl Framed for CountMinSketch {
    const TAG: Tag = Tag::CmsNative;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let (seed, width) = (reader.varint()?, reader.varint32()?);
        if width == 0 {
            return Err(Error::schema("width", "a row has at least one cell"));
        }
        let depth = reader.varint32()?;
        let cells = cell_count(width, depth).ok_or_else(|| {
            let found = format_args!("{width} x {depth}").to_string();
            Error::schema("depth", "a sketch has 1 to 64 rows and 1 to 2^28 cells").with("found", found)
        })?;
        let nodes = NameMap::from_pairs(reader.entries(|reader| read_table(reader, cells))?);
        Ok(CountMinSketch { seed, width, depth, nodes, extensions: Extensions::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.seed);
        push_varint(out, u64::from(self.width));
        push_varint(out, u64::from(self.depth));
        push_varint(out, self.nodes.len() as u64);
        for (node, table) in self.nodes.iter() {
            push_str(out, node);
            table.write(out);
        }
    }

    /// Parameters, the total of each node, and their sum.
    fn describe(&self) -> Result<JsonValue> {
        let totals = self.totals().map(|(node, total)| (JsonValue::from(node), integer(total))).collect();
        described([
            ("seed", integer(self.seed)),
            ("width", integer(self.width)),
            ("depth", integer(self.depth)),
            ("nodes", crate::value::Map::from_pairs(totals)?.into()),
            ("total", integer(self.total())),
        ])
    }
}

impl Table {
    /// Appends the cells and the total.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        push_varint(out, self.cells.len() as u64);
        self.cells.iter().for_each(|cell| push_varint(out, *cell));
        push_varint(out, self.total);
    }
}

fn read_table(reader: &mut BodyReader<'_>, expected: usize) -> Result<Table> {
    let count = reader.count(1)?;
    if count != expected {
        let error = Error::schema("nodes", "the table has another shape than width and depth say");
        return Err(error.with("expected", expected).with("found", count));
    }
    // At least a byte for each cell is there.
    let mut cells = Vec::with_capacity(count);
    for _ in 0..count {
        cells.push(reader.varint()?);
    }
    let total = reader.varint()?;
    match largest(&cells).max(total) {
        0 => Err(reader.not_canonical("a node that has counted nothing is not written")),
        bound => Ok(Table { cells, total, bound }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_those_of_the_specification() -> Result<()> {
        let mut sketch = CountMinSketch::new(5, 2)?;
        sketch.add_node("a", "alice", 3)?;
        let hex: String = sketch.encode().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "435244540002350000000014010005020101610a000300000000000300000300");
        sketch.add_all_node("é", &[1.5, 2.5])?;
        sketch.add_node("Z", &b"bytes"[..], u64::MAX)?;
        let again = CountMinSketch::decode(&sketch.encode())?;
        assert_eq!(again, sketch);
        assert_eq!(again.totals().collect::<Vec<_>>(), [("Z", u64::MAX), ("a", 3), ("é", 2)]);
        Ok(())
    }

    #[test]
    fn a_description_has_the_totals() -> Result<()> {
        let mut sketch = CountMinSketch::new(5, 2)?;
        sketch.add_node("a", "alice", u64::MAX)?;
        sketch.add_node("b", "alice", 1)?;
        let text = crate::json::to_text(&sketch.describe()?, crate::json::JsonStyle::WIRE)?;
        let expected = r#"{"seed": 0, "width": 5, "depth": 2, "nodes": {"a": 18446744073709551615, "b": 1}, "total": 18446744073709551616}"#;
        assert_eq!(text, expected);
        Ok(())
    }
}
