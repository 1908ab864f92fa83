//! Cases that take more than one question: laws and traces.

use std::collections::BTreeMap;

use crate::case::{Case, Compare, Law, Step, Trace};
use crate::judge::{Answer, Outcome, compare};
use crate::testee::{Question, Testee};
use crate::value::Value;

/// Operands of a law case are regrouped in every order, so there cannot be many.
const MAX_OPERANDS: usize = 4;

/// A conversation about one case that stops at the first answer that is no frame.
struct Dialogue<'a> {
    case: &'a Case,
    testee: &'a mut Testee,
}

impl Dialogue<'_> {
    fn ask(&mut self, op: &str, input: Value) -> Result<Value, Outcome> {
        let question = Question { id: self.case.id.clone(), op: op.into(), input };
        match self.testee.ask(&question) {
            Answer::Out(value) => Ok(value),
            Answer::Skip(reason) => Err(Outcome::Skip(reason)),
            Answer::Broken(reason) => Err(Outcome::Crash(reason)),
            Answer::Error(code, message) => Err(Outcome::Fail(format!("refused with {code} ({message})"))),
        }
    }

    fn join(&mut self, a: &Value, b: &Value) -> Result<Value, Outcome> {
        self.ask(&self.case.op.clone(), Value::List(vec![a.clone(), b.clone()]))
    }

    fn join_second(&mut self, a: &Value, b: &Value) -> Result<Value, Outcome> {
        self.ask("join", Value::List(vec![a.clone(), b.clone()]))
    }

    fn expect_same(&self, what: &str, expected: &Value, given: &Value) -> Result<(), Outcome> {
        match compare(&self.case.compare, expected, given) {
            Outcome::Pass => Ok(()),
            Outcome::Fail(fault) => Err(Outcome::Fail(format!("{what}: {fault}"))),
            other => Err(other),
        }
    }
}

fn settled(result: Result<(), Outcome>) -> Outcome {
    result.err().unwrap_or(Outcome::Pass)
}

/// Joins the operands in other orders and groups and with repeats; every result must be the same.
pub fn check_laws(testee: &mut Testee, case: &Case, laws: &[Law]) -> Outcome {
    if laws == [Law::Complete] {
        return settled(exchange_is_complete(&mut Dialogue { case, testee }));
    }
    let operands = case.input.as_list().unwrap_or(&[]).to_vec();
    if operands.len() < 2 || operands.len() > MAX_OPERANDS {
        return Outcome::Fail(format!("a law case has 2 to {MAX_OPERANDS} operands"));
    }
    settled(laws_hold(&mut Dialogue { case, testee }, &operands, laws))
}

fn laws_hold(dialogue: &mut Dialogue, operands: &[Value], laws: &[Law]) -> Result<(), Outcome> {
    let result = fold(dialogue, operands)?;
    for law in laws {
        match law {
            Law::Commutative => commutes(dialogue, operands, &result)?,
            Law::Associative => associates(dialogue, operands, &result)?,
            Law::Idempotent => repeats(dialogue, operands, &result)?,
            Law::Complete => return Err(Outcome::Fail("this law stands alone".into())),
        }
    }
    Ok(())
}

fn fold(dialogue: &mut Dialogue, operands: &[Value]) -> Result<Value, Outcome> {
    let mut result = operands[0].clone();
    for operand in &operands[1..] {
        result = dialogue.join(&result, operand)?;
    }
    Ok(result)
}

fn commutes(dialogue: &mut Dialogue, operands: &[Value], result: &Value) -> Result<(), Outcome> {
    for order in permutations(operands) {
        let other = fold(dialogue, &order)?;
        dialogue.expect_same("in another order", result, &other)?;
    }
    Ok(())
}

/// The operands from the right, and as two halves.
fn associates(dialogue: &mut Dialogue, operands: &[Value], result: &Value) -> Result<(), Outcome> {
    for cut in 1..operands.len() {
        let left = fold(dialogue, &operands[..cut])?;
        let right = fold(dialogue, &operands[cut..])?;
        let other = dialogue.join(&left, &right)?;
        dialogue.expect_same("in other groups", result, &other)?;
    }
    Ok(())
}

fn repeats(dialogue: &mut Dialogue, operands: &[Value], result: &Value) -> Result<(), Outcome> {
    let again = dialogue.join(result, result)?;
    dialogue.expect_same("joined with itself", result, &again)?;
    for operand in operands {
        let again = dialogue.join(result, operand)?;
        dialogue.expect_same("joined with an operand again", result, &again)?;
        let again = dialogue.join(operand, result)?;
        dialogue.expect_same("an operand joined with the result", result, &again)?;
    }
    Ok(())
}

