use super::{ChangeKind, ColumnRename, EvolutionPolicy, Schema, SchemaChange, SchemaEvolution};
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::json::{JsonStyle, push_key, push_text, push_value};
use crate::names::Name;
use crate::types::fields::{Fields, bool_of, list_of, pairs_of, text_of, texts_of};
use crate::types::json_kind::{JsonKind, json_frames};
use crate::value::{JsonValue, Map};
use crate::wire::DecodeOptions;

/// The member in which version 1 may name the type.
const TYPE: &str = "type";

json_frames!(SchemaChange, |_change| Tag::SchemaChange, |tag| tag == Tag::SchemaChange);
json_frames!(SchemaEvolution, |_evolution| Tag::SchemaEvolutionResult, |tag| tag == Tag::SchemaEvolutionResult);

impl JsonKind for SchemaChange {
    const TYPE_MEMBER: &'static str = TYPE;

    fn from_members(tag: Tag, members: JsonValue, options: &DecodeOptions) -> Result<Self> {
        let fields = Fields::of(&members, "payload")?;
        fields.check_type(TYPE, tag, options)?;
        read_change(fields)
    }

    fn push_json(&self, text: &mut String) -> Result<()> {
        push_change(text, self)
    }

    fn members(&self) -> Result<JsonValue> {
        members_of_change(self)
    }
}

impl JsonKind for SchemaEvolution {
    const TYPE_MEMBER: &'static str = TYPE;

    fn from_members(tag: Tag, members: JsonValue, options: &DecodeOptions) -> Result<Self> {
        let fields = Fields::of(&members, "payload")?;
        fields.check_type(TYPE, tag, options)?;
        read_evolution(fields)
    }

    fn push_json(&self, text: &mut String) -> Result<()> {
        push_evolution(text, self)
    }

    fn members(&self) -> Result<JsonValue> {
        members_of_evolution(self)
    }
}

fn map_of(pairs: Vec<(&str, JsonValue)>) -> Result<JsonValue> {
    Map::from_pairs(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect()).map(JsonValue::Map)
}

fn nullable(text: Option<&Name>) -> JsonValue {
    text.map_or(JsonValue::Null, |text| text.as_str().into())
}

fn members_of_change(change: &SchemaChange) -> Result<JsonValue> {
    map_of(vec![
        ("column", change.column.as_str().into()),
        ("change_type", change.kind.name().into()),
        ("old_type", nullable(change.old_type.as_ref())),
        ("new_type", nullable(change.new_type.as_ref())),
        ("resolved_type", nullable(change.resolved_type.as_ref())),
        ("default_value", change.default_value.clone()),
    ])
}

fn members_of_evolution(evolution: &SchemaEvolution) -> Result<JsonValue> {
    let columns = evolution.resolved_schema.iter().map(|(column, type_name)| (column, type_name.into())).collect();
    let changes = evolution.changes.iter().map(members_of_change).collect::<Result<_>>()?;
    let defaults = evolution.defaults().map(|(column, value)| (column, value.clone())).collect();
    let mut members = vec![
        ("resolved_schema", map_of(columns)?),
        ("changes", JsonValue::List(changes)),
        ("defaults", map_of(defaults)?),
        ("policy_used", evolution.policy.name().into()),
        ("is_compatible", evolution.is_compatible.into()),
        ("warnings", JsonValue::List(evolution.warnings.iter().map(|warning| warning.as_str().into()).collect())),
    ];
    if !evolution.renames.is_empty() {
        let renames = evolution.renames.iter().map(members_of_rename).collect::<Result<_>>()?;
        members.push(("renames", JsonValue::List(renames)));
    }
    map_of(members)
}

fn members_of_rename(rename: &ColumnRename) -> Result<JsonValue> {
    map_of(vec![
        ("old_name", rename.old_name.as_str().into()),
        ("new_name", rename.new_name.as_str().into()),
        ("version", nullable(rename.version.as_ref())),
    ])
}

fn read_change(fields: Fields<'_>) -> Result<SchemaChange> {
    let type_of = |name| fields.nullable(name, |value, name| text_of(value, name).map(Name::new));
    Ok(SchemaChange {
        column: Name::new(text_of(fields.required("column")?, "column")?),
        kind: name_of(fields, "change_type", ChangeKind::from_name)?,
        old_type: type_of("old_type")?,
        new_type: type_of("new_type")?,
        resolved_type: type_of("resolved_type")?,
        default_value: fields.field("default_value").cloned().unwrap_or(JsonValue::Null),
    })
}

