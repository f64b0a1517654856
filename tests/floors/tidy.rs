//! What no file may contain, and what clippy has to forbid in `core/`.

use crate::sources::Sources;
use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// Longer files are to be split.
const LINES_MAX: usize = 600;

/// Modules of the standard library that have no business in the core. Clippy can forbid
/// types and functions, not modules, so these are looked for here.
const FORBIDDEN_MODULES: [&str; 5] = ["env", "fs", "net", "process", "thread"];

/// What clippy has to forbid in the core, by the key of its configuration.
const FORBIDDEN_BY_CLIPPY: [(&str, &[&str]); 2] = [
    (
        "disallowed-types",
        &[
            "std::time::Instant",
            "std::time::SystemTime",
            "std::collections::HashMap",
            "std::collections::HashSet",
            "std::hash::RandomState",
            "imbl::HashMap",
            "imbl::HashSet",
        ],
    ),
    (
        "disallowed-methods",
        &[
            "std::time::Instant::now",
            "std::time::SystemTime::now",
            "std::thread::spawn",
            "rand::thread_rng",
            "rand::random",
        ],
    ),
];

/// Where other machines keep things that this repository must not name; in pieces, so
/// that this file is not one that names them.
const PLACES: [&str; 9] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!(":\\Us", "ers\\"),
    concat!("arti", "factory"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs"),
];

/// The one source of crates.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Complaints about what the core names.
pub(crate) fn forbidden_in_core(core: &Sources) -> Vec<String> {
    let mut complaints = Vec::new();
    for module in core.modules().values() {
        for mention in module.mentions.iter().chain(&module.exports) {
            let names: Vec<_> = mention.path.iter().map(String::as_str).collect();
            let is_std = names
                .first()
                .is_some_and(|name| ["std", "core", "alloc"].contains(name));
            if is_std
                && names
                    .get(1)
                    .is_some_and(|name| FORBIDDEN_MODULES.contains(name))
            {
                complaints.push(format!(
                    "{}:{}: {}",
                    module.file,
                    mention.line,
                    names.join("::")
                ));
            }
        }
    }
    for (file, text) in core.rust() {
        for lint in lints(text).filter(|lint| lint.name.starts_with("clippy::disallowed")) {
            complaints.push(format!(
                "{file}:{}: {} is for all of the core",
                lint.line, lint.name
            ));
        }
    }
    complaints
}

/// Complaints about clippy's configuration for the core.
pub(crate) fn clippy_config(text: &str) -> Vec<String> {
    let config: toml::Table = text.parse().expect("clippy.toml is TOML");
    let mut complaints = Vec::new();
    for (key, wanted) in FORBIDDEN_BY_CLIPPY {
        let entries: Vec<_> = config
            .get(key)
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .collect();
        for path in wanted {
            let is_there = |entry: &&&toml::Value| {
                entry.get("path").and_then(toml::Value::as_str) == Some(path)
            };
            if !entries.iter().any(|entry| is_there(&entry)) {
                complaints.push(format!("core/clippy.toml: {key} has no {path}"));
            }
        }
        for entry in entries {
            if entry
                .get("reason")
                .and_then(toml::Value::as_str)
                .is_none_or(str::is_empty)
            {
                complaints.push(format!("core/clippy.toml: no reason: {entry}"));
            }
        }
    }
    complaints
}

/// Complaints about Rust files: too long, unfinished, skipped tests, silenced lints.
pub(crate) fn rust(sources: &Sources) -> Vec<String> {
    let mut complaints = Vec::new();
    for (file, text) in sources.rust() {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            complaints.push(format!("{file}: {lines} lines, more than {LINES_MAX}"));
        }
        for lint in lints(text).filter(|lint| !lint.has_reason) {
            complaints.push(format!(
                "{file}:{}: {} is silenced without `reason = \"…\"`",
                lint.line, lint.name
            ));
        }
        let mut reader = Unfinished::default();
        reader.visit_file(&parse(text));
        complaints.extend(
            reader
                .found
                .iter()
                .map(|(line, what)| format!("{file}:{line}: {what}")),
        );
    }
    complaints
}

