//! The law checker.

use crdt_merge_protocol::laws::{LawOptions, LawReport, Verdict, check_any_states};
use crdt_merge_protocol::{AnyState, Result, Value};

use crate::arguments::{list, member, optional_int, state};
use crate::datum::Datum;

/// How many trials, from which seed.
pub(super) fn options(input: &Datum) -> Result<LawOptions> {
    let mut options = LawOptions::default();
    if let Some(trials) = optional_int(input, "trials")? {
        options.trials = trials;
    }
    if let Some(seed) = optional_int(input, "seed")? {
        options.seed = seed;
    }
    Ok(options)
}

/// Checks that the joins of some states, given as frames, are lawful.
pub(crate) fn law_check(input: &Datum) -> Result<Datum> {
    let samples: Vec<AnyState> = list(member(input, "frames")?)?.iter().map(state).collect::<Result<_>>()?;
    let report = check_any_states(&samples, options(input)?)?;
    Ok(described(&report, |state| state.encode().map_or(Datum::Null, Datum::Bytes)))
}

/// What was found about values.
pub(super) fn of_values(report: &LawReport<Value>) -> Datum {
    described(report, |value| Datum::from(value))
}

fn described<T>(report: &LawReport<T>, show: impl Fn(&T) -> Datum) -> Datum {
    let side = |side: &std::result::Result<T, String>| match side {
        Ok(result) => Datum::map([("result", show(result)), ("raised", Datum::Null)]),
        Err(raised) => Datum::map([("result", Datum::Null), ("raised", Datum::text(raised))]),
    };
    let verdict = |verdict: &Verdict<T>| match verdict {
        Verdict::Held { trials } => Datum::map([("holds", Datum::Bool(true)), ("trials", Datum::count(*trials))]),
        Verdict::Broken(found) => Datum::map([
            ("holds", Datum::Bool(false)),
            ("operands", Datum::List(found.operands.iter().map(&show).collect())),
            ("left", side(&found.left)),
            ("right", side(&found.right)),
        ]),
    };
    let laws = report.iter().map(|(law, found)| (Datum::text(law.name()), verdict(found))).collect();
    Datum::map([("is_lawful", Datum::Bool(report.is_lawful())), ("laws", Datum::Map(laws))])
}