fn read_evolution(fields: Fields<'_>) -> Result<SchemaEvolution> {
    Ok(SchemaEvolution {
        resolved_schema: schema_of(fields.required("resolved_schema")?, "resolved_schema")?,
        changes: changes_of(fields.required("changes")?, "changes")?,
        defaults: fields.optional("defaults", defaults_of)?.unwrap_or_default(),
        policy: name_of(fields, "policy_used", EvolutionPolicy::from_name)?,
        is_compatible: bool_of(fields.required("is_compatible")?, "is_compatible")?,
        warnings: fields.optional("warnings", texts_of)?.unwrap_or_default(),
        renames: fields.optional("renames", renames_of)?.unwrap_or_default(),
    })
}

/// A mandatory member that holds one of some names.
fn name_of<T>(fields: Fields<'_>, member: &str, from_name: fn(&str) -> Option<T>) -> Result<T> {
    let name = text_of(fields.required(member)?, member)?;
    from_name(name).ok_or_else(|| Error::schema(member, "the name is none of those allowed").with("found", name))
}

fn schema_of(value: &JsonValue, name: &str) -> Result<Schema> {
    let column = |pair| -> Result<_> {
        let (column, type_name): (&str, _) = pair;
        Ok((Name::new(column), Name::new(text_of(type_name, name)?)))
    };
    Ok(Schema { columns: pairs_of(value, name)?.map(|pair| column(pair?)).collect::<Result<_>>()? })
}

fn changes_of(value: &JsonValue, name: &str) -> Result<Vec<SchemaChange>> {
    list_of(value, name)?.iter().map(|change| read_change(Fields::of(change, name)?)).collect()
}

fn defaults_of(value: &JsonValue, name: &str) -> Result<Vec<(Name, JsonValue)>> {
    pairs_of(value, name)?.map(|pair| pair.map(|(column, value)| (Name::new(column), value.clone()))).collect()
}

fn renames_of(value: &JsonValue, name: &str) -> Result<Vec<ColumnRename>> {
    list_of(value, name)?.iter().map(|rename| read_rename(Fields::of(rename, name)?)).collect()
}

fn read_rename(fields: Fields<'_>) -> Result<ColumnRename> {
    let text = |name| text_of(fields.required(name)?, name).map(Name::new);
    Ok(ColumnRename {
        old_name: text("old_name")?,
        new_name: text("new_name")?,
        version: fields.nullable("version", |value, name| text_of(value, name).map(Name::new))?,
    })
}

fn push_evolution(out: &mut String, evolution: &SchemaEvolution) -> Result<()> {
    out.push_str("{\"resolved_schema\": {");
    push_all(out, evolution.resolved_schema.iter(), |out, (column, type_name)| {
        push_key(out, column);
        push_text(out, type_name);
        Ok(())
    })?;
    out.push_str("}, \"changes\": [");
    push_all(out, &evolution.changes, push_change)?;
    out.push_str("], \"defaults\": {");
    push_all(out, evolution.defaults(), |out, (column, value)| {
        push_key(out, column);
        push_value(out, value, JsonStyle::WIRE)
    })?;
    out.push_str("}, \"policy_used\": ");
    push_text(out, evolution.policy.name());
    out.push_str(", \"is_compatible\": ");
    out.push_str(if evolution.is_compatible { "true" } else { "false" });
    out.push_str(", \"warnings\": [");
    push_all(out, &evolution.warnings, |out, warning| {
        push_text(out, warning);
        Ok(())
    })?;
    out.push(']');
    // Only release 0.11.0 writes the member, so it is left out where it says nothing.
    if !evolution.renames.is_empty() {
        out.push_str(", \"renames\": [");
        push_all(out, &evolution.renames, push_rename)?;
        out.push(']');
    }
    out.push('}');
    Ok(())
}

fn push_rename(out: &mut String, rename: &ColumnRename) -> Result<()> {
    out.push('{');
    push_key(out, "old_name");
    push_text(out, &rename.old_name);
    out.push_str(", ");
    push_key(out, "new_name");
    push_text(out, &rename.new_name);
    out.push_str(", ");
    push_key(out, "version");
    push_nullable(out, rename.version.as_ref());
    out.push('}');
    Ok(())
}

fn push_nullable(out: &mut String, text: Option<&Name>) {
    match text {
        Some(text) => push_text(out, text),
        None => out.push_str("null"),
    }
}

fn push_change(out: &mut String, change: &SchemaChange) -> Result<()> {
    out.push_str("{\"column\": ");
    push_text(out, &change.column);
    out.push_str(", \"change_type\": ");
    push_text(out, change.kind.name());
    let types =
        [("old_type", &change.old_type), ("new_type", &change.new_type), ("resolved_type", &change.resolved_type)];
    for (name, type_name) in types {
        out.push_str(", ");
        push_key(out, name);
        push_nullable(out, type_name.as_ref());
    }
    out.push_str(", \"default_value\": ");
    push_value(out, &change.default_value, JsonStyle::WIRE)?;
    out.push('}');
    Ok(())
}

