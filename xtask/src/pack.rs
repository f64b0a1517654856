//! `cargo xtask pack`: makes the program that trunk built smaller to download.
//!
//! Trunk runs it as a hook of each build, of `build` and `serve` alike. The page does the same
//! before and after: functions stand in another order, and what the glue of wasm-bindgen calls
//! its functions is shorter. Both files get a new name, made of their content.

mod glue;
mod module;
mod order;

use anyhow::{Context, Result, ensure};
use lexopt::Parser;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The chore. Trunk says where the files are, and for which profile they were built.
pub(crate) fn chore(args: Parser) -> Result<()> {
    crate::no_more(args)?;
    let folder = env::var_os("TRUNK_STAGING_DIR")
        .context("`pack` is a hook of trunk: `cargo xtask build` runs it")?;
    // A build for trying things out is not downloaded.
    if env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "debug") {
        return Ok(());
    }
    pack(Path::new(&folder))
}

fn pack(folder: &Path) -> Result<()> {
    let stem = program(folder)?;
    let wasm_file = folder.join(format!("{stem}_bg.wasm"));
    let glue_file = folder.join(format!("{stem}.js"));
    let page_file = folder.join("index.html");
    let wasm = fs::read(&wasm_file).with_context(|| format!("reading {}", wasm_file.display()))?;
    let glue = fs::read_to_string(&glue_file)
        .with_context(|| format!("reading {}", glue_file.display()))?;
    let page = fs::read_to_string(&page_file)
        .with_context(|| format!("reading {}", page_file.display()))?;

    let (glue, names) = glue::shorten(&glue, &module::imports(&wasm)?)?;
    let wasm = module::rewrite(&wasm, &names)?;

    // The two go together, so they share one name: an old one in a cache fits no new other.
    let (base, _) = stem
        .rsplit_once('-')
        .with_context(|| format!("{stem}.js has no hash in its name"))?;
    let hash = hash(glue.bytes().chain(wasm.iter().copied()));
    let new_stem = format!("{base}-{hash:016x}");
    ensure!(
        page.contains(&stem),
        "{} does not load {stem}.js",
        page_file.display()
    );
    fs::write(folder.join(format!("{new_stem}_bg.wasm")), wasm)?;
    fs::write(folder.join(format!("{new_stem}.js")), glue)?;
    fs::write(&page_file, page.replace(&stem, &new_stem))?;
    if new_stem != stem {
        fs::remove_file(wasm_file)?;
        fs::remove_file(glue_file)?;
    }
    Ok(())
}

/// What the names of the program's two files begin with.
fn program(folder: &Path) -> Result<String> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    let mut stems = paths.iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?;
        name.strip_suffix("_bg.wasm").map(str::to_owned)
    });
    let stem = stems.next().context("trunk has written no *_bg.wasm")?;
    ensure!(stems.next().is_none(), "there is more than one *_bg.wasm");
    Ok(stem)
}

/// FNV-1a with 64 bits: enough to tell two builds apart.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_fnv() {
        // Values of the test suite that the inventors publish.
        assert_eq!(hash(b"".iter().copied()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"foobar".iter().copied()), 0x8594_4171_f739_67e8);
    }
}
