use super::DwFlag;
use super::state::Turn;
use crate::error::Result;
use crate::generated::Tag;
use crate::state::{Framed, carried_extensions};
use crate::types::dot_map::{DotMap, describe_context, describe_dots, typed_object};
use crate::value::JsonValue;
use crate::wire::body::{BodyReader, push_context, push_dot, push_varint};

impl Framed for DwFlag {
    const TAG: Tag = Tag::DwFlag;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let enables = reader.dots()?.into_iter().map(|dot| (dot, Turn::On));
        let disables = reader.dots()?.into_iter().map(|dot| (dot, Turn::Off));
        let context = reader.context()?;
        DotMap::from_parts(enables.chain(disables).collect(), context, reader).map(DwFlag::of)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        for turn in [Turn::On, Turn::Off] {
            push_varint(out, self.dots(turn).count() as u64);
            self.dots(turn).for_each(|dot| push_dot(out, dot));
        }
        push_context(out, self.turns.context());
    }

    fn describe(&self) -> Result<JsonValue> {
        let (enables, disables) = (describe_dots(self.dots(Turn::On)), describe_dots(self.dots(Turn::Off)));
        let context = describe_context(self.turns.context())?;
        typed_object(Self::TAG, [("enables", enables), ("disables", disables), ("context", context)])
    }
}
