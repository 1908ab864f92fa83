use super::CompatCountMin;
use super::state::{MOST, cell_count};
use crate::error::{Code, Error, Result};
use crate::generated::Tag;
use crate::sketch::missing;
use crate::state::{Framed, carried_extensions};
use crate::wire::body::{BodyReader, push_varint};
use crate::wire::{
    DecodeOptions, Extensions, Reader, decode_compact, push_int, push_list_header, push_map_header, push_text,
};

impl Framed for CompatCountMin {
    const TAG: Tag = Tag::Cms;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let (width, depth) = (reader.varint()?, reader.varint32()?);
        let cells = reader.list(1, |reader| match reader.varint()? {
            cell if cell > MOST => Err(reader.fault(Code::OutOfRange, "a cell ends at 2^63 - 1")),
            cell => Ok(cell),
        })?;
        let total = reader.varint()?;
        if total > MOST {
            return Err(reader.fault(Code::OutOfRange, "a total ends at 2^63 - 1"));
        }
        check_cells(width, u64::from(depth))?;
        if cells.len() as u64 != width * u64::from(depth) {
            return Err(Error::schema("table", "the table has another shape than width and depth say"));
        }
        Ok(CompatCountMin { width, depth: u64::from(depth), table: cells, total, extensions: Extensions::new() })
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.width);
        push_varint(out, self.depth);
        push_varint(out, self.table.len() as u64);
        self.table.iter().for_each(|cell| push_varint(out, *cell));
        push_varint(out, self.total);
    }

    fn read_payload(payload: &[u8], options: &DecodeOptions) -> Result<Self> {
        decode_compact(payload, options, |reader| Fields::read(reader)?.checked())
    }

    fn write_payload(&self, out: &mut Vec<u8>) -> Result<()> {
        push_map_header(out, 5);
        push_text(out, "type");
        push_text(out, Tag::Cms.name());
        push_text(out, "width");
        push_int(out, self.width.cast_signed());
        push_text(out, "depth");
        push_int(out, self.depth.cast_signed());
        push_text(out, "table");
        push_list_header(out, self.rows().len());
        for row in self.rows() {
            push_list_header(out, row.len());
            row.iter().for_each(|cell| push_int(out, cell.cast_signed()));
        }
        push_text(out, "total");
        push_int(out, self.total.cast_signed());
        Ok(())
    }
}

/// The fields of a payload before they are held against each other.
#[derive(Default)]
struct Fields {
    width: Option<u64>,
    depth: Option<u64>,
    table: Option<Table>,
    total: u64,
}

/// Rows as they were read: all cells, and where each row ends.
#[derive(Default)]
struct Table {
    cells: Vec<u64>,
    ends: Vec<usize>,
}

impl Fields {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut fields = Fields::default();
        reader.fields("payload", |field, reader| {
            match field {
                "type" => reader.type_name(Tag::Cms.name())?,
                "width" => fields.width = Some(reader.count_value(field)?),
                "depth" => fields.depth = Some(reader.count_value(field)?),
                "table" => fields.table = Some(Table::read(reader)?),
                "total" => fields.total = reader.count_value(field)?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(fields)
    }

    fn checked(self) -> Result<CompatCountMin> {
        let width = self.width.ok_or_else(|| missing("width"))?;
        let depth = self.depth.ok_or_else(|| missing("depth"))?;
        check_cells(width, depth)?;
        let table = self.table.ok_or_else(|| missing("table"))?;
        if !table.has_shape(width, depth) {
            let error = Error::schema("table", "the table has another shape than width and depth say");
            return Err(error.with("expected", format_args!("{depth} rows of {width}")));
        }
        Ok(CompatCountMin { width, depth, table: table.cells, total: self.total, extensions: Extensions::new() })
    }
}

fn check_cells(width: u64, depth: u64) -> Result<()> {
    if cell_count(width, depth).is_some() {
        return Ok(());
    }
    let field = if depth == 0 { "depth" } else { "width" };
    Err(Error::schema(field, "a sketch has 1 to 2^28 cells").with("found", format_args!("{width} x {depth}")))
}

impl Table {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut table = Table::default();
        reader.list("table", |reader| {
            reader.list("table", |reader| {
                table.cells.push(reader.count_value("table")?);
                Ok(())
            })?;
            table.ends.push(table.cells.len());
            Ok(())
        })?;
        Ok(table)
    }

    fn has_shape(&self, width: u64, depth: u64) -> bool {
        let right_ends = (1..=depth).map(|row| row * width);
        self.ends.iter().map(|end| *end as u64).eq(right_ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(change: impl FnOnce(&mut CompatCountMin)) -> Option<String> {
        let mut sketch = CompatCountMin::new(5, 2).unwrap();
        sketch.add("alice", 300).unwrap();
        change(&mut sketch);
        let error = CompatCountMin::decode(&sketch.encode_v1().unwrap()).err()?;
        assert_eq!(error.code(), Code::BadSchema);
        error.detail("field").map(str::to_owned)
    }

    #[test]
    fn an_example_to_the_byte() -> Result<()> {
        let mut sketch = CompatCountMin::new(5, 2)?;
        sketch.add("alice", 3)?;
        let expected =
            b"CRDT\0\x01\x32\0\0\0\0\x67\x08\0\0\0\x05\x05\0\0\0\x04type\x05\0\0\0\x03cms\x05\0\0\0\x05width\x09\x05\
            \x05\0\0\0\x05depth\x09\x02\x05\0\0\0\x05table\x07\0\0\0\x02\x07\0\0\0\x05\x09\0\x09\x03\x09\0\x09\0\x09\0\
            \x07\0\0\0\x05\x09\0\x09\0\x09\0\x09\0\x09\x03\x05\0\0\0\x05total\x09\x03";
        assert_eq!(sketch.encode_v1()?, expected);
        Ok(())
    }

    #[test]
    fn frames_come_back() -> Result<()> {
        let mut sketch = CompatCountMin::new(7, 3)?;
        sketch.add_all((0..100_i64).map(|number| (number, 1 << (number % 50))))?;
        assert_eq!(CompatCountMin::decode(&sketch.encode_v1()?)?, sketch);
        Ok(())
    }

    #[test]
    fn wrong_shapes_name_their_field() {
        assert_eq!(fault(|_| {}), None);
        assert_eq!(fault(|sketch| sketch.depth = 0).as_deref(), Some("depth"));
        assert_eq!(fault(|sketch| sketch.depth = 3).as_deref(), Some("table"));
        assert_eq!(fault(|sketch| sketch.depth = 1 << 40).as_deref(), Some("width"));
        assert_eq!(fault(|sketch| sketch.table.truncate(9)).as_deref(), Some("table"));
        assert_eq!(fault(|sketch| sketch.table.extend([0; 5])).as_deref(), Some("table"));
        assert_eq!(fault(|sketch| sketch.table[3] = u64::MAX).as_deref(), Some("table"));
        assert_eq!(fault(|sketch| sketch.total = u64::MAX).as_deref(), Some("total"));
    }
}
