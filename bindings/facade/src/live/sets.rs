//! Sets whose additions or removals win.

use crdt_merge_protocol::{AnyState, Result};

use super::states::not_for;
use super::states::operations::state;
use crate::arguments::{list, member, optional, text, value};
use crate::datum::Datum;

/// Adds elements; under an explicit plain tag if one is given, as version 1 did. How many were not there before.
pub(crate) fn set_add(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let elements = list(member(input, "values")?)?.iter().map(value).collect::<Result<Vec<_>>>()?;
    let mut fresh = 0_u32;
    if optional(input, "tag").is_some() {
        let tag = text(input, "tag")?;
        let mut held = state.write();
        let AnyState::OrSet(set) = &mut *held else { return Err(not_for("or_set", &held)) };
        for element in elements {
            fresh += u32::from(!set.contains(element.clone()));
            set.add_with_tag(element, tag)?;
        }
        return Ok(Datum::int(fresh));
    }
    state.writer()?.with(|replica| {
        let mut held = state.write();
        for element in elements {
            fresh += u32::from(match &mut *held {
                AnyState::OrSet(set) => {
                    let is_fresh = !set.contains(element.clone());
                    set.add(replica, element).map(|()| is_fresh)?
                }
                AnyState::RwSet(set) => {
                    let is_fresh = !set.contains(element.clone());
                    set.add(replica, element).map(|()| is_fresh)?
                }
                other => return Err(not_for("a set", other)),
            });
        }
        Ok(Datum::int(fresh))
    })
}

/// Removes elements, as far as this state has seen them added. How many were there.
pub(crate) fn set_remove(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let elements = list(member(input, "values")?)?.iter().map(value).collect::<Result<Vec<_>>>()?;
    let mut gone = 0_u32;
    let mut held = state.write();
    for element in elements {
        gone += u32::from(match &mut *held {
            AnyState::OrSet(set) => set.remove(element),
            AnyState::RwSet(set) => state.writer()?.with(|replica| set.remove(replica, element))?,
            other => return Err(not_for("a set", other)),
        });
    }
    Ok(Datum::int(gone))
}

/// Which of some values are elements.
pub(crate) fn set_has(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    let has = |element: &Datum| {
        let element = value(element)?;
        Ok(Datum::Bool(match &*held {
            AnyState::OrSet(set) => set.contains(element),
            AnyState::RwSet(set) => set.contains(element),
            other => return Err(not_for("a set", other)),
        }))
    };
    Ok(Datum::List(list(member(input, "values")?)?.iter().map(has).collect::<Result<_>>()?))
}

/// The elements in canonical order.
pub(crate) fn set_values(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    Ok(Datum::List(match &*held {
        AnyState::OrSet(set) => set.iter().map(Datum::from).collect(),
        AnyState::RwSet(set) => set.iter().map(Datum::from).collect(),
        other => return Err(not_for("a set", other)),
    }))
}

/// How many elements there are.
pub(crate) fn set_len(input: &Datum) -> Result<Datum> {
    let state = state(input)?;
    let held = state.read();
    Ok(Datum::count(match &*held {
        AnyState::OrSet(set) => set.len() as u64,
        AnyState::RwSet(set) => set.len() as u64,
        other => return Err(not_for("a set", other)),
    }))
}
