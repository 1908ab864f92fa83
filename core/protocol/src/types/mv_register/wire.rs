use super::state::{MvRegister, Sibling};
use crate::dot::Dot;
use crate::error::Result;
use crate::generated::Tag;
use crate::stamp::Stamp;
use crate::state::{Framed, carried_extensions};
use crate::types::dot_map::{DotMap, describe_context, object, typed_object};
use crate::value::JsonValue;
use crate::wire::body::{BodyReader, push_context, push_dot, push_node, push_time, push_varint};

/// Bytes that an entry of a map takes at least, as its count is checked.
const LEAST_BYTES: usize = 2;

impl Framed for MvRegister {
    const TAG: Tag = Tag::MvRegister;

    carried_extensions!();

    fn each_stamp(&self, visit: &mut dyn FnMut(Stamp, &str)) {
        self.siblings.iter().for_each(|(dot, sibling)| visit(sibling.stamp(), dot.actor()));
    }

    fn read_fields(reader: &mut BodyReader<'_>) -> Result<Self> {
        let mut last: Option<Dot> = None;
        let siblings = reader.list(LEAST_BYTES, |reader| {
            let dot = reader.dot()?;
            if last.as_ref().is_some_and(|last| *last >= dot) {
                return Err(reader.not_canonical("dots ascend and stand once"));
            }
            last = Some(dot.clone());
            Ok((dot, Sibling { value: reader.value()?, stamp: reader.stamp()? }))
        })?;
        let context = reader.context()?;
        DotMap::from_parts(siblings, context, reader).map(MvRegister::of)
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        push_varint(out, self.siblings.len() as u64);
        for (dot, sibling) in self.siblings.iter() {
            push_dot(out, dot);
            push_node(out, &sibling.value);
            push_time(out, sibling.stamp);
        }
        push_context(out, self.siblings.context());
    }

    fn describe(&self) -> Result<JsonValue> {
        let sibling = |(dot, sibling): (&Dot, &Sibling)| {
            object([
                ("dot", JsonValue::from(dot.to_string())),
                ("value", sibling.value.to_json()),
                ("stamp", sibling.stamp.to_wire().to_json()),
            ])
        };
        let siblings = self.siblings.iter().map(sibling).collect::<Result<_>>()?;
        typed_object(
            Self::TAG,
            [("siblings", JsonValue::List(siblings)), ("context", describe_context(self.siblings.context())?)],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::join::Join;
    use crate::stamp::Stamp;

    #[test]
    fn it_has_no_frames_of_version_1_and_says_what_it_holds() -> Result<()> {
        let mut register = MvRegister::with_dot("x", Stamp::from_micros(5), "a", 2)?;
        register.join(&MvRegister::with_dot("y", Stamp::from_micros(5), "b", 1)?)?;
        assert_eq!(register.encode_v1().unwrap_err().code(), Code::NotInV1);
        let expected = "{'type': 'mv_register', 'siblings': [{'dot': 'a#2', 'value': 'x', 'stamp': 5e-06}, \
                        {'dot': 'b#1', 'value': 'y', 'stamp': 5e-06}], \
                        'context': {'contiguous': {'b': 1}, 'exceptions': ['a#2']}}";
        assert_eq!(register.describe()?.py_repr(), expected);
        assert_eq!(MvRegister::decode(&register.encode())?, register);
        Ok(())
    }
}
