use super::Report;
use crate::error::{Error, Result};
use crate::generated::Tag;
use crate::json::{JsonStyle, push_key, push_text, push_value};
use crate::types::fields::Fields;
use crate::types::json_kind::{JsonKind, json_frames};
use crate::value::JsonValue;
use crate::wire::DecodeOptions;

/// The member that names the type. Writers put it last.
const TYPE: &str = "__type";

json_frames!(Report, |report| report.tag(), |tag| Report::has_tag(tag));

impl JsonKind for Report {
    const TYPE_MEMBER: &'static str = TYPE;

    fn from_members(tag: Tag, members: JsonValue, options: &DecodeOptions) -> Result<Self> {
        Fields::of(&members, "payload")?.check_type(TYPE, tag, options)?;
        match members {
            JsonValue::Map(members) => Report::new(tag, members),
            _ => Err(Error::schema("payload", "expected a map")),
        }
    }

    fn push_json(&self, text: &mut String) -> Result<()> {
        push_report(text, self)
    }

    fn members(&self) -> Result<JsonValue> {
        Ok(JsonValue::Map(self.members().clone()))
    }
}

fn push_report(out: &mut String, report: &Report) -> Result<()> {
    out.push('{');
    for (name, value) in report.members() {
        push_key(out, name.as_text().unwrap_or_default());
        push_value(out, value, JsonStyle::WIRE)?;
        out.push_str(", ");
    }
    push_key(out, TYPE);
    push_text(out, report.tag().name());
    out.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::state::Relayed;
    use crate::types::json_kind::read_text as read;
    use crate::value::{Map, Set};

    fn read_text(tag: Tag, text: &str) -> Result<Report> {
        read(tag, text.as_bytes(), &DecodeOptions::strict())
    }

    fn written(report: &Report) -> Result<String> {
        let mut out = Vec::new();
        report.write_any(&mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn bad_field(tag: Tag, text: &str) -> Option<String> {
        let error = read_text(tag, text).err()?;
        assert_eq!(error.code(), Code::BadSchema, "{error}");
        error.detail("field").map(str::to_owned)
    }

    #[test]
    fn members_stand_in_order_with_defaults() -> Result<()> {
        let query = read_text(Tag::MergeqlQuery, r#"{"on_key": "id", "zzz": 1, "sources": ["a"]}"#)?;
        let expected =
            r#"{"sources": ["a"], "on_key": "id", "strategies": {}, "where_clause": null, "explain": false, "#;
        let rest = r#""schema_mapping": null, "limit": null, "__type": "mergeql_query"}"#;
        assert_eq!(written(&query)?, [expected, rest].concat());
        let metadata = read_text(Tag::ParquetMergeMetadata, r#"{"key_column": "id"}"#)?;
        assert_eq!(metadata.member("schema_version"), Some(&"1.0".into()));
        assert_eq!(metadata.member("provenance_enabled"), Some(&true.into()));
        Ok(())
    }

    #[test]
    fn an_empty_list_of_conflicts_is_complete() -> Result<()> {
        let expected = concat!(
            r#"{"total_rows": 0, "merged_rows": 0, "unique_a_rows": 0, "unique_b_rows": 0, "total_conflicts": 0, "#,
            r#""duration_ms": 0.0, "records": [], "__type": "conflict_topology"}"#
        );
        assert_eq!(written(&read_text(Tag::ConflictTopology, "{}")?)?, expected);
        Ok(())
    }

    #[test]
    fn conflicts_are_counted_not_believed() -> Result<()> {
        let decision =
            |source: &str| format!(r#"{{"field": "f", "source": "{source}", "strategy": "LWW", "value": 1}}"#);
        let decisions =
            [decision("conflict_resolved"), decision("both_equal"), decision("conflict_resolved")].join(", ");
        let text = format!(r#"{{"key": 1, "origin": "merged", "conflict_count": "many", "decisions": [{decisions}]}}"#);
        assert_eq!(read_text(Tag::ConflictRecord, &text)?.member("conflict_count"), Some(&2.into()));
        let log = read_text(Tag::ConflictTopology, &format!(r#"{{"records": [{text}]}}"#))?;
        assert!(written(&log)?.contains(r#""origin": "merged", "conflict_count": 2, "decisions""#));
        Ok(())
    }

    #[test]
    fn the_first_bad_member_is_named() {
        assert_eq!(bad_field(Tag::MergeqlQuery, "{}").as_deref(), Some("sources"));
        assert_eq!(bad_field(Tag::MergeqlQuery, "[]").as_deref(), Some("payload"));
        assert_eq!(bad_field(Tag::MergeqlQuery, r#"{"sources": [1], "on_key": 1}"#).as_deref(), Some("sources"));
        assert_eq!(
            bad_field(Tag::MergeqlQuery, r#"{"sources": [], "on_key": "", "limit": 2.0}"#).as_deref(),
            Some("limit")
        );
        assert_eq!(bad_field(Tag::MergeqlQuery, r#"{"__type": "merge_plan"}"#).as_deref(), Some("__type"));
        assert_eq!(bad_field(Tag::MergeqlQuery, r#"{"__type": null}"#).as_deref(), Some("__type"));
        let result = r#"{"data": [], "plan": {"sources": []}, "conflicts": 0}"#;
        assert_eq!(bad_field(Tag::MergeqlResult, result).as_deref(), Some("plan.source_sizes"));
        let record = r#"{"records": [{"key": 1, "origin": "x", "decisions": [{"field": "f"}]}]}"#;
        assert_eq!(bad_field(Tag::ConflictTopology, record).as_deref(), Some("records.decisions.source"));
    }

    #[test]
    fn lenient_reading_takes_another_type_name() {
        let text = br#"{"__type": "merge_plan", "key_column": "k"}"#;
        assert!(read::<Report>(Tag::ParquetMergeMetadata, text, &DecodeOptions::lenient()).is_ok());
    }

    #[test]
    fn conflicts_hold_what_json_cannot_as_text_and_lists() -> Result<()> {
        let set = Set::from_members(vec![10.into(), 9.into(), JsonValue::Bytes(vec![0]), "9".into()])?;
        let inner = Map::from_pairs(vec![(JsonValue::Bool(true), JsonValue::Set(set)), (1.5.into(), JsonValue::Null)])?;
        let members = vec![("key".into(), JsonValue::List(vec![inner.into()])), ("origin".into(), "merged".into())];
        let record = Report::new(Tag::ConflictRecord, Map::from_pairs(members)?)?;
        let expected = r#"{"key": [{"True": [10, "9", 9, "b'\\x00'"], "1.5": null}], "origin""#;
        assert!(written(&record)?.starts_with(expected), "{}", written(&record)?);
        assert_eq!(Report::decode(&record.encode_v1()?)?, record);
        Ok(())
    }

    #[test]
    fn integers_of_any_size_travel_and_rows_hold_json_only() -> Result<()> {
        let text = r#"{"total_rows": 99999999999999999999}"#;
        assert!(
            written(&read_text(Tag::ConflictTopology, text)?)?.starts_with(r#"{"total_rows": 99999999999999999999, "#)
        );
        let plan = read_text(
            Tag::MergePlan,
            concat!(
                r#"{"sources": [], "source_sizes": {}, "merge_key": "", "strategies": {}, "estimated_output_rows": 0, "#,
                r#""schema_evolution_needed": true, "arrow_backend": true, "steps": []}"#
            ),
        )?;
        let row = JsonValue::Map(Map::from_pairs(vec![("a".into(), JsonValue::Bytes(vec![]))])?);
        let members: Vec<(JsonValue, JsonValue)> = vec![
            ("data".into(), JsonValue::List(vec![row])),
            ("plan".into(), plan.members().clone().into()),
            ("conflicts".into(), 0.into()),
        ];
        let result = Report::new(Tag::MergeqlResult, Map::from_pairs(members)?)?;
        assert_eq!(result.encode_v1().unwrap_err().code(), Code::BadValue);
        Ok(())
    }
}
