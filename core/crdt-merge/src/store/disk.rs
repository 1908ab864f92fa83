//! What saving needs of a file system, so that tests can let it fail at every byte.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crdt_merge_protocol::{Code, Error, Result};

/// A file system.
pub(crate) trait Disk {
    type Log: LogFile;

    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Makes a new file and flushes it.
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Puts a file in the place of another, which it replaces in one step.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in the folder of a file durable.
    fn flush_folder_of(&self, path: &Path) -> io::Result<()>;

    /// Opens a file for reading and appending, made empty if it is new; nobody else can until it is dropped.
    fn open_log(&self, path: &Path) -> io::Result<Self::Log>;
}

/// A file that grows at its end.
pub(crate) trait LogFile {
    fn read(&mut self) -> io::Result<Vec<u8>>;

    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    fn cut(&mut self, len: u64) -> io::Result<()>;

    fn flush(&mut self) -> io::Result<()>;
}

/// The file system of the host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostDisk;

impl Disk for HostDisk {
    type Log = File;

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    #[cfg(unix)]
    fn flush_folder_of(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }

    /// Other systems cannot open a folder to flush it; their renames are durable in their own time.
    #[cfg(not(unix))]
    fn flush_folder_of(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn open_log(&self, path: &Path) -> io::Result<File> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl LogFile for File {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.seek(SeekFrom::Start(0))?;
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::End(0))?;
        self.write_all(bytes)
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Puts bytes under a path so that the file there is, whatever happens, the old one or the new one as a whole.
pub(crate) fn replace<D: Disk>(disk: &D, path: &Path, bytes: &[u8]) -> Result<()> {
    let draft = draft_of(path);
    let placed = disk.create(&draft, bytes).and_then(|()| disk.rename(&draft, path));
    if placed.is_err() {
        // What is left of the draft is in nobody's way; the first error is the one to tell.
        let _ = disk.remove(&draft);
    }
    placed.and_then(|()| disk.flush_folder_of(path)).map_err(|error| io_error(&error, path))
}

/// A name beside the file that no other draft has.
fn draft_of(path: &Path) -> PathBuf {
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    with_suffix(path, &format!(".{}-{number}.draft", std::process::id()))
}

/// The path with something behind its file name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// The bytes of a file, `None` if there is none.
pub(crate) fn read_if_any<D: Disk>(disk: &D, path: &Path) -> Result<Option<Vec<u8>>> {
    match disk.read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(&error, path)),
    }
}

pub(crate) fn io_error(error: &io::Error, path: &Path) -> Error {
    Error::new(Code::Io, "the file could not be read or written").with("path", path.display()).with("found", error)
}

#[cfg(test)]
pub(crate) mod simulated {
    //! A disk in memory that fails when it has done a number of things, and then loses what was not flushed or keeps it.

    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::{Disk, LogFile, Path, PathBuf, io};

    #[derive(Debug, Clone, Default)]
    struct Content {
        now: Vec<u8>,
        flushed: Vec<u8>,
    }

    #[derive(Debug, Default)]
    struct Inner {
        contents: Vec<Content>,
        names: BTreeMap<PathBuf, usize>,
        flushed_names: BTreeMap<PathBuf, usize>,
        /// Steps left before everything fails: one for each byte and each call.
        left: Option<usize>,
        /// Bytes that can be written before the disk is full.
        room: Option<usize>,
        taken: usize,
        is_locked: bool,
    }

    impl Inner {
        fn step(&mut self) -> io::Result<()> {
            self.taken += 1;
            match &mut self.left {
                Some(0) => Err(io::Error::other("the power is gone")),
                Some(left) => {
                    *left -= 1;
                    Ok(())
                }
                None => Ok(()),
            }
        }

        fn push(&mut self, place: usize, bytes: &[u8]) -> io::Result<()> {
            for byte in bytes {
                self.step()?;
                if self.room == Some(0) {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                self.room = self.room.map(|room| room - 1);
                self.contents[place].now.push(*byte);
            }
            Ok(())
        }

        fn flush(&mut self, place: usize) -> io::Result<()> {
            self.step()?;
            self.contents[place].flushed = self.contents[place].now.clone();
            Ok(())
        }

        fn place(&self, path: &Path) -> io::Result<usize> {
            self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
        }

        fn make(&mut self, path: &Path) -> usize {
            self.contents.push(Content::default());
            self.names.insert(path.to_owned(), self.contents.len() - 1);
            self.contents.len() - 1
        }
    }

