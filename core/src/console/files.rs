//! Files that commands write and read: kept by the console, never on a disk.
//!
//! `etcdctl snapshot save` hands its bytes to the console. Whoever has the console may offer
//! them as a download ([`Files::iter`]) and put others in ([`Files::write`]); nothing here
//! touches a real folder.

use bytes::Bytes;

use crate::order::Ascending;

/// The most files that are kept.
const MAX_FILES: usize = 32;

/// The most bytes of all files together.
const MAX_BYTES: usize = 64 << 20;

/// Files by name.
#[derive(Clone, Debug, Default)]
pub struct Files(Ascending<String, Bytes>);

impl Files {
    /// All files, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.0.iter().map(|(name, bytes)| (name.as_str(), bytes))
    }

    /// What is in a file; `None` if there is none of this name.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<&Bytes> {
        let name = plain(name);
        let (_, bytes) = self.iter().find(|(known, _)| *known == name)?;
        Some(bytes)
    }

    /// Writes a file, in place of one that has its name.
    ///
    /// # Errors
    /// What a system would say: there is no such folder, or no room.
    pub fn write(&mut self, name: &str, bytes: Bytes) -> Result<(), &'static str> {
        let name = plain(name);
        if name.is_empty() || name.contains('/') {
            return Err("no such file or directory");
        }
        self.put(name, bytes)
    }

    /// Whether there is a folder of this name.
    pub(super) fn has_folder(&self, name: &str) -> bool {
        let folder = format!("{}/", plain(name).trim_end_matches('/'));
        self.0.keys().any(|known| known.starts_with(&folder))
    }

    /// Writes a file whatever folder it stands in.
    ///
    /// # Errors
    /// There is no room.
    pub(super) fn put(&mut self, name: &str, bytes: Bytes) -> Result<(), &'static str> {
        let others = self.iter().filter(|(known, _)| *known != name);
        let (files, size) = others.fold((1, bytes.len()), |(files, size), (_, bytes)| {
            (files + 1, size + bytes.len())
        });
        if files > MAX_FILES || size > MAX_BYTES {
            return Err("no space left on device");
        }
        self.0.insert(name.to_owned(), bytes);
        Ok(())
    }
}

/// A name without what says that it is meant from here.
fn plain(name: &str) -> &str {
    name.trim_start_matches("./")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_within_limits() {
        let mut files = Files::default();
        assert!(files.write("./a.db", Bytes::from_static(b"1")).is_ok());
        assert_eq!(files.read("a.db").map(Bytes::len), Some(1));
        assert!(files.write("/x/a", Bytes::new()).is_err());
        let large = Bytes::from(vec![0; MAX_BYTES]);
        assert_eq!(
            files.write("b", large.clone()),
            Err("no space left on device")
        );
        assert!(files.write("a.db", large).is_ok());
        for number in 1..MAX_FILES {
            assert!(files.write(&number.to_string(), Bytes::new()).is_ok());
        }
        assert!(files.write("more", Bytes::new()).is_err());
        assert!(!files.has_folder("a.db"));
    }
}
