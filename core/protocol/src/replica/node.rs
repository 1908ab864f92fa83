//! Node ids.

use crate::error::{Code, Error, Result};
use crate::generated::limit;

/// Checks a node id that is about to be used for writing: 1 to 255 bytes, no U+0000; else `BAD_TEXT`.
///
/// Readers of version-1 frames accept any text.
pub fn check_node_id(node: &str) -> Result<()> {
    let fault = if node.is_empty() {
        "a node id is not empty"
    } else if node.len() > limit::NODE_ID_BYTES {
        "a node id has at most 255 bytes"
    } else if node.contains('\0') {
        "a node id holds no U+0000"
    } else {
        return Ok(());
    };
    Err(Error::new(Code::BadText, fault).with("found", node.len()))
}
