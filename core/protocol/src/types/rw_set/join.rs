use std::collections::BTreeSet;
use std::sync::Arc;

use super::RwSet;
use super::state::{Entry, Mark};
use crate::dot::Dot;
use crate::error::Result;
use crate::join::{Changed, Join, Observer};
use crate::text::py_str;
use crate::types::dot_map::Plan;
use crate::value::Value;

/// Adds and removals that no later write of the element has seen; an add that newly meets a removal is a conflict.
impl Join for RwSet {
    /// Fails with `DOT_CONFLICT` when one dot stands for two writes.
    fn join_with<O: Observer>(&mut self, other: &Self, observer: &mut O) -> Result<Changed> {
        let plan = self.marks.plan(&other.marks)?;
        let touched = if observer.is_listening() { self.touched(&plan) } else { Vec::new() };
        self.move_dots(&plan, other);
        let changed = self.marks.carry_out(&plan, &other.marks);
        self.tell(touched, other, observer);
        Ok(Changed::from_bool(self.extensions.join(&other.extensions) || changed))
    }
}

/// An element that changes, and whether it had both an add and a removal before.
type Touched = (Arc<[u8]>, bool);

impl RwSet {
    fn touched(&self, plan: &Plan<'_, Mark>) -> Vec<Touched> {
        let dying = plan.dying.iter().filter_map(|dot| self.marks.mark(dot));
        let rising = plan.rising.iter().map(|(_, mark)| *mark);
        let keys: BTreeSet<&Arc<[u8]>> = dying.chain(rising).map(|mark| &mark.element).collect();
        let is_contested = |key| self.elements.get(key).is_some_and(Entry::is_contested);
        keys.into_iter().map(|key| (key.clone(), is_contested(key))).collect()
    }

    /// Gives the dots of the plan to their elements, or takes them away.
    fn move_dots(&mut self, plan: &Plan<'_, Mark>, other: &RwSet) {
        if self.elements.is_empty() && plan.rising.len() == other.marks.len() {
            self.elements.clone_from(&other.elements);
            return;
        }
        plan.dying.iter().for_each(|dot| self.forget(dot));
        for (dot, mark) in &plan.rising {
            self.note(dot, mark, other);
        }
    }

    /// Takes a dot from its element.
    fn forget(&mut self, dot: &Dot) {
        let Some(mark) = self.marks.mark(dot) else { return };
        let Some(entry) = self.elements.get_mut(&mark.element) else { return };
        entry.dots(mark.turn).remove(dot);
        if entry.adds.is_empty() && entry.removes.is_empty() {
            self.elements.remove(&mark.element);
        }
    }

    /// Gives a dot of another set to its element here.
    fn note(&mut self, dot: &Dot, mark: &Mark, other: &RwSet) {
        if let Some(entry) = self.elements.get_mut(&mark.element) {
            entry.dots(mark.turn).insert(dot.clone());
            return;
        }
        // Live dots have an element.
        let element = other.elements.get(&mark.element).map_or(Value::Null, |entry| entry.element.clone());
        let mut entry = Entry::new(element);
        entry.dots(mark.turn).insert(dot.clone());
        self.elements.insert(mark.element.clone(), entry);
    }

    fn tell<O: Observer>(&self, touched: Vec<Touched>, other: &RwSet, observer: &mut O) {
        for (key, was_contested) in touched {
            let entry = self.elements.get(&key);
            let Some(element) = entry.or_else(|| other.elements.get(&key)).map(|entry| &entry.element) else {
                continue;
            };
            let name = py_str(element);
            observer.changed(&name);
            if !was_contested && entry.is_some_and(Entry::is_contested) {
                observer.conflict(&name);
            }
        }
    }
}