    #[derive(Debug, Clone, Default)]
    pub(crate) struct MemoryDisk(Rc<RefCell<Inner>>);

    impl MemoryDisk {
        /// Fails after so many steps.
        pub(crate) fn fail_after(&self, steps: usize) {
            self.0.borrow_mut().left = Some(steps);
        }

        /// Has room for so many bytes, or for any number.
        pub(crate) fn leave_room(&self, bytes: Option<usize>) {
            self.0.borrow_mut().room = bytes;
        }

        /// Steps taken so far, failed ones included.
        pub(crate) fn taken(&self) -> usize {
            self.0.borrow().taken
        }

        /// Works again after a failure that lost nothing.
        pub(crate) fn mend(&self) {
            self.0.borrow_mut().left = None;
        }

        /// Works again after a crash; what was not flushed is gone if `loses`.
        pub(crate) fn restart(&self, loses: bool) {
            let mut inner = self.0.borrow_mut();
            (inner.left, inner.is_locked) = (None, false);
            if loses {
                inner.names = inner.flushed_names.clone();
                inner.contents.iter_mut().for_each(|content| content.now.clone_from(&content.flushed));
            }
        }

        /// A file as it is.
        pub(crate) fn put(&self, path: &Path, bytes: &[u8]) {
            let mut inner = self.0.borrow_mut();
            let place = inner.make(path);
            inner.contents[place] = Content { now: bytes.to_vec(), flushed: bytes.to_vec() };
            inner.flushed_names = inner.names.clone();
        }

        /// Names of files that contain a word.
        pub(crate) fn count(&self, word: &str) -> usize {
            self.0.borrow().names.keys().filter(|path| path.display().to_string().contains(word)).count()
        }
    }

    impl Disk for MemoryDisk {
        type Log = MemoryLog;

        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            let inner = self.0.borrow();
            inner.place(path).map(|place| inner.contents[place].now.clone())
        }

        fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            let mut inner = self.0.borrow_mut();
            inner.step()?;
            let place = inner.make(path);
            inner.push(place, bytes)?;
            inner.flush(place)
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            let mut inner = self.0.borrow_mut();
            inner.step()?;
            let place = inner.place(from)?;
            inner.names.remove(from);
            inner.names.insert(to.to_owned(), place);
            Ok(())
        }

        fn remove(&self, path: &Path) -> io::Result<()> {
            let mut inner = self.0.borrow_mut();
            inner.step()?;
            inner.names.remove(path).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
        }

        fn flush_folder_of(&self, _: &Path) -> io::Result<()> {
            let mut inner = self.0.borrow_mut();
            inner.step()?;
            inner.flushed_names = inner.names.clone();
            Ok(())
        }

        fn open_log(&self, path: &Path) -> io::Result<MemoryLog> {
            let mut inner = self.0.borrow_mut();
            inner.step()?;
            if std::mem::replace(&mut inner.is_locked, true) {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let place = inner.place(path).or_else(|_| Ok::<_, io::Error>(inner.make(path)))?;
            Ok(MemoryLog { disk: self.clone(), place })
        }
    }

    #[derive(Debug)]
    pub(crate) struct MemoryLog {
        disk: MemoryDisk,
        place: usize,
    }

    impl LogFile for MemoryLog {
        fn read(&mut self) -> io::Result<Vec<u8>> {
            Ok(self.disk.0.borrow().contents[self.place].now.clone())
        }

        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.disk.0.borrow_mut().push(self.place, bytes)
        }

        fn cut(&mut self, len: u64) -> io::Result<()> {
            let mut inner = self.disk.0.borrow_mut();
            inner.step()?;
            inner.contents[self.place].now.truncate(len as usize);
            Ok(())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.disk.0.borrow_mut().flush(self.place)
        }
    }

    impl Drop for MemoryLog {
        fn drop(&mut self) {
            self.disk.0.borrow_mut().is_locked = false;
        }
    }
}
