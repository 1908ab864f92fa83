//! Checking joins of states, and shrinking states through their wire form.

use super::check::{check_all_by_law, check_by_law};
use super::{Law, LawOptions, LawReport, Random, Sampler, ValueSampler};
use crate::error::Result;
use crate::generated::{PayloadForm, Tag};
use crate::join::Join;
use crate::state::{AnyState, State};
use crate::value::Value;
use crate::wire::{Body, Compression, DecodeOptions, Document};

/// Checks the join of a kind on drawn states.
///
/// Results have to be equal states with equal canonical bytes of version 2. Where the law is about order (commutative,
/// associative) their version-1 bytes have to be equal as well, down to what equality leaves out.
pub fn check_state<S: State>(sampler: &mut impl Sampler<S>, options: LawOptions) -> Result<LawReport<S>> {
    check_by_law(S::joined, same(bytes_of::<S>), sampler, options)
}

/// Checks the join of a kind on every operand, pair and triple of some states; see [`check_state`].
pub fn check_states<S: State>(samples: &[S], options: LawOptions) -> Result<LawReport<S>> {
    check_all_by_law(S::joined, same(bytes_of::<S>), samples, options)
}

/// As [`check_states`], for states of a kind that is only known at run time.
pub fn check_any_states(samples: &[AnyState], options: LawOptions) -> Result<LawReport<AnyState>> {
    check_all_by_law(AnyState::joined, same(bytes_of_any), samples, options)
}

/// The canonical frames of a state: of version 2, and of version 1 if it can hold the state and merging may not leave it
/// different in equal states.
type Frames = (Option<Vec<u8>>, Option<Vec<u8>>);

fn bytes_of<S: State>(state: &S) -> Frames {
    (Some(state.encode()), first_to_compare(Some(S::TAG), || state.encode_v1()))
}

fn bytes_of_any(state: &AnyState) -> Frames {
    (state.encode().ok(), first_to_compare(state.tag(), || state.encode_v1()))
}

fn first_to_compare(tag: Option<Tag>, encode: impl FnOnce() -> Result<Vec<u8>>) -> Option<Vec<u8>> {
    match tag {
        // Whose state it is and how many peers it tells are settings of one replica: every merge keeps those of the left side.
        Some(Tag::GossipState) => None,
        // The count of a filter is a figure for people, which depends on the order in which it filled up.
        Some(Tag::Bloom) => None,
        _ => encode().ok(),
    }
}

/// When two results of a law are the same.
fn same<S: PartialEq>(encode: impl Fn(&S) -> Frames) -> impl Fn(Law, &S, &S) -> bool {
    move |law, a, b| {
        let is_about_order = matches!(law, Law::Commutative | Law::Associative);
        let ((a2, a1), (b2, b1)) = (encode(a), encode(b));
        // States that version 1 cannot hold have no such bytes to compare.
        a == b && a2 == b2 && (!is_about_order || a1.zip(b1).is_none_or(|(a, b)| a == b))
    }
}

/// States drawn by a function, shrunk by taking parts out of their version-1 payload.
#[derive(Debug, Clone)]
pub struct StateSampler<F>(pub F);

impl<S: State, F: FnMut(&mut Random) -> S> Sampler<S> for StateSampler<F> {
    fn draw(&mut self, random: &mut Random) -> S {
        (self.0)(random)
    }

    fn simpler(&self, sample: &S) -> Vec<S> {
        let Some(payload) = payload_of(sample) else { return Vec::new() };
        simpler_payloads(&payload)
            .iter()
            .filter_map(|payload| state_of::<S>(payload))
            .filter(|state| state != sample)
            .collect()
    }
}

fn payload_of<S: State>(state: &S) -> Option<Value> {
    let frame = state.encode_v1().ok()?;
    match Document::decode(&frame, &DecodeOptions::strict()).ok()?.body() {
        Body::Compact(value) => Some(value.clone()),
        Body::Json(value) => value.to_value().ok(),
        Body::State(_) => None,
    }
}

fn state_of<S: State>(payload: &Value) -> Option<S> {
    let body = match S::TAG.form() {
        PayloadForm::Compact => Body::Compact(payload.clone()),
        PayloadForm::Json => Body::Json(payload.to_json()),
        PayloadForm::None => return None,
    };
    let document = Document::new(S::TAG, body, Compression::None).ok()?;
    S::decode(document.encode()).ok()
}

/// A payload with one of its members simplified, down to the leaves.
fn simpler_payloads(payload: &Value) -> Vec<Value> {
    let values = ValueSampler::default();
    let Value::Map(map) = payload else { return values.simpler(payload) };
    let mut simpler = values.simpler(payload);
    for (key, member) in map {
        for smaller in simpler_payloads(member) {
            let mut map = map.clone();
            if map.insert(key.clone(), smaller).is_ok() {
                simpler.push(Value::Map(map));
            }
        }
    }
    simpler
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::CompatBloom;

    #[test]
    fn the_count_of_a_filter_that_fills_up_breaks_no_law() -> Result<()> {
        let filter = |items: std::ops::Range<i64>| {
            let mut filter = CompatBloom::with_capacity(1, 0.9)?;
            filter.add_all(items).map(|()| filter)
        };
        let filters = (0..30).map(|first| filter(first * 3..first * 3 + 1 + first % 4)).collect::<Result<Vec<_>>>()?;
        let count = |filter: CompatBloom| filter.count();
        let [a, b, c] = [0, 1, 2].map(|place| &filters[place]);
        assert_ne!(count(a.joined(b)?.joined(c)?), count(a.joined(&b.joined(c)?)?), "the counts show the grouping");
        assert!(check_states(&filters, LawOptions::default())?.is_lawful());
        let states: Vec<_> = filters.into_iter().map(AnyState::from).collect();
        assert!(check_any_states(&states, LawOptions::default())?.is_lawful());
        Ok(())
    }
}
