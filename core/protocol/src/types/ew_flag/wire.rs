use super::EwFlag;
use crate::error::Result;
use crate::generated::Tag;
use crate::state::{Framed, carried_extensions};
use crate::types::dot_map::{DotMap, describe_context, describe_dots, typed_object};
use crate::value::JsonValue;
use crate::wire::body::{BodyReader, push_context, push_dots};

impl Framed for EwFlag {
    const TAG: Tag = Tag::EwFlag;

    carried_extensions!();

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let enables = reader.dots()?.into_iter().map(|dot| (dot, ())).collect();
        let context = reader.context()?;
        DotMap::from_parts(enables, context, reader).map(EwFlag::of)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_dots(out, self.enables.iter().map(|(dot, ())| dot));
        push_context(out, self.enables.context());
    }

    fn describe(&self) -> Result<JsonValue> {
        let enables = describe_dots(self.enables.iter().map(|(dot, ())| dot));
        typed_object(Self::TAG, [("enables", enables), ("context", describe_context(self.enables.context())?)])
    }
}
