//! States in files.
//!
//! [`save`] and [`load`] keep one state in one file. [`DeltaLog`] keeps a state that changes often: a write appends its delta, and
//! once in a while the log is compacted into the file of the state.
//!
//! Everything written here has a trailer, so that a file which was damaged or cut short is found out and not believed.

pub(crate) mod disk;
mod log;

use std::path::Path;

use crdt_merge_protocol::wire::DecodeOptions;
use crdt_merge_protocol::{AnyState, Code, EncodeOptions, Error, Framed, Result};

use disk::{HostDisk, read_if_any, replace};
pub use log::{DeltaLog, Recovered};

/// Saves a state. Whatever happens, the file is the old one or the new one as a whole; when this returns it is the new one, durably.
///
/// ```
/// # use crdt_merge::prelude::*;
/// # use crdt_merge::store;
/// # let path = std::env::temp_dir().join(format!("crdt-merge-doc-{}.crdt", std::process::id()));
/// let (me, mut title) = (Replica::new("laptop")?, LwwRegister::new());
/// title.set(&me, "report")?;
/// store::save(&path, &title)?;
/// assert_eq!(store::load::<LwwRegister>(&path)?, title);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), Error>(())
/// ```
///
/// Fails with `IO`.
pub fn save<S: Framed>(path: impl AsRef<Path>, state: &S) -> Result<()> {
    save_with(path, state, &EncodeOptions::V2.with_trailer())
}

/// As [`save`], with a frame written as asked: compressed, without a trailer, in version 1.
///
/// Fails with `IO` and with `NOT_IN_V1`; the file is the old one then, unless the very last step failed: flushing the folder.
pub fn save_with<S: Framed>(path: impl AsRef<Path>, state: &S, options: &EncodeOptions) -> Result<()> {
    replace(&HostDisk, path.as_ref(), &state.encode_as(options)?)
}

/// As [`save`], for a state whose kind is known at run time only. Fails with `OUT_OF_RANGE` as well, see [`AnyState::encode`].
pub fn save_any(path: impl AsRef<Path>, state: &AnyState) -> Result<()> {
    replace(&HostDisk, path.as_ref(), &state.encode_as(&EncodeOptions::V2.with_trailer())?)
}

/// Loads a state from a file with a frame of either version, with or without trailer.
///
/// Fails with `IO`, with `TYPE_MISMATCH` on another kind and with the first fault of the frame, all with the detail `path`.
pub fn load<S: Framed>(path: impl AsRef<Path>) -> Result<S> {
    load_by(path.as_ref(), |bytes| S::decode_with(bytes, &DecodeOptions::strict()))
}

/// As [`load`], for a kind that is known at run time only.
pub fn load_any(path: impl AsRef<Path>) -> Result<AnyState> {
    load_by(path.as_ref(), AnyState::decode)
}

fn load_by<S>(path: &Path, decode: impl FnOnce(&[u8]) -> Result<S>) -> Result<S> {
    let missing = || Error::new(Code::Io, "there is no such file").with("path", path.display());
    let bytes = read_if_any(&HostDisk, path)?.ok_or_else(missing)?;
    decode(&bytes).map_err(|error| error.with("path", path.display()))
}

#[cfg(test)]
mod tests {
    use super::disk::simulated::MemoryDisk;
    use super::disk::{Disk, replace};
    use super::*;

    #[test]
    fn the_file_is_the_old_one_or_the_new_one_whatever_fails() -> Result<()> {
        let (path, old, new) = (Path::new("a.crdt"), &b"old content"[..], &b"the new content"[..]);
        let whole = MemoryDisk::default();
        replace(&whole, path, new)?;
        for steps in 0..whole.taken() {
            for loses in [false, true] {
                let disk = MemoryDisk::default();
                disk.put(path, old);
                disk.fail_after(steps);
                assert_eq!(replace(&disk, path, new).unwrap_err().code(), Code::Io, "{steps}");
                disk.restart(loses);
                let found = disk.read(path).unwrap();
                assert!(found == old || (found == new && steps + 1 == whole.taken()), "{steps}: {found:?}");
            }
        }
        Ok(())
    }

    #[test]
    fn what_was_saved_is_durable_and_leaves_no_draft() -> Result<()> {
        let (path, disk) = (Path::new("folder/a.crdt"), MemoryDisk::default());
        replace(&disk, path, b"one")?;
        replace(&disk, path, b"two")?;
        disk.restart(true);
        assert_eq!((disk.read(path).ok().as_deref(), disk.count("draft")), (Some(&b"two"[..]), 0));
        Ok(())
    }
}