/// Asks for a delta or a session, and compares what the two sides have then with the join.
fn exchange_is_complete(dialogue: &mut Dialogue) -> Result<(), Outcome> {
    let input = &dialogue.case.input;
    let member = |from: &Value, name: &str| {
        from.field(name).cloned().ok_or_else(|| Outcome::Fail(format!("the member {name:?} is missing")))
    };
    let is_delta = dialogue.case.op == "delta_for";
    let names = if is_delta { ["receiver", "sender"] } else { ["a", "b"] };
    let [here, there] = [member(input, names[0])?, member(input, names[1])?];
    let said = dialogue.ask(&dialogue.case.op.clone(), input.clone())?;
    let joined = dialogue.join_second(&here, &there)?;
    if is_delta {
        let delta = member(&said, "delta")?;
        let after = dialogue.join_second(&here, &delta)?;
        dialogue.expect_same("joined with the delta", &joined, &after)?;
        let again = dialogue.join_second(&after, &delta)?;
        return dialogue.expect_same("joined with the delta again", &joined, &again);
    }
    dialogue.expect_same("the first side in the end", &joined, &member(&said, "a")?)?;
    dialogue.expect_same("the second side in the end", &joined, &member(&said, "b")?)
}

fn permutations(items: &[Value]) -> Vec<Vec<Value>> {
    if items.len() < 2 {
        return vec![items.to_vec()];
    }
    let mut out = Vec::new();
    for index in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(index);
        out.extend(permutations(&rest).into_iter().map(|mut tail| {
            tail.insert(0, first.clone());
            tail
        }));
    }
    out
}

/// Plays a trace, lets every replica meet every other one in two different orders, and compares.
pub fn check_trace(testee: &mut Testee, case: &Case, trace: &Trace) -> Outcome {
    settled(trace_holds(&mut Dialogue { case, testee }, trace))
}

fn trace_holds(dialogue: &mut Dialogue, trace: &Trace) -> Result<(), Outcome> {
    let states = play(dialogue, trace)?;
    let (forward, backward) = (meet(dialogue, states.values())?, meet(dialogue, states.values().rev())?);
    dialogue.expect_same("met in another order", &forward, &backward)?;
    match &trace.out {
        Some(expected) => dialogue.expect_same("in the end", expected, &forward),
        None => Ok(()),
    }
}

fn play(dialogue: &mut Dialogue, trace: &Trace) -> Result<BTreeMap<String, Value>, Outcome> {
    let mut states: BTreeMap<String, Value> = trace.replicas.iter().cloned().collect();
    let missing = |name: &str| Outcome::Fail(format!("there is no replica {name:?}"));
    for step in &trace.steps {
        match step {
            Step::Apply { at, operation } => {
                let before = states.get(at).ok_or_else(|| missing(at))?.clone();
                let after = apply(dialogue, &before, operation)?;
                states.insert(at.clone(), after);
            }
            Step::Deliver { from, to } => {
                let sent = states.get(from).ok_or_else(|| missing(from))?.clone();
                let held = states.get(to).ok_or_else(|| missing(to))?.clone();
                let joined = dialogue.ask("merge", Value::List(vec![held, sent]))?;
                states.insert(to.clone(), joined);
            }
        }
    }
    Ok(states)
}

/// A local operation, which may only move a state up: joining the old state again changes nothing.
fn apply(dialogue: &mut Dialogue, before: &Value, operation: &Value) -> Result<Value, Outcome> {
    let mut input = vec![(Value::text("frame"), before.clone())];
    input.extend(operation.as_map().unwrap_or(&[]).iter().cloned());
    let after = dialogue.ask("apply", Value::Map(input))?;
    let joined = dialogue.ask("merge", Value::List(vec![before.clone(), after.clone()]))?;
    match compare(&Compare::State, &after, &joined) {
        Outcome::Pass => Ok(after),
        other => Err(Outcome::Fail(format!("an operation moved the state down: {}", other.detail()))),
    }
}

fn meet<'a>(dialogue: &mut Dialogue, mut states: impl Iterator<Item = &'a Value>) -> Result<Value, Outcome> {
    let first = states.next().ok_or_else(|| Outcome::Fail("a trace has replicas".into()))?.clone();
    states.try_fold(first, |sum, state| dialogue.ask("merge", Value::List(vec![sum, state.clone()])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_operands_have_six_orders() {
        let items = [Value::int(1), Value::int(2), Value::int(3)];
        let orders = permutations(&items);
        assert_eq!(orders.len(), 6);
        assert!(orders.iter().enumerate().all(|(i, order)| !orders[..i].contains(order)));
    }
}
