//! The files of the repository, and the references between the modules of a crate.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeMap;
use std::ops::Index;
use std::path::{Path, PathBuf};
use std::process::Command;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// Texts by their paths from the root of the repository, with slashes.
pub(crate) struct Sources(BTreeMap<String, String>);

impl Sources {
    /// Every text file that git tracks.
    pub(crate) fn tracked() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let listed = Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(&root)
            .output();
        let listed = listed.expect("git lists the files of the repository");
        assert!(
            listed.status.success(),
            "git: {}",
            String::from_utf8_lossy(&listed.stderr)
        );
        let names = String::from_utf8(listed.stdout).expect("the names of files are UTF-8");
        let names = names.split('\0').filter(|name| !name.is_empty());
        // Pictures are no text, and a file that was just deleted is still listed.
        let read = |name: &str| {
            Some((
                name.to_owned(),
                std::fs::read_to_string(root.join(name)).ok()?,
            ))
        };
        Self(names.filter_map(read).collect())
    }

    /// The sources of `core/`.
    pub(crate) fn of_core() -> Self {
        let mut all = Self::tracked();
        all.0.retain(|name, _| name.starts_with("core/src/"));
        all
    }

    /// Made-up files.
    #[cfg(test)]
    pub(crate) fn made_up(files: &[(&str, &str)]) -> Self {
        Self(
            files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    /// All files.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The Rust files.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().filter(|(name, _)| name.ends_with(".rs"))
    }

    /// The modules of the core, one for each file.
    pub(crate) fn modules(&self) -> BTreeMap<ModulePath, Module> {
        self.rust()
            .map(|(name, text)| (module_path(name), Module::parse(name, text)))
            .collect()
    }
}

impl Index<&str> for Sources {
    type Output = str;

    fn index(&self, name: &str) -> &str {
        self.0
            .get(name)
            .unwrap_or_else(|| panic!("the repository has no {name}"))
    }
}

/// The names from the root of the crate to a module; none for the root itself.
pub(crate) type ModulePath = Vec<String>;

/// A mention of something by its path.
#[derive(Debug, PartialEq)]
pub(crate) struct Mention {
    /// The path as written, from `crate`, `super`, `self` or another name on.
    pub(crate) path: Vec<String>,
    /// The inline modules around it.
    pub(crate) inside: Vec<String>,
    /// Where it is.
    pub(crate) line: usize,
}

/// What a file says of others.
pub(crate) struct Module {
    /// Its name from the root of the repository.
    pub(crate) file: String,
    /// All paths in it, but for those of its re-exports.
    pub(crate) mentions: Vec<Mention>,
    /// The names that its `use` items bring in, with their paths.
    pub(crate) imports: BTreeMap<String, Vec<String>>,
    /// The paths of its re-exports: `pub use`, in any degree of `pub`.
    pub(crate) exports: Vec<Mention>,
    /// The modules that it declares.
    pub(crate) declares: Vec<String>,
}

impl Module {
    fn parse(file: &str, text: &str) -> Self {
        let tree = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut reader = Reader {
            module: Self {
                file: file.to_owned(),
                mentions: Vec::new(),
                imports: BTreeMap::new(),
                exports: Vec::new(),
                declares: Vec::new(),
            },
            inside: Vec::new(),
        };
        reader.visit_file(&tree);
        reader.module
    }
}

fn module_path(file: &str) -> ModulePath {
    let inside = file.split_once("src/").map_or(file, |(_, inside)| inside);
    let path = PathBuf::from(inside).with_extension("");
    let mut names: ModulePath = path
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    if names
        .last()
        .is_some_and(|name| name == "mod" || names.len() == 1 && name == "lib")
    {
        names.pop();
    }
    names
}

struct Reader {
    module: Module,
    inside: Vec<String>,
}

impl Reader {
    fn mention(&self, path: Vec<String>, line: usize) -> Mention {
        Mention {
            path,
            inside: self.inside.clone(),
            line,
        }
    }

    /// The paths in what a macro is given: the parser sees only tokens there.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut colons, mut line) = (0, 0);
        let mut found = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(name) if colons == 2 => {
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Ident(name) => {
                    found.push((std::mem::replace(&mut path, vec![name.to_string()]), line));
                    line = name.span().start().line;
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    found.push((std::mem::take(&mut path), line));
                    self.read_tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    found.push((std::mem::take(&mut path), line));
                    colons = 0;
                }
            }
        }
        found.push((path, line));
        for (path, line) in found {
            if path.len() > 1 {
                let mention = self.mention(path, line);
                self.module.mentions.push(mention);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_none() {
            self.module.declares.push(item.ident.to_string());
            return;
        }
        self.inside.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let line = item.span().start().line;
        let is_export = !matches!(item.vis, syn::Visibility::Inherited);
        for (path, name) in flatten(&item.tree, &[]) {
            let mention = self.mention(path.clone(), line);
            if is_export {
                self.module.exports.push(mention);
            } else {
                self.module.mentions.push(mention);
            }
            if self.inside.is_empty() {
                self.module.imports.insert(name, path);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let mention = self.mention(names, path.span().start().line);
        self.module.mentions.push(mention);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.read_tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }

    // `pub(super)` says who may look in, not what is used.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    // Documentation may link to every floor; no other attribute names a path that counts.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

/// The full paths of a tree of imports, each with the name that it brings in.
fn flatten(tree: &syn::UseTree, before: &[String]) -> Vec<(Vec<String>, String)> {
    let with = |name: &syn::Ident| {
        before
            .iter()
            .cloned()
            .chain([name.to_string()])
            .collect::<Vec<_>>()
    };
    match tree {
        syn::UseTree::Path(part) => flatten(&part.tree, &with(&part.ident)),
        syn::UseTree::Name(part) if part.ident == "self" => {
            vec![(before.to_vec(), before.last().cloned().unwrap_or_default())]
        }
        syn::UseTree::Name(part) => vec![(with(&part.ident), part.ident.to_string())],
        syn::UseTree::Rename(part) if part.ident == "self" => {
            vec![(before.to_vec(), part.rename.to_string())]
        }
        syn::UseTree::Rename(part) => vec![(with(&part.ident), part.rename.to_string())],
        syn::UseTree::Glob(_) => vec![(before.to_vec(), String::new())],
        syn::UseTree::Group(group) => group
            .items
            .iter()
            .flat_map(|item| flatten(item, before))
            .collect(),
    }
}
