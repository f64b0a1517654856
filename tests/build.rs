//! Writes a test for each script below `scripts/`, so that each is run, named and chosen
//! like any other test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let root = Path::new("scripts");
    for folder in entries(root)? {
        println!("cargo:rerun-if-changed={}", folder.display());
        if !folder.is_dir() {
            continue;
        }
        let scripts = folders.entry(stem(&folder)).or_default();
        for file in entries(&folder)? {
            if file
                .extension()
                .is_some_and(|extension| extension == "script")
            {
                scripts.push(stem(&file));
            }
        }
    }
    println!("cargo:rerun-if-changed={}", root.display());
    let mut code = String::new();
    for (folder, scripts) in folders {
        let _infallible = writeln!(code, "mod {} {{", folder.replace('-', "_"));
        for script in scripts {
            let name = script.replace('-', "_");
            let _infallible = writeln!(
                code,
                "    #[test]\n    fn {name}() {{\n        super::check(\"{folder}\", \"{script}\");\n    }}"
            );
        }
        code.push_str("}\n");
    }
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(out).join("scripts.rs"), code)
}

/// What stands in a folder, by name.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