/// Appends the members of a list or an object, with commas between them.
fn push_all<T>(
    out: &mut String,
    members: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T) -> Result<()>,
) -> Result<()> {
    for (index, member) in members.into_iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        push(out, member)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::state::Relayed;

    fn fault<T: Relayed>(tag: Tag, payload: &str) -> Option<(Code, Option<String>)> {
        let error = T::read_any(tag, payload.as_bytes(), &DecodeOptions::strict()).err()?;
        Some((error.code(), error.detail("field").map(str::to_owned)))
    }

    fn bad(field: &str) -> Option<(Code, Option<String>)> {
        Some((Code::BadSchema, Some(field.to_owned())))
    }

    #[test]
    fn a_change_is_read_member_by_member() {
        let read = |text: &str| fault::<SchemaChange>(Tag::SchemaChange, text);
        assert_eq!(read(r#"{"column": "c", "change_type": "added", "default_value": 99999999999999999999}"#), None);
        assert_eq!(read(r#"{"change_type": "added"}"#), bad("column"));
        assert_eq!(read(r#"{"column": "c"}"#), bad("change_type"));
        assert_eq!(read(r#"{"column": "c", "change_type": "lost"}"#), bad("change_type"));
        assert_eq!(read(r#"{"column": "c", "change_type": "added", "new_type": 5}"#), bad("new_type"));
        assert_eq!(read(r#"{"column": "c", "change_type": "added", "type": "schema_evolution_result"}"#), bad("type"));
        assert_eq!(read("[]"), bad("payload"));
    }

    /// A result with one member replaced.
    fn result_with(name: &str, value: &str) -> String {
        let members = [
            ("resolved_schema", "{}"),
            ("changes", "[]"),
            ("policy_used", "\"union\""),
            ("is_compatible", "true"),
            ("renames", "[]"),
        ];
        let others =
            members.iter().filter(|(other, _)| *other != name).map(|(name, value)| format!("\"{name}\": {value}"));
        let replaced = if value.is_empty() { None } else { Some(format!("\"{name}\": {value}")) };
        format!("{{{}}}", others.chain(replaced).collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn a_result_is_read_member_by_member() {
        assert_eq!(
            fault::<SchemaEvolution>(Tag::SchemaEvolutionResult, &result_with("resolved_schema", "{\"a\": \"int\"}")),
            None
        );
        let wrong = [
            ("resolved_schema", "[]"),
            ("resolved_schema", "{\"a\": 1}"),
            ("changes", "[1]"),
            ("policy_used", "\"best\""),
            ("is_compatible", "1"),
            ("defaults", "null"),
            ("warnings", "[1]"),
            ("renames", "[1]"),
        ];
        for (name, value) in wrong {
            assert_eq!(
                fault::<SchemaEvolution>(Tag::SchemaEvolutionResult, &result_with(name, value)),
                bad(name),
                "{name}: {value}"
            );
        }
        for name in ["resolved_schema", "changes", "policy_used", "is_compatible"] {
            assert_eq!(
                fault::<SchemaEvolution>(Tag::SchemaEvolutionResult, &result_with(name, "")),
                bad(name),
                "missing"
            );
        }
        assert_eq!(
            fault::<SchemaEvolution>(Tag::SchemaEvolutionResult, &result_with("changes", "[{\"column\": \"c\"}]")),
            bad("change_type")
        );
    }

    #[test]
    fn a_renamed_column_of_a_newer_reference_is_kept() -> Result<()> {
        let payload = r#"{"column": "b", "change_type": "rename", "old_type": "str", "new_type": "str", "resolved_type": "str", "default_value": null}"#;
        let mut out = Vec::new();
        SchemaChange::read_any(Tag::SchemaChange, payload.as_bytes(), &DecodeOptions::strict())?.write_any(&mut out)?;
        assert_eq!(String::from_utf8_lossy(&out), payload);
        Ok(())
    }

    #[test]
    fn defaults_keep_their_order_and_big_integers() -> Result<()> {
        let payload = concat!(
            r#"{"resolved_schema": {"b": "int", "a": "int"}, "changes": [], "defaults": {"b": 99999999999999999999, "a": null}, "#,
            r#""policy_used": "union", "is_compatible": true, "warnings": ["\u00e9"], "#,
            r#""renames": [{"old_name": "c", "new_name": "b", "version": "2.0"}, {"old_name": "d", "new_name": "a", "version": null}]}"#
        );
        let mut out = Vec::new();
        SchemaEvolution::read_any(Tag::SchemaEvolutionResult, payload.as_bytes(), &DecodeOptions::strict())?
            .write_any(&mut out)?;
        assert_eq!(String::from_utf8_lossy(&out), payload);
        Ok(())
    }
}
