//! Outputs: standard output, and files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use crdt_merge::{Code, Error};

use crate::failure::Failure;
use crate::input::is_standard;

/// Prints text on standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    write_standard(text.as_bytes())
}

/// Writes text to standard output or a file.
pub fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    if is_standard(path) { print(text) } else { write_file(path, text.as_bytes()) }
}

/// Writes frames to standard output, unless that is a terminal, or to a file.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if !is_standard(path) {
        return write_file(path, bytes);
    }
    if std::io::stdout().is_terminal() {
        return Err(Error::new(Code::BadArgument, "frames are not for terminals; use --output FILE or a pipe").into());
    }
    write_standard(bytes)
}

fn write_standard(bytes: &[u8]) -> Result<(), Failure> {
    let mut standard = std::io::stdout().lock();
    let written = standard.write_all(bytes).and_then(|()| standard.flush());
    written.map_err(|error| Failure::io(&error, "writing", "-"))
}

/// Writes a file: to a temporary one beside it first, which then takes its name.
///
/// Who looks at the name sees the old file or the new one, never a part. Devices and named pipes cannot be replaced and are
/// written to.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let path = destination(path);
    let written = if is_special(&path) { write_special(&path, bytes) } else { replace(&path, bytes) };
    written.map_err(|error| Failure::io(&error, "writing", path.display()))
}

/// The file that a link leads to, so that it is replaced and not the link.
fn destination(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

fn write_special(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all(bytes)
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let old = fs::metadata(path).map(|old| old.permissions());
    if old.as_ref().is_ok_and(fs::Permissions::readonly) {
        // Replacing it would be allowed by the folder and not by whoever protected the file.
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "the file is write-protected"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = temporary_in(folder)?;
    temporary.write_all(bytes)?;
    if let Ok(permissions) = old {
        temporary.as_file().set_permissions(permissions)?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// A temporary file that is removed unless it gets its final name.
fn temporary_in(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".crdt-merge-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any new file gets: the mask of the process takes its part away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Makes the new name durable where folders can be synchronised. The file is whole under either name if this fails.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Prints text on standard error. Whoever closed it does not want it.
pub fn print_aside(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