/// Complaints about places that only one machine has.
pub(crate) fn places(sources: &Sources) -> Vec<String> {
    let mut complaints = Vec::new();
    for (file, text) in sources.iter() {
        for (number, line) in text.lines().enumerate() {
            let is_foreign =
                file == "Cargo.lock" && line.starts_with("source =") && !line.contains(CRATES);
            if is_foreign || PLACES.iter().any(|place| line.contains(place)) {
                complaints.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    complaints
}

/// Complaints about dependencies without a comment that says why they are there: on the
/// line above or behind them. Of a family (`rand`, `rand_pcg`) the first has it for all.
pub(crate) fn dependencies(sources: &Sources) -> Vec<String> {
    let manifests = sources
        .iter()
        .filter(|(file, _)| file.ends_with("Cargo.toml"));
    manifests
        .flat_map(|(file, text)| {
            uncommented(text)
                .into_iter()
                .map(move |name| format!("{file}: {name}"))
        })
        .collect()
}

fn uncommented(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut inside, mut above, mut depth) = (false, "", 0);
    // The name of the dependency above that has its comment, or "#" after a comment.
    let mut reason = String::new();
    for line in manifest.lines().map(str::trim) {
        let is_entry = depth == 0 && !line.starts_with(['#', '[']) && line.contains('=');
        depth += line.matches(['[', '{']).count() as i64 - line.matches([']', '}']).count() as i64;
        if line.starts_with('[') && !is_entry {
            inside = line.trim_end_matches(']').ends_with("dependencies");
        }
        if inside && is_entry {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            let is_own = line.contains("path = ") || line.contains("workspace = true");
            let is_family = !reason.is_empty() && family(name) == family(&reason);
            if above.starts_with('#') || line.contains(" # ") || is_family {
                name.clone_into(&mut reason);
            } else if !is_own {
                found.push(name.to_owned());
            }
        }
        if line.is_empty() {
            reason.clear();
        }
        above = line;
    }
    found
}

/// What crates of one project begin with.
fn family(name: &str) -> &str {
    let end = name
        .match_indices(['-', '_'])
        .map(|(at, _)| at)
        .find(|at| *at > 3);
    &name[..end.unwrap_or(name.len())]
}

/// A lint that an attribute silences.
struct Silenced {
    name: String,
    line: usize,
    has_reason: bool,
}

fn lints(text: &str) -> impl Iterator<Item = Silenced> + use<> {
    let mut reader = Lints::default();
    reader.visit_file(&parse(text));
    reader.found.into_iter()
}

fn parse(text: &str) -> syn::File {
    syn::parse_file(text).expect("a tracked file is Rust")
}

#[derive(Default)]
struct Lints {
    found: Vec<Silenced>,
}

impl<'ast> Visit<'ast> for Lints {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            let name = list
                .path
                .segments
                .last()
                .map(|last| last.ident.to_string())
                .unwrap_or_default();
            self.read(&name, list.tokens.clone(), attribute.span().start().line);
        }
    }
}

impl Lints {
    fn read(&mut self, name: &str, tokens: TokenStream, line: usize) {
        if name == "cfg_attr" {
            self.read_conditional(tokens, line);
        } else if name == "allow" || name == "expect" {
            let text = tokens.to_string().replace(' ', "");
            let has_reason = text.contains("reason=\"") && !text.contains("reason=\"\"");
            let names = text
                .split(',')
                .filter(|name| !name.is_empty() && !name.starts_with("reason="));
            // A comma in the reason makes more pieces; the first names the lint.
            let name = names.take(1).collect();
            self.found.push(Silenced {
                name,
                line,
                has_reason,
            });
        }
    }

    /// The attributes inside of `cfg_attr`: each name that is followed by parentheses.
    fn read_conditional(&mut self, tokens: TokenStream, line: usize) {
        let mut last = String::new();
        for token in tokens {
            match token {
                TokenTree::Ident(name) => last = name.to_string(),
                TokenTree::Group(group) => self.read(&last, group.stream(), line),
                _ => last.clear(),
            }
        }
    }
}

/// Finds skipped tests, and code that is not there yet.
#[derive(Default)]
struct Unfinished {
    found: Vec<(usize, String)>,
}

impl<'ast> Visit<'ast> for Unfinished {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let is_conditional = attribute.path().is_ident("cfg_attr");
        let inside = |list: &syn::MetaList| {
            list.tokens
                .clone()
                .into_iter()
                .any(|token| token.to_string() == "ignore")
        };
        let skips = attribute.path().is_ident("ignore")
            || is_conditional && matches!(&attribute.meta, syn::Meta::List(list) if inside(list));
        if skips {
            self.found
                .push((attribute.span().start().line, "a skipped test".to_owned()));
        }
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let name = called
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string())
            .unwrap_or_default();
        if name == "todo" || name == "unimplemented" {
            self.found
                .push((called.span().start().line, format!("{name}!")));
        }
        self.read_tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }
}

