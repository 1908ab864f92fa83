//! Reports: one JSON document, and everything else made from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::case::known_members;
use crate::json::{Json, number, object, text};
use crate::judge::Outcome;
use crate::run::{CaseResult, Report, TesteeReport};
use crate::testee::Greeting;

/// The format member of a report.
pub const FORMAT: &str = "crdt-conform-report/1";

impl Report {
    /// The report as a document; `schema/report.json` describes it.
    pub fn to_json(&self) -> Json {
        object([
            ("format", text(FORMAT)),
            ("complete", Json::Bool(self.complete)),
            ("passed", number(self.passed())),
            ("failed", number(self.failed())),
            ("skipped", number(self.skipped())),
            ("deviations", number(self.deviations())),
            ("uncovered", Json::Array(self.uncovered.iter().map(text).collect())),
            ("testees", Json::Array(self.testees.iter().map(testee_json).collect())),
        ])
    }

    /// Reads a report that was written by [`Report::to_json`].
    pub fn from_json(json: &Json) -> Result<Report, String> {
        let members = ["format", "complete", "passed", "failed", "skipped", "deviations", "uncovered", "testees"];
        known_members(json, &members)?;
        if json.member("format").and_then(Json::as_text) != Some(FORMAT) {
            return Err("this is no report".into());
        }
        let testees = json.member("testees").and_then(Json::as_array).ok_or("`testees` is missing")?;
        Ok(Report {
            complete: json.member("complete").and_then(Json::as_bool).unwrap_or(false),
            uncovered: text_list(json, "uncovered"),
            testees: testees.iter().map(read_testee).collect::<Result<_, _>>()?,
        })
    }

    /// The closing lines: failures, gaps, a table, and the count in the last line.
    pub fn terminal(&self) -> String {
        let mut out = String::new();
        for testee in &self.testees {
            write_testee(&mut out, testee);
        }
        for gap in &self.uncovered {
            let _ = writeln!(out, "uncovered: {gap}");
        }
        out.push_str(&self.markdown());
        for testee in &self.testees {
            write_skips(&mut out, testee);
        }
        let _ = writeln!(out, "skipped: {} (a skip is never a pass)", self.skipped());
        let coverage = if self.complete {
            format!("{} gaps", self.uncovered.len())
        } else {
            "not asked of a part of the corpus".into()
        };
        let _ = writeln!(out, "coverage: {coverage}");
        let _ = writeln!(out, "deviations: {} listed", self.deviations());
        let _ = writeln!(out, "{} passed, {} failed", self.passed(), self.failed());
        out
    }

    /// A matrix testee × area: passed of asked, skips and deviations beside them.
    pub fn markdown(&self) -> String {
        let mut areas: Vec<String> = Vec::new();
        for result in self.testees.iter().flat_map(|testee| &testee.results) {
            let area = area(&result.id);
            if !areas.contains(&area) {
                areas.push(area);
            }
        }
        areas.sort();
        let mut out = String::from("| testee |");
        areas.iter().for_each(|area| out.push_str(&format!(" {area} |")));
        out.push_str(" all |\n|---|");
        out.push_str(&"---|".repeat(areas.len() + 1));
        out.push('\n');
        for testee in &self.testees {
            let _ = write!(out, "| {} |", testee.name);
            for area_name in &areas {
                let _ = write!(out, " {} |", Tally::of(testee, |id| area(id) == *area_name));
            }
            let _ = writeln!(out, " {} |", Tally::of(testee, |_| true));
        }
        out
    }

    /// A JUnit document, one suite per testee.
    pub fn junit(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for testee in &self.testees {
            let count = |word: &str| testee.results.iter().filter(|r| r.outcome.word() == word).count();
            let _ = writeln!(
                out,
                "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
                xml(&testee.name),
                testee.results.len() + testee.faults.len(),
                count("fail"),
                count("crash") + testee.faults.len(),
                count("skip") + count("deviation")
            );
            testee.results.iter().for_each(|result| junit_case(&mut out, result));
            for (index, fault) in testee.faults.iter().enumerate() {
                let _ = writeln!(
                    out,
                    "<testcase classname=\"run\" name=\"fault {index}\"><error message=\"{}\"/></testcase>",
                    xml(fault)
                );
            }
            out.push_str("</testsuite>\n");
        }
        out.push_str("</testsuites>\n");
        out
    }
}

/// The area of an id, and for imported cases the topic: the column of the matrix.
fn area(id: &str) -> String {
    id.split('/').next().unwrap_or("").to_string()
}

#[derive(Default)]
struct Tally {
    counts: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn of(testee: &TesteeReport, belongs: impl Fn(&str) -> bool) -> Tally {
        let mut tally = Tally::default();
        for result in testee.results.iter().filter(|result| belongs(&result.id)) {
            *tally.counts.entry(result.outcome.word()).or_default() += 1;
        }
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = |word: &str| self.counts.get(word).copied().unwrap_or(0);
        let asked: usize = self.counts.iter().filter(|(word, _)| **word != "skip").map(|(_, n)| n).sum();
        write!(out, "{}/{asked}", count("pass"))?;
        for (word, mark) in [("deviation", "listed"), ("skip", "skipped"), ("crash", "crashed")] {
            if count(word) > 0 {
                write!(out, ", {} {mark}", count(word))?;
            }
        }
        Ok(())
    }
}

fn write_testee(out: &mut String, testee: &TesteeReport) {
    for fault in &testee.faults {
        let _ = writeln!(out, "{}: {fault}", testee.name);
    }
    for result in &testee.results {
        if let Outcome::Fail(detail) | Outcome::Crash(detail) = &result.outcome {
            let _ = writeln!(out, "{}: {} {}: {detail}", testee.name, result.id, result.outcome.word());
        }
    }
}

