//! Sync sessions.

use std::sync::{Arc, Mutex, PoisonError};

use crdt_merge_protocol::SyncSession;

use super::State;

/// A session and the state it brings up to date.
pub(crate) struct Session {
    state: Arc<State>,
    talk: Mutex<SyncSession>,
}

pub(crate) mod operations {
    use crdt_merge_protocol::Result;

    use super::*;
    use crate::arguments::{bytes, int, member};
    use crate::datum::Datum;
    use crate::handles::{self, Object};
    use crate::live::states::operations::{reported, state};
    use crate::live::sync::options;

    fn session(input: &Datum) -> Result<Arc<Session>> {
        handles::session(int(input, "session")?)
    }

    pub(crate) fn session_new(input: &Datum) -> Result<Datum> {
        let (state, options) = (state(input)?, options(input)?);
        let talk = Mutex::new(SyncSession::with_options(&*state.read(), options));
        handles::open(Object::Session(Arc::new(Session { state, talk }))).map(Datum::Int)
    }

    /// The first messages; said again when something may have been lost.
    pub(crate) fn session_start(input: &Datum) -> Result<Datum> {
        let session = session(input)?;
        let mut talk = session.talk.lock().unwrap_or_else(PoisonError::into_inner);
        talk.start(&*session.state.read()).map(Datum::frames)
    }

    /// The answers to a message, and what it changed.
    pub(crate) fn session_receive(input: &Datum) -> Result<Datum> {
        let session = session(input)?;
        let message = bytes(member(input, "message")?)?;
        let mut talk = session.talk.lock().unwrap_or_else(PoisonError::into_inner);
        let received = talk.receive(&mut *session.state.write(), message)?;
        Ok(Datum::map([
            ("outgoing", Datum::frames(received.outgoing)),
            ("report", reported(received.report)),
            ("in_sync", Datum::Bool(received.in_sync)),
        ]))
    }

    /// Whether both sides had one id when they last spoke, and the message that refused the session, if one did.
    pub(crate) fn session_info(input: &Datum) -> Result<Datum> {
        let session = session(input)?;
        let talk = session.talk.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Datum::map([
            ("in_sync", Datum::Bool(talk.in_sync())),
            ("refusal", talk.refusal().map_or(Datum::Null, Datum::Bytes)),
        ]))
    }
}
