//! `crdt-merge id`: one hash for a state, whatever its frame looks like.

use crdt_merge::{JsonValue, Result};

use crate::Outcome;
use crate::args::{Common, Id};
use crate::failure::Exit;
use crate::input::{FrameAt, frames_of, read_all};
use crate::json::{line, object};
use crate::output;
use crate::progress::Progress;

pub fn run(arguments: &Id, options: &Common) -> Outcome {
    let inputs = read_all(&arguments.inputs, options.decoding())?;
    let frames = frames_of(&inputs)?;
    let progress = Progress::start("hashing", frames.len(), options);
    for frame in &frames {
        output::print(&described(frame, options)?)?;
        progress.step();
    }
    Ok(Exit::Success)
}

/// The id and the place of a state, in the columns of `sha256sum`.
fn described(frame: &FrameAt<'_>, options: &Common) -> Result<String> {
    let state = frame.state()?;
    let id = state.state_id().map_err(|error| frame.locate(error))?;
    if !options.json {
        return Ok(format!("{id}  {frame}\n"));
    }
    Ok(line(&object([
        ("frame", JsonValue::Text(frame.to_string())),
        ("type", (&*state.type_name()).into()),
        ("id", JsonValue::Text(id.to_string())),
    ])))
}
