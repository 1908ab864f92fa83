//! Objects that a host holds by number.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crdt_merge_protocol::{Code, Error, Result};

use crate::live::{Job, Replica, Session, State};

/// A number that stands for an object, never reused for another one. It is below 2^53, so that every host can hold it.
pub type Handle = i64;

/// Bits of a handle that say where its object is.
const PLACE_BITS: u32 = 24;
/// How often a place is used again; it is left empty after that.
const LAST_GENERATION: u32 = (1 << 28) - 1;

/// What a handle stands for.
#[derive(Clone)]
pub(crate) enum Object {
    Replica(Arc<Replica>),
    State(Arc<State>),
    Session(Arc<Session>),
    Job(Arc<Job>),
}

impl Object {
    const fn kind(&self) -> &'static str {
        match self {
            Object::Replica(_) => "replica",
            Object::State(_) => "state",
            Object::Session(_) => "session",
            Object::Job(_) => "job",
        }
    }
}

#[derive(Default)]
struct Place {
    generation: u32,
    object: Option<Object>,
}

static PLACES: RwLock<Vec<Place>> = RwLock::new(Vec::new());
static FREE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Keeps an object until its handle is closed.
///
/// Fails with `TOO_LARGE` when 2^24 objects are held at once.
pub(crate) fn open(object: Object) -> Result<Handle> {
    // Dropped before the table is locked: nobody waits for one lock while holding the other.
    let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut places = PLACES.write().unwrap_or_else(PoisonError::into_inner);
    let place = free.unwrap_or(u32::try_from(places.len()).unwrap_or(u32::MAX));
    if place >= 1 << PLACE_BITS {
        return Err(Error::new(Code::TooLarge, "too many objects are open; close those that are not needed"));
    }
    if place as usize == places.len() {
        places.push(Place { generation: 1, object: None });
    }
    let at = places.get_mut(place as usize).ok_or_else(closed)?;
    at.object = Some(object);
    Ok(i64::from(at.generation) << PLACE_BITS | i64::from(place))
}

/// Lets go of an object; calls that are under way finish with it. Whether the handle was open.
pub(crate) fn close(handle: Handle) -> bool {
    let (place, generation) = parts(handle);
    let mut places = PLACES.write().unwrap_or_else(PoisonError::into_inner);
    let Some(at) = places.get_mut(place).filter(|at| at.generation == generation) else { return false };
    let object = at.object.take();
    at.generation += 1;
    if at.generation <= LAST_GENERATION && object.is_some() {
        FREE.lock().unwrap_or_else(PoisonError::into_inner).push(place as u32);
    }
    drop(places);
    // Whatever it holds is freed without the lock.
    object.is_some()
}

/// How many objects are open.
pub(crate) fn count() -> usize {
    let places = PLACES.read().unwrap_or_else(PoisonError::into_inner);
    places.iter().filter(|place| place.object.is_some()).count()
}

const fn parts(handle: Handle) -> (usize, u32) {
    ((handle & ((1 << PLACE_BITS) - 1)) as usize, (handle >> PLACE_BITS) as u32)
}

fn closed() -> Error {
    Error::new(Code::Closed, "the object was closed")
}

fn object<T>(handle: Handle, pick: impl FnOnce(&Object) -> Result<T>) -> Result<T> {
    let (place, generation) = parts(handle);
    let places = PLACES.read().unwrap_or_else(PoisonError::into_inner);
    let at = places.get(place).filter(|at| at.generation == generation);
    pick(at.and_then(|at| at.object.as_ref()).ok_or_else(closed)?)
}

fn another_kind(expected: &'static str, found: &Object) -> Error {
    Error::new(Code::BadArgument, "a handle of another kind").with("expected", expected).with("found", found.kind())
}

macro_rules! lookups {
    ($($name:ident -> $kind:ident),* $(,)?) => {
        $(pub(crate) fn $name(handle: Handle) -> Result<Arc<$kind>> {
            object(handle, |object| match object {
                Object::$kind(found) => Ok(Arc::clone(found)),
                other => Err(another_kind(stringify!($name), other)),
            })
        })*
    };
}

lookups! { replica -> Replica, state -> State, session -> Session, job -> Job }

#[cfg(test)]
mod tests {
    use super::*;

    fn state_object() -> Object {
        Object::State(Arc::new(State::new(crdt_merge_protocol::GCounter::new().into(), None)))
    }

    #[test]
    fn a_closed_handle_stays_closed() {
        let first = open(state_object()).unwrap();
        assert!(state(first).is_ok() && close(first) && !close(first));
        assert_eq!(state(first).err().map(|error| error.code()), Some(Code::Closed));
        let second = open(state_object()).unwrap();
        assert_ne!(first, second, "a place may be the same, a handle is not");
        assert!(state(first).is_err() && state(second).is_ok());
        assert_eq!(session(second).err().map(|error| error.code()), Some(Code::BadArgument));
        assert!(close(second));
    }

    #[test]
    fn numbers_that_are_no_handles_are_closed() {
        for handle in [0, -1, i64::MIN, i64::MAX, 1 << 52] {
            assert_eq!(state(handle).err().map(|error| error.code()), Some(Code::Closed), "{handle}");
            assert!(!close(handle));
        }
    }
}
