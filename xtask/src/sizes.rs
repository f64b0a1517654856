//! The size of the download.

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write as _;
use std::ops::Add;
use std::path::{Path, PathBuf};

/// What a visitor may have to download, compressed with gzip, in bytes.
const GZIP_MAX: u64 = 720_000;

/// A file's bytes: as it is, and as the two ways of compressing make it.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Add for Size {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

/// Prints the sizes of all files in a folder; too much is an error.
pub(crate) fn report(folder: &Path) -> Result<()> {
    let mut total = Size::default();
    println!("  {:>10} {:>10} {:>10}", "bytes", "gzip", "brotli");
    for file in files(folder)? {
        let size = measure(&fs::read(&file)?)?;
        print_line(size, &file.strip_prefix(folder)?.display().to_string());
        total = total + size;
    }
    print_line(total, "in all");
    judge(total.gzip)
}

fn judge(gzip: u64) -> Result<()> {
    if gzip > GZIP_MAX {
        bail!("the page has {gzip} bytes with gzip; at most {GZIP_MAX} are wanted");
    }
    println!(
        "  {:.0} % of the {} kB that it may have with gzip",
        gzip as f64 * 100.0 / GZIP_MAX as f64,
        GZIP_MAX / 1000
    );
    Ok(())
}

fn measure(content: &[u8]) -> Result<Size> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(content)?;
    let mut brotli = Vec::new();
    brotli::BrotliCompress(
        &mut &*content,
        &mut brotli,
        &brotli::enc::BrotliEncoderParams::default(),
    )?;
    Ok(Size {
        raw: content.len() as u64,
        gzip: gzip.finish()?.len() as u64,
        brotli: brotli.len() as u64,
    })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn print_line(size: Size, name: &str) {
    println!(
        "  {:>10} {:>10} {:>10}  {name}",
        size.raw, size.gzip, size.brotli
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_is_measured() {
        let size = measure(&[b'a'; 10_000]).unwrap();
        assert_eq!(size.raw, 10_000);
        assert!(size.gzip < 100 && size.brotli < 100);
    }

    #[test]
    fn too_much_is_an_error() {
        assert!(judge(GZIP_MAX).is_ok());
        assert!(judge(GZIP_MAX + 1).is_err());
    }
}
