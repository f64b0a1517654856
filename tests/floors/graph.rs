//! The floors of `core/`, and the circles that none of them may have.
//!
//! A module is a file. It *uses* another when it names something of it, in an import or
//! in a path, in code or in what a macro is given; links in documentation do not count,
//! tests inside a file do. What is named is followed through imports and re-exports to
//! the file that has it. So a re-export is transparent: a parent that only declares and
//! re-exports its children uses none of them, and a child that names a sibling by way of
//! the parent uses the sibling. A parent that itself does something with a child uses it;
//! then that child may use nothing of the parent's own.

use crate::sources::{Mention, Module, ModulePath, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// The floors from the ground up. `entropy` answers the operating system's part of a
/// crate in wasm, `json` reads and writes text, `order` sorts; they stand
/// below all.
const FLOORS: [&str; 12] = [
    "entropy", "json", "order", "etcd", "catalog", "member", "world", "trace", "check", "share",
    "console", "lesson",
];

/// No import goes through more re-exports than this.
const HOPS_MAX: usize = 16;

type Modules = BTreeMap<ModulePath, Module>;

/// Complaints about floors that use a higher one, and about modules that are none.
pub(crate) fn floors(sources: &Sources) -> Vec<String> {
    let modules = sources.modules();
    let mut complaints = BTreeSet::new();
    for name in &modules[&ModulePath::new()].declares {
        if height(name).is_none() {
            complaints.insert(format!(
                "core/src/lib.rs: {name} is no floor; they are {FLOORS:?}"
            ));
        }
    }
    for (path, module) in &modules {
        let Some((own, own_height)) = path.first().and_then(|own| Some((own, height(own)?))) else {
            continue;
        };
        for mention in module.mentions.iter().chain(&module.exports) {
            let targets = [literal(path, mention), resolve(&modules, path, mention)];
            for name in targets.iter().flatten().filter_map(|target| target.first()) {
                if height(name).is_some_and(|height| height > own_height) {
                    complaints.insert(format!(
                        "{}:{}: {own} may not use {name}, which stands on it: {}",
                        module.file,
                        mention.line,
                        mention.path.join("::")
                    ));
                }
            }
        }
    }
    complaints.into_iter().collect()
}

/// The modules that each module uses, with the place where it does so first.
type Edges = BTreeMap<ModulePath, BTreeMap<ModulePath, String>>;

/// Complaints about circles between the files of a floor, one for each floor.
pub(crate) fn circles(sources: &Sources) -> Vec<String> {
    let modules = sources.modules();
    let mut edges = Edges::new();
    for (path, module) in &modules {
        let uses = edges.entry(path.clone()).or_default();
        for mention in &module.mentions {
            let used = resolve(&modules, path, mention);
            if let Some(used) = used.filter(|used| used != path && used.first() == path.first()) {
                let place = || format!("{}:{}", module.file, mention.line);
                uses.entry(used).or_insert_with(place);
            }
        }
    }
    let circle = |floor: &&str| {
        let mut on_it = edges
            .keys()
            .filter(|path| path.first().is_some_and(|name| name == *floor));
        on_it.find_map(|start| way(&edges, start, start))
    };
    FLOORS
        .iter()
        .filter_map(circle)
        .map(|way| show(&edges, &way))
        .collect()
}

fn show(edges: &Edges, circle: &[ModulePath]) -> String {
    let steps = circle.windows(2).map(|pair| {
        let (user, used) = (&pair[0], &pair[1]);
        format!(
            "  {} uses {}, at {}",
            user.join("::"),
            used.join("::"),
            edges[user][used]
        )
    });
    format!("a circle:\n{}", steps.collect::<Vec<_>>().join("\n"))
}

/// A shortest way along the edges, of at least one step.
fn way(edges: &Edges, start: &ModulePath, end: &ModulePath) -> Option<Vec<ModulePath>> {
    let mut ways = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in edges.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
                let mut way = way.clone();
                way.push(next.clone());
                if next == end {
                    return Some(way);
                }
                if seen.insert(next) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

fn height(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| *floor == name)
}

/// The module that a mention names something of, once re-exports are followed.
fn resolve(modules: &Modules, from: &ModulePath, mention: &Mention) -> Option<ModulePath> {
    let mut place = literal(from, mention).or_else(|| {
        // A path that begins with a child; all else begins with another crate, a local
        // name or an import, which counts where it is imported. One name alone may be
        // a variable that is called as a child is.
        if mention.path.len() == 1 {
            return None;
        }
        let mut inner = from.clone();
        inner.extend(mention.inside.iter().cloned());
        inner.push(mention.path.first()?.clone());
        modules.contains_key(&inner).then(|| {
            inner.extend(mention.path.iter().skip(1).cloned());
            inner
        })
    })?;
    for _ in 0..HOPS_MAX {
        let (module, item) = split(modules, &place);
        let Some(import) = item
            .first()
            .and_then(|name| modules[&module].imports.get(name))
        else {
            return Some(module);
        };
        let import = Mention {
            path: import.clone(),
            inside: Vec::new(),
            line: 0,
        };
        let Some(mut next) = literal(&module, &import).or_else(|| child(modules, &module, &import))
        else {
            return Some(module);
        };
        next.extend(item.into_iter().skip(1));
        place = next;
    }
    Some(split(modules, &place).0)
}

fn child(modules: &Modules, module: &ModulePath, import: &Mention) -> Option<ModulePath> {
    let mut path = module.clone();
    path.push(import.path.first()?.clone());
    modules
        .contains_key(&path)
        .then(|| module.iter().chain(&import.path).cloned().collect())
}

/// The absolute path of a mention that begins with `crate`, `super` or `self`.
fn literal(from: &ModulePath, mention: &Mention) -> Option<ModulePath> {
    let mut place: ModulePath = from.iter().chain(&mention.inside).cloned().collect();
    let mut names = mention.path.iter().peekable();
    match names.next()?.as_str() {
        "crate" => place.clear(),
        "self" => {}
        "super" => {
            place.pop();
        }
        _ => return None,
    }
    while names.next_if(|name| *name == "super").is_some() {
        place.pop();
    }
    place.extend(names.cloned());
    Some(place)
}

/// The longest part of a path that is a file's module, and the rest.
fn split(modules: &Modules, path: &ModulePath) -> (ModulePath, Vec<String>) {
    let lengths = (0..=path.len()).rev();
    let length = lengths
        .into_iter()
        .find(|length| modules.contains_key(&path[..*length]))
        .unwrap_or(0);
    (path[..length].to_vec(), path[length..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(files: &[(&str, &str)]) -> Sources {
        let named: Vec<_> = files
            .iter()
            .map(|(name, text)| (format!("core/src/{name}"), *text))
            .collect();
        let named: Vec<_> = named
            .iter()
            .map(|(name, text)| (name.as_str(), *text))
            .collect();
        Sources::made_up(&named)
    }

    /// The complaints when the catalog has this text.
    fn in_catalog(text: &str) -> Vec<String> {
        floors(&core(&[
            (
                "lib.rs",
                "pub mod catalog; pub mod etcd; pub mod world; pub use world::World;",
            ),
            ("etcd.rs", "pub struct Key;"),
            (
                "world/mod.rs",
                "mod time; pub use time::Time; pub struct World;",
            ),
            ("world/time.rs", "pub struct Time;"),
            ("catalog/mod.rs", "mod store;"),
            ("catalog/store.rs", text),
        ]))
    }

    #[test]
    fn using_a_lower_floor_is_right() {
        let text = "use crate::etcd::Key; /// See [`crate::world::World`].\n struct A(super::super::etcd::Key);";
        assert_eq!(in_catalog(text), [""; 0]);
    }

    #[test]
    fn using_a_higher_floor_is_found_however_it_is_written() {
        for text in [
            "use crate::world::World;",
            "use crate::{etcd::Key, world::{self, World}};",
            "use crate::world::*;",
            "use super::super::world as above;",
            "pub(crate) use crate::world::Time;",
            "fn f() -> crate::world::World { todo() }",
            "fn f(x: Vec<crate::world::World>) {}",
            "fn f() { println!(\"{}\", [crate::world::now()]) }",
            "macro_rules! m { () => { $crate::world::World } }",
            "use crate::World;",
            "mod tests { use super::super::super::world::World; }",
        ] {
            assert!(!in_catalog(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_complaint_says_where() {
        let said = in_catalog("\n\nuse crate::world::World;");
        assert_eq!(
            said,
            [
                "core/src/catalog/store.rs:3: catalog may not use world, which stands on it: crate::world::World"
            ]
        );
    }

    #[test]
    fn a_module_that_is_no_floor_is_found() {
        assert_eq!(floors(&core(&[("lib.rs", "mod etcd; mod util;")])).len(), 1);
    }

    /// The circles of a floor of three files.
    fn in_world(parent: &str, first: &str, second: &str) -> Vec<String> {
        circles(&core(&[
            ("lib.rs", "pub mod world;"),
            ("world/mod.rs", parent),
            ("world/first.rs", first),
            ("world/second.rs", second),
        ]))
    }

    #[test]
    fn re_exports_make_no_circle() {
        let parent = "mod first; mod second; pub use first::A; pub use second::B; pub struct Own;";
        assert_eq!(
            in_world(
                parent,
                "use super::Own; pub struct A;",
                "use super::A; pub struct B;"
            ),
            [""; 0]
        );
    }

    #[test]
    fn a_parent_that_uses_a_child_makes_no_circle_by_itself() {
        let parent = "mod first; use first::A; pub struct World(A);";
        assert_eq!(
            in_world(parent, "pub struct A;", "use super::World;"),
            [""; 0]
        );
    }

    #[test]
    fn a_circle_of_siblings_is_found_also_through_the_parent() {
        let parent = "mod first; mod second; pub use first::A; pub use second::B;";
        let said = in_world(
            parent,
            "use super::B; pub struct A;",
            "use super::first::A; pub struct B;",
        );
        let circle = "a circle:\n  world::first uses world::second, at core/src/world/first.rs:1\n  world::second uses world::first, at core/src/world/second.rs:1";
        assert_eq!(said, [circle]);
    }

    #[test]
    fn a_circle_of_parent_and_child_is_found() {
        let child = "impl super::World { fn f() {} } pub fn g() {}";
        for parent in [
            "mod first; pub struct World; fn f() { first::g() }",
            "mod first; use self::first::g; pub struct World;",
        ] {
            assert_eq!(in_world(parent, child, "").len(), 1, "{parent}");
        }
    }
}
