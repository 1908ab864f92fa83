#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "floors/exhaustive.rs"]
mod exhaustive;
#[path = "floors/frames.rs"]
mod frames;
#[path = "floors/histories.rs"]
mod histories;
#[path = "floors/plain_tags.rs"]
mod plain_tags;
#[path = "floors/writes.rs"]
mod writes;
