//! A static host for the built page: the least that one can be.

use anyhow::{Context, Result};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;

/// Serves one folder below one sub-path of `127.0.0.1`, until the process ends.
pub struct Server {
    url: String,
}

impl Server {
    /// Starts serving `folder` at `mount`, which begins and ends with a slash.
    pub fn start(folder: &Path, mount: &str) -> Result<Self> {
        assert!(mount.starts_with('/') && mount.ends_with('/'));
        let folder = folder
            .canonicalize()
            .with_context(|| format!("nothing to serve in {}", folder.display()))?;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("http://{}{mount}", listener.local_addr()?);
        let mount = mount.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, mount) = (folder.clone(), mount.clone());
                // A browser that hangs up early is no business of the server's.
                thread::spawn(move || answer(stream, &folder, &mount).ok());
            }
        });
        Ok(Self { url })
    }

    /// The address of the folder, with its final slash.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn answer(mut stream: TcpStream, folder: &Path, mount: &str) -> Result<()> {
    let mut request = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    request.read_line(&mut first)?;
    let mut header = String::new();
    while request.read_line(&mut header)? > 2 {
        header.clear();
    }
    let target = first.split(' ').nth(1).unwrap_or_default();
    let file = locate(target, folder, mount);
    let (status, kind, body) =
        match file.and_then(|file| Some((media_type(&file), fs::read(file).ok()?))) {
            Some((kind, body)) => ("200 OK", kind, body),
            None => ("404 Not Found", "text/plain", b"not found".to_vec()),
        };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    Ok(())
}

/// The file that a request's target names; none outside of the mount or the folder.
fn locate(target: &str, folder: &Path, mount: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?;
    let inside = Path::new(path.strip_prefix(mount)?);
    let plain = |part| matches!(part, Component::Normal(_));
    if !inside.components().all(plain) {
        return None;
    }
    let file = folder.join(inside);
    Some(if file.is_dir() {
        file.join("index.html")
    } else {
        file
    })
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_mount_are_found() {
        let found = |target| locate(target, Path::new("dist"), "/a/b/");
        assert_eq!(found("/a/b/x.js?v=1"), Some(PathBuf::from("dist/x.js")));
        assert_eq!(found("/x.js"), None);
        assert_eq!(found("/a/b/../Cargo.toml"), None);
        assert_eq!(found("/a/b//etc/hosts"), None);
    }

    #[test]
    fn wasm_has_the_type_that_streaming_compilation_asks_for() {
        assert_eq!(media_type(Path::new("a.wasm")), "application/wasm");
    }
}
