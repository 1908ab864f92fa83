//! What kinds with a causal context share: a context says what was seen, the items say what of it lives.

use std::collections::BTreeSet;

use crate::dot::{Context, Dot};
use crate::sync::item::{Item, dots_of};

/// Most dots that the context of a delta names one by one; a state that would need more is sent whole.
const MOST_DOTS: u64 = 1 << 20;

/// The dots in one context that are not in another; `None` when they are too many to name.
pub(crate) fn context_above(mine: &Context, theirs: &Context) -> Option<Context> {
    let mut above = Context::new();
    let mut left = MOST_DOTS;
    for (actor, last) in mine.contiguous() {
        let known = theirs.contiguous_of(actor);
        if theirs.last(actor) == 0 {
            above.raise(actor, last);
        } else if known < last {
            left = left.checked_sub(last - known)?;
            let missing = (known + 1..=last).filter_map(|sequence| Dot::new(actor, sequence));
            missing.filter(|dot| !theirs.contains(dot)).for_each(|dot| {
                above.add(&dot);
            });
        }
    }
    mine.exceptions().filter(|dot| !theirs.contains(dot)).for_each(|dot| {
        above.add(dot);
    });
    Some(above)
}

/// The dots at which a state is above a peer's: those that the peer has not seen, and those that live there and are dead here.
pub(crate) fn dots_above<'a>(
    mine: &Context,
    live: impl Iterator<Item = &'a Dot>,
    theirs: &[Item],
    peer: &Context,
) -> Option<Context> {
    let mut above = context_above(mine, peer)?;
    let mut candidates: BTreeSet<Dot> = dots_of(theirs, peer).into_iter().filter(|dot| mine.contains(dot)).collect();
    if !candidates.is_empty() {
        live.for_each(|dot| {
            candidates.remove(dot);
        });
    }
    candidates.iter().for_each(|dot| {
        above.add(dot);
    });
    Some(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_exactly() {
        let dot = |actor, sequence| Dot::new(actor, sequence).unwrap();
        let mut mine = Context::new();
        mine.raise("a", 5);
        mine.raise("b", 1 << 60);
        mine.add(&dot("c", 7));
        let theirs: Context = [dot("a", 1), dot("a", 3), dot("c", 1)].iter().collect();
        let above = context_above(&mine, &theirs).unwrap();
        let expected: Context = [dot("a", 2), dot("a", 4), dot("a", 5), dot("c", 7)].iter().collect();
        assert_eq!(above.exceptions().cloned().collect::<Vec<_>>(), expected.exceptions().cloned().collect::<Vec<_>>());
        assert_eq!(above.contiguous().collect::<Vec<_>>(), [("b", 1 << 60)]);
        let known: Context = [dot("b", 1)].iter().collect();
        assert_eq!(context_above(&mine, &known), None, "2^60 dots are not written one by one");
    }
}