impl Unfinished {
    /// The same in what a macro is given: a name, an exclamation mark, a group.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (token, next) in tokens.iter().zip(tokens.iter().skip(1)) {
            let (name, mark) = (token.to_string(), next.to_string());
            if mark == "!" && (name == "todo" || name == "unimplemented") {
                self.found
                    .push((token.span().start().line, format!("{name}!")));
            }
        }
        for token in tokens {
            if let TokenTree::Group(group) = token {
                self.read_tokens(group.stream());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(text: &str) -> Vec<String> {
        rust(&Sources::made_up(&[("a.rs", text)]))
    }

    #[test]
    fn tidy_rust_is_right() {
        let text = "/// Says todo!() and #[ignore].\n#[expect(dead_code, reason = \"later, in the world\")]\nfn f() { x.expect(\"there\") }";
        assert_eq!(in_file(text), [""; 0]);
    }

    #[test]
    fn what_is_untidy_is_found() {
        for text in [
            "#[test] #[ignore] fn f() {}",
            "#[test] #[ignore = \"slow\"] fn f() {}",
            "#[test] #[cfg_attr(unix, ignore)] fn f() {}",
            "fn f() { todo!() }",
            "fn f() { g(unimplemented!(\"yet\")) }",
            "fn f() { println!(\"{}\", todo!()) }",
            "#[allow(dead_code)] fn f() {}",
            "#![expect(dead_code)]",
            "#[cfg_attr(unix, allow(dead_code))] fn f() {}",
            "#[allow(dead_code, reason = \"\")] fn f() {}",
        ] {
            assert_eq!(in_file(text).len(), 1, "{text}");
        }
        assert_eq!(in_file(&"\n".repeat(LINES_MAX + 1)).len(), 1);
    }

    #[test]
    fn what_the_core_may_not_name_is_found() {
        let complaints = |text| forbidden_in_core(&Sources::made_up(&[("core/src/lib.rs", text)]));
        assert_eq!(
            complaints("use std::time::Duration; use std::{fmt, mem};"),
            [""; 0]
        );
        for text in [
            "use std::fs;",
            "use std::{fmt, net::TcpStream};",
            "fn f() { std::thread::sleep(x) }",
            "fn f() { println!(\"{:?}\", std::env::args()) }",
            "#[allow(clippy::disallowed_types, reason = \"just here\")] fn f() {}",
        ] {
            assert_eq!(complaints(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_gap_in_clippys_configuration_is_found() {
        let entry = |path: &&str| format!("{{ path = \"{path}\", reason = \"it would differ\" }}");
        let whole: String = FORBIDDEN_BY_CLIPPY
            .map(|(key, paths)| {
                format!(
                    "{key} = [{}]\n",
                    paths.iter().map(entry).collect::<Vec<_>>().join(",")
                )
            })
            .concat();
        assert_eq!(clippy_config(&whole), [""; 0]);
        assert_eq!(
            clippy_config(&whole.replace("std::collections::HashSet", "x")).len(),
            1
        );
        assert_eq!(
            clippy_config(&whole.replacen("it would differ", "", 1)).len(),
            1
        );
    }

    #[test]
    fn a_foreign_place_is_found() {
        let complaints = |file: &str, text: &str| places(&Sources::made_up(&[(file, text)]));
        let lock = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(complaints("Cargo.lock", lock), [""; 0]);
        assert_eq!(
            complaints(
                "Cargo.lock",
                "source = \"registry+https://example.org/index\""
            )
            .len(),
            1
        );
        for place in PLACES {
            assert_eq!(complaints("a.md", &format!("see {place}x")).len(), 1);
        }
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\n# Numbers.\nrand = \"1\"\nrand_pcg = \"1\"\n\
            b = { path = \"b\" }\nc.workspace = true\nd = \"1\" # Because.\n# Why.\ne = { version = \"1\", features = [\n\
            \"x\",\n] }\n[dev-dependencies]\nbare = \"1\"\n[profile.release]\nlto = true\n";
        assert_eq!(uncommented(manifest), ["bare"]);
    }
}
