//! A state whose kind is only known at run time.

use std::cmp::Ordering;

use super::compact::Peers;
use super::item::Item;
use super::reconcile::{Form, Profile, Reconcile, profile_of};
use super::symbol::Difference;
use crate::error::{Code, Error, Result};
use crate::state::{AnyState, kinds};
use crate::wire::DecodeOptions;

macro_rules! reconcile_any {
    (mergeable { $($kind:ident),* $(,)? } relayed { $($other:ident),* $(,)? }) => {
        /// What is not understood is in one piece; what has no join is refused by [`Reconcile::canonical_frame`].
        impl Reconcile for AnyState {
            fn tag_byte(&self) -> u8 {
                AnyState::tag_byte(self)
            }

            fn canonical_frame(&self) -> Result<Vec<u8>> {
                if let Some(tag) = self.tag().filter(|tag| !tag.is_join() && !matches!(self, AnyState::Opaque(_))) {
                    return Err(Error::new(Code::NotMergeable, "this kind has no join").with("found", tag.name()));
                }
                self.encode()
            }

            fn read_frame(&self, frame: &[u8], options: &DecodeOptions) -> Result<Self> {
                let read = AnyState::decode_with(frame, options)?;
                if AnyState::tag_byte(&read) == AnyState::tag_byte(self) {
                    return Ok(read);
                }
                Err(Error::new(Code::TypeMismatch, "the frame holds another type")
                    .with("expected", self.type_name())
                    .with("found", read.type_name()))
            }

            fn form(&self) -> Form {
                match self {
                    $(AnyState::$kind(state) => state.form(),)*
                    _ => Form::Atomic,
                }
            }

            fn profile(&self) -> Profile {
                match self {
                    $(AnyState::$kind(state) => state.profile(),)*
                    other => profile_of(AnyState::tag_byte(other), &[]),
                }
            }

            fn exact_part(&self) -> Vec<u8> {
                match self {
                    $(AnyState::$kind(state) => state.exact_part(),)*
                    _ => Vec::new(),
                }
            }

            fn floor_content(&self) -> Option<Vec<u8>> {
                match self {
                    $(AnyState::$kind(state) => state.floor_content(),)*
                    _ => None,
                }
            }

            fn items(&self) -> Vec<Item> {
                match self {
                    $(AnyState::$kind(state) => Reconcile::items(state),)*
                    _ => Vec::new(),
                }
            }

            fn read_exact_part(&self, exact: &[u8], floor: Option<&[u8]>, options: &DecodeOptions) -> Result<Self> {
                match self {
                    $(AnyState::$kind(state) => state.read_exact_part(exact, floor, options).map(AnyState::$kind),)*
                    other => Ok(other.clone()),
                }
            }

            fn part_above(&self, items: &[Item], difference: &Difference, peer: &Self) -> Option<Self> {
                match (self, peer) {
                    $((AnyState::$kind(state), AnyState::$kind(peer)) => {
                        state.part_above(items, difference, peer).map(AnyState::$kind)
                    })*
                    _ => None,
                }
            }

            fn buried_by(&self, items: &[Item], ours: &[Item], peer: &Self) -> Option<Self> {
                match (self, peer) {
                    $((AnyState::$kind(state), AnyState::$kind(peer)) => {
                        state.buried_by(items, ours, peer).map(AnyState::$kind)
                    })*
                    _ => None,
                }
            }

            fn compare_floors(&self, other: &Self) -> Ordering {
                match (self, other) {
                    $((AnyState::$kind(state), AnyState::$kind(other)) => Reconcile::compare_floors(state, other),)*
                    _ => Ordering::Equal,
                }
            }

            fn lifted_to(&self, other: &Self) -> Self {
                match (self, other) {
                    $((AnyState::$kind(state), AnyState::$kind(other)) => AnyState::$kind(state.lifted_to(other)),)*
                    _ => self.clone(),
                }
            }

            fn compacted_for(&self, peers: &Peers<Self>) -> Option<(Self, usize)> {
                match self {
                    $(AnyState::$kind(state) => {
                        let of_kind = |peer: &AnyState| match peer {
                            AnyState::$kind(peer) => Some(peer.clone()),
                            _ => None,
                        };
                        let (compacted, dropped) = state.compacted_for(&peers.map(of_kind)?)?;
                        Some((AnyState::$kind(compacted), dropped))
                    })*
                    _ => None,
                }
            }

            fn rebuilt_with(&self, items: &[Item], ours: &[Item], delta: Option<&Self>, peer: &Self) -> Self {
                match (self, peer) {
                    $((AnyState::$kind(state), AnyState::$kind(peer)) => {
                        let delta = match delta {
                            Some(AnyState::$kind(delta)) => Some(delta),
                            _ => None,
                        };
                        AnyState::$kind(state.rebuilt_with(items, ours, delta, peer))
                    })*
                    _ => self.clone(),
                }
            }
        }
    };
}

kinds!(reconcile_any);
