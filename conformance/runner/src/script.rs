//! Scripts in the making: the argument of the operation `script`.

use crate::value::Value;

/// Steps, and which results are shown.
#[derive(Default)]
pub struct Script {
    steps: Vec<Value>,
    shown: Vec<Value>,
}

impl Script {
    /// Adds a step; its number.
    pub fn step<const N: usize>(&mut self, operation: &str, members: [(&str, Value); N]) -> usize {
        self.steps.push(Value::List(vec![Value::text(operation), Value::map(members)]));
        self.steps.len() - 1
    }

    /// Adds a step whose result is part of the answer.
    pub fn show<const N: usize>(&mut self, operation: &str, members: [(&str, Value); N]) {
        let step = self.step(operation, members);
        self.shown.push(Value::int(step as i64));
    }

    /// A replica; 32 equal bytes are its entropy.
    pub fn replica(&mut self, node: &str, entropy: u8) -> usize {
        let entropy = Value::Bytes(vec![entropy; 32]);
        self.step("replica_new", [("node", Value::text(node)), ("entropy", entropy)])
    }

    /// An empty state of a replica.
    pub fn state(&mut self, kind: &str, replica: usize, parameters: Value) -> usize {
        let members = [("kind", Value::text(kind)), ("replica", reference(replica)), ("parameters", parameters)];
        self.step("state_new", members)
    }

    /// The argument.
    pub fn whole(self) -> Value {
        Value::map([("steps", Value::List(self.steps)), ("show", Value::List(self.shown))])
    }
}

/// What stands for the result of a step.
pub fn reference(step: usize) -> Value {
    Value::map([("$", Value::int(step as i64))])
}
