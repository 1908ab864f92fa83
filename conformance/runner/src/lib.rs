//! The conformance runner of crdt-merge: corpus, importer, judge and reports.
//!
//! It depends on nothing but the corpus and the line protocol of `conformance/PROTOCOL.md`, so anybody
//! can run it against an implementation of their own.

#![forbid(unsafe_code)]

pub mod author;
pub mod bundle;
pub mod case;
pub mod corpus;
pub mod coverage;
pub mod docs;
pub mod generate;
pub mod hex;
pub mod import;
pub mod json;
pub mod judge;
pub mod lint;
pub mod matrix;
pub mod msgpack;
pub mod plan;
pub mod report;
pub mod roll;
pub mod run;
pub mod schema;
pub mod script;
pub mod spec;
pub mod testee;
pub mod value;
pub mod wire;
pub mod wire2;
