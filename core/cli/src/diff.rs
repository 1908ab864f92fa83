//! `crdt-merge diff`: where two states differ.

mod compare;

use crdt_merge::{AnyState, Code, Error, Join, JsonValue, Result};

use crate::Outcome;
use crate::args::{Common, Diff};
use crate::failure::Exit;
use crate::input::{FrameAt, read_all};
use crate::json::{line, object, tagged};
use crate::output;
use crate::paint::Paint;
use crate::tree::{Extent, scalar};
use compare::{Difference, differences};

pub fn run(arguments: &Diff, options: &Common) -> Outcome {
    let inputs = read_all(&[arguments.left.clone(), arguments.right.clone()], options.decoding())?;
    let [left, right] = inputs.as_slice() else { return Err(Error::new(Code::Internal, "two inputs are two").into()) };
    let comparison = Comparison::of(left.only_frame()?, right.only_frame()?)?;
    let text = if options.json { line(&comparison.as_json()) } else { comparison.as_text(Paint::of_stdout(options)) };
    output::print(&text)?;
    Ok(if comparison.is_equal { Exit::Success } else { Exit::Different })
}

struct Comparison<'a> {
    left: FrameAt<'a>,
    right: FrameAt<'a>,
    kind: String,
    is_equal: bool,
    /// How the two stand to each other in the order of the join, where there is one.
    relation: Option<Relation>,
    differences: Vec<Difference>,
}

/// Which of two states includes the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    LeftBehind,
    RightBehind,
    Diverged,
}

impl Relation {
    const fn name(self) -> &'static str {
        match self {
            Relation::Equal => "equal",
            Relation::LeftBehind => "left_behind",
            Relation::RightBehind => "right_behind",
            Relation::Diverged => "diverged",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Relation::Equal => "equal states",
            Relation::LeftBehind => "the right state includes everything in the left one",
            Relation::RightBehind => "the left state includes everything in the right one",
            Relation::Diverged => "each state has something that the other lacks",
        }
    }

    /// Found by merging: a state that merging does not change includes the other.
    fn of(left: &AnyState, right: &AnyState) -> Option<Relation> {
        let joined = left.joined(right).ok()?;
        Some(match (joined == *left, joined == *right) {
            (true, true) => Relation::Equal,
            (false, true) => Relation::LeftBehind,
            (true, false) => Relation::RightBehind,
            (false, false) => Relation::Diverged,
        })
    }
}

impl<'a> Comparison<'a> {
    fn of(left: FrameAt<'a>, right: FrameAt<'a>) -> Result<Self> {
        let (here, there) = (left.state()?, right.state()?);
        if here.tag() != there.tag() {
            let mismatch = Error::new(Code::TypeMismatch, "states of two kinds have nothing to compare");
            return Err(right.locate(mismatch.with("expected", here.type_name()).with("found", there.type_name())));
        }
        let is_equal = here == there;
        // What equality leaves out is no difference.
        let differences = if is_equal { Vec::new() } else { differences(&here, &there)? };
        Ok(Comparison {
            left,
            right,
            kind: here.type_name().into_owned(),
            is_equal,
            relation: Relation::of(&here, &there),
            differences,
        })
    }

    fn as_json(&self) -> JsonValue {
        object([
            ("type", self.kind.as_str().into()),
            ("equal", self.is_equal.into()),
            ("relation", self.relation.map(Relation::name).into()),
            ("differences", self.differences.iter().map(difference_json).collect::<Vec<_>>().into()),
        ])
    }

    fn as_text(&self, paint: Paint) -> String {
        let (left, right) = (self.left.to_string(), self.right.to_string());
        if self.is_equal {
            return format!("{}: {left} and {right} are equal\n", self.kind);
        }
        let sentence = self.relation.map_or("different contents", Relation::sentence);
        let title = format!("{}: {}\n", self.kind, paint.heading(sentence));
        let sides = format!("{}\n{}\n", paint.error(&format!("- {left}")), paint.good(&format!("+ {right}")));
        self.differences.iter().fold(title + &sides, |text, difference| text + &difference_text(difference, paint))
    }
}

fn difference_json(difference: &Difference) -> JsonValue {
    let path = difference.path.iter().map(tagged).collect::<Vec<_>>();
    let sides = [("left", &difference.left), ("right", &difference.right)];
    let sides = sides.into_iter().filter_map(|(name, side)| Some((name, tagged(side.as_ref()?))));
    object([("path", path.into())].into_iter().chain(sides))
}

/// The path, and below it what each side has there.
fn difference_text(difference: &Difference, paint: Paint) -> String {
    let path: Vec<_> = difference.path.iter().map(step_text).collect();
    let side = |mark: &str, value: &JsonValue| format!("  {mark} {}", compact(value));
    let left = difference.left.as_ref().map(|value| paint.error(&side("-", value)) + "\n");
    let right = difference.right.as_ref().map(|value| paint.good(&side("+", value)) + "\n");
    let parts = [Some(format!("{}\n", paint.key(&path.join(".")))), left, right];
    parts.into_iter().flatten().collect()
}

fn step_text(key: &JsonValue) -> String {
    match key {
        JsonValue::Text(text) => crate::paint::printable(text).into_owned(),
        other => format!("[{}]", scalar(other, Extent::SHORT)),
    }
}

/// A value on one line.
fn compact(value: &JsonValue) -> String {
    let all = |members: Vec<String>| members.join(", ");
    match value {
        JsonValue::List(list) => format!("[{}]", all(list.iter().map(compact).collect())),
        JsonValue::Set(set) => format!("{{{}}}", all(set.iter().map(compact).collect())),
        JsonValue::Map(map) => {
            format!("{{{}}}", all(map.iter().map(|(k, v)| format!("{}: {}", compact(k), compact(v))).collect()))
        }
        other => scalar(other, Extent::SHORT),
    }
}
