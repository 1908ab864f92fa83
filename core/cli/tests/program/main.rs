//! The program as its users meet it: arguments and files in, text, files and exit codes out.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails right there

mod convert;
mod diff;
mod explain;
mod hostile;
mod id;
mod inspect;
mod merge;
mod output;
mod support;
mod sync;
mod usage;
mod verify;