/// Why a testee was not asked, and how often.
fn write_skips(out: &mut String, testee: &TesteeReport) {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for result in &testee.results {
        if let Outcome::Skip(reason) = &result.outcome {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    for (reason, count) in reasons {
        let _ = writeln!(out, "skipped: {} {count}: {reason}", testee.name);
    }
}

fn testee_json(testee: &TesteeReport) -> Json {
    let words = |words: &[String]| Json::Array(words.iter().map(text).collect());
    let about = testee.greeting.about.iter().map(|(n, v)| (n.clone(), text(v))).collect();
    object([
        ("name", text(&testee.name)),
        ("protocol", number(testee.greeting.protocol)),
        ("impl", Json::Object(about)),
        ("ops", words(&testee.greeting.ops)),
        ("features", words(&testee.greeting.features)),
        ("faults", words(&testee.faults)),
        ("results", Json::Array(testee.results.iter().map(result_json).collect())),
    ])
}

fn result_json(result: &CaseResult) -> Json {
    let mut members = vec![
        ("id".to_string(), text(&result.id)),
        ("level".to_string(), text(result.level)),
        ("outcome".to_string(), text(result.outcome.word())),
    ];
    if !result.outcome.detail().is_empty() {
        members.push(("detail".to_string(), text(result.outcome.detail())));
    }
    Json::Object(members)
}

fn text_list(json: &Json, name: &str) -> Vec<String> {
    let items = json.member(name).and_then(Json::as_array).unwrap_or(&[]);
    items.iter().filter_map(Json::as_text).map(str::to_string).collect()
}

fn read_testee(json: &Json) -> Result<TesteeReport, String> {
    let about = json.member("impl").and_then(Json::as_object).unwrap_or(&[]);
    let results = json.member("results").and_then(Json::as_array).ok_or("`results` is missing")?;
    Ok(TesteeReport {
        name: crate::case::required_text(json, "name")?,
        greeting: Greeting {
            protocol: json.member("protocol").and_then(Json::as_usize).unwrap_or(0) as u32,
            about: about.iter().filter_map(|(n, v)| Some((n.clone(), v.as_text()?.to_string()))).collect(),
            ops: text_list(json, "ops"),
            features: text_list(json, "features"),
        },
        faults: text_list(json, "faults"),
        results: results.iter().map(read_result).collect::<Result<_, _>>()?,
    })
}

fn read_result(json: &Json) -> Result<CaseResult, String> {
    known_members(json, &["id", "level", "outcome", "detail"])?;
    let detail = json.member("detail").and_then(Json::as_text).unwrap_or("").to_string();
    let outcome = match json.member("outcome").and_then(Json::as_text) {
        Some("pass") => Outcome::Pass,
        Some("fail") => Outcome::Fail(detail),
        Some("skip") => Outcome::Skip(detail),
        Some("crash") => Outcome::Crash(detail),
        Some("deviation") => Outcome::Deviation(detail),
        _ => return Err("nobody knows the outcome".into()),
    };
    let level = match json.member("level").and_then(Json::as_text) {
        Some("must") => "must",
        Some("should") => "should",
        _ => "may",
    };
    Ok(CaseResult { id: crate::case::required_text(json, "id")?, level, outcome })
}

fn junit_case(out: &mut String, result: &CaseResult) {
    let (class, name) = result.id.rsplit_once('/').unwrap_or(("", &result.id));
    let _ = write!(out, "<testcase classname=\"{}\" name=\"{}\">", xml(class), xml(name));
    let detail = xml(result.outcome.detail());
    match &result.outcome {
        Outcome::Pass => {}
        Outcome::Fail(_) => out.push_str(&format!("<failure message=\"{detail}\"/>")),
        Outcome::Crash(_) => out.push_str(&format!("<error message=\"{detail}\"/>")),
        Outcome::Skip(_) => out.push_str(&format!("<skipped message=\"{detail}\"/>")),
        Outcome::Deviation(_) => out.push_str(&format!("<skipped message=\"listed deviation: {detail}\"/>")),
    }
    out.push_str("</testcase>\n");
}

fn xml(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Report {
        let result = |id: &str, outcome| CaseResult { id: id.into(), level: "must", outcome };
        Report {
            testees: vec![TesteeReport {
                name: "t".into(),
                greeting: Greeting::default(),
                results: vec![
                    result("a/b/1", Outcome::Pass),
                    result("a/b/2", Outcome::Fail("<wrong>".into())),
                    result("a/b/3", Outcome::Skip("no".into())),
                    result("c/b/4", Outcome::Deviation("known".into())),
                ],
                faults: vec!["f".into()],
            }],
            uncovered: vec!["code X: no case".into()],
            complete: true,
        }
    }

    #[test]
    fn the_last_line_counts_and_the_line_before_lists() {
        let text = sample().terminal();
        let lines: Vec<&str> = text.lines().rev().take(2).collect();
        assert_eq!(lines, ["1 passed, 3 failed", "deviations: 1 listed"]);
    }

    #[test]
    fn skips_are_counted_by_their_reason() {
        assert!(sample().terminal().contains("\nskipped: t 1: no\nskipped: 1 (a skip is never a pass)\n"));
    }

    #[test]
    fn a_report_survives_a_round_trip() {
        let report = sample();
        let line = report.to_json().to_line();
        assert_eq!(Report::from_json(&Json::parse(&line).unwrap()).unwrap(), report);
    }

    #[test]
    fn nothing_asked_is_no_success() {
        assert_eq!(Report::default().failed(), 1);
    }

    #[test]
    fn junit_escapes_what_xml_cannot_hold() {
        let document = sample().junit();
        assert!(document.contains("&lt;wrong&gt;") && document.contains("tests=\"5\""));
    }
}
