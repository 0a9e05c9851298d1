//! Which file uses which: the module tree of a crate and every path written in it, resolved to the file that owns what
//! the path names.
//!
//! A path is followed through `mod`, `use`, renames, globs and re-exports to the definition, so naming something by a
//! shorter way (`crate::Isk`) is an import of the file that has it, not of the one that passes it on. Naming a module is
//! nothing; naming what is in it is. What a macro is given is read word by word. Code for tests is left out.

use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};
use syn::{Attribute, Item, Meta, UseTree, Visibility, visit::Visit};

/// Gives the text of a file, if there is one.
pub type Files<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// In words.
const LONGEST_PATH: usize = 12;

/// One file uses a name of another; the paths are relative to the crate's source folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub from: PathBuf,
    pub to: PathBuf,
    pub name: String,
}

/// What a crate's files use.
#[derive(Debug, Default)]
pub struct Uses {
    pub files: BTreeSet<PathBuf>,
    pub imports: BTreeSet<Import>,
    /// First words of paths that lead out of the crate: other crates, and words that only the compiler knows.
    pub outside: BTreeSet<(PathBuf, String)>,
}

/// Reads the crate whose root file is `root`.
///
/// # Errors
/// Names the file that is missing or is no Rust.
pub fn uses_of(root: &Path, files: Files<'_>) -> Result<Uses, String> {
    let folder = root.parent().unwrap_or(Path::new(""));
    let mut tree = Tree { folder: folder.to_owned(), modules: Vec::new() };
    tree.load(files, None, root, folder)?;
    Ok(tree.uses())
}

#[derive(Debug)]
struct Module {
    parent: Option<usize>,
    file: PathBuf,
    children: BTreeMap<String, usize>,
    /// Names that this module defines, as far as no macro makes them.
    items: BTreeSet<String>,
    aliases: Vec<Alias>,
    paths: BTreeSet<Vec<String>>,
}

/// One leaf of a `use`; the name is `*` for a glob.
#[derive(Debug)]
struct Alias {
    name: String,
    path: Vec<String>,
    is_public: bool,
}

struct Tree {
    folder: PathBuf,
    modules: Vec<Module>,
}

impl Tree {
    fn load(&mut self, files: Files<'_>, parent: Option<usize>, file: &Path, folder: &Path) -> Result<usize, String> {
        let text = files(file).ok_or_else(|| format!("{} is missing", file.display()))?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        self.add(files, parent, file, folder, &parsed.items)
    }

    /// A module in `file`, whose children are in `folder`.
    fn add(
        &mut self,
        files: Files<'_>,
        parent: Option<usize>,
        file: &Path,
        folder: &Path,
        items: &[Item],
    ) -> Result<usize, String> {
        let mut collected = Collected::default();
        let index = self.modules.len();
        self.modules.push(Module {
            parent,
            file: file.to_owned(),
            children: BTreeMap::new(),
            items: items.iter().filter_map(defined).collect(),
            aliases: Vec::new(),
            paths: BTreeSet::new(),
        });
        for item in items {
            let Item::Mod(module) = item else {
                collected.visit_item(item);
                continue;
            };
            if is_for_tests(&module.attrs) {
                continue;
            }
            let name = module.ident.to_string();
            let below = folder.join(&name);
            let child = match &module.content {
                Some((_, items)) => self.add(files, Some(index), file, &below, items)?,
                None if module.attrs.iter().any(|attribute| attribute.path().is_ident("path")) => {
                    return Err(format!("{}: the module {name} is at an unusual place", file.display()));
                }
                None => {
                    let flat = folder.join(format!("{name}.rs"));
                    let file = if files(&flat).is_some() { flat } else { below.join("mod.rs") };
                    self.load(files, Some(index), &file, &below)?
                }
            };
            self.modules[index].children.insert(name, child);
        }
        self.modules[index].aliases = collected.aliases;
        self.modules[index].paths = collected.paths;
        Ok(index)
    }

    fn uses(&self) -> Uses {
        let mut uses = Uses::default();
        let relative = |file: &Path| file.strip_prefix(&self.folder).unwrap_or(file).to_owned();
        for (index, module) in self.modules.iter().enumerate() {
            let from = relative(&module.file);
            uses.files.insert(from.clone());
            let imported = module.aliases.iter().filter(|alias| !alias.hands_on(module)).map(|alias| &alias.path);
            for path in imported.chain(&module.paths) {
                let name = path.last().cloned().unwrap_or_default();
                for owner in self.owners(index, path) {
                    if *owner != module.file {
                        uses.imports.insert(Import { from: from.clone(), to: relative(owner), name: name.clone() });
                    }
                }
                if let Some(first) = path.first().filter(|first| path.len() > 1 && !self.is_ours(index, first)) {
                    uses.outside.insert((from.clone(), first.clone()));
                }
            }
        }
        uses
    }

    fn is_ours(&self, module: usize, name: &str) -> bool {
        let module = &self.modules[module];
        matches!(name, "crate" | "self" | "super" | "Self")
            || module.children.contains_key(name)
            || module.items.contains(name)
    }

    /// The files that own what a path, written in a module, names; none for a module and for what is not ours. Several
    /// when builds differ in it.
    fn owners(&self, module: usize, path: &[String]) -> BTreeSet<&Path> {
        self.named(module, path, Unknown::Nothing, &mut BTreeSet::new())
    }

    fn named<'a>(
        &'a self,
        module: usize,
        path: &[String],
        unknown: Unknown,
        seen: &mut BTreeSet<(usize, Vec<String>)>,
    ) -> BTreeSet<&'a Path> {
        let none = BTreeSet::new();
        let Some((first, rest)) = path.split_first() else { return none };
        // `use async_trait::async_trait` names itself, longer each time.
        if path.len() > LONGEST_PATH || !seen.insert((module, path.to_owned())) {
            return none;
        }
        let here = &self.modules[module];
        let further = unknown.below();
        match first.as_str() {
            "crate" => return self.named(0, rest, further, seen),
            "self" => return self.named(module, rest, further, seen),
            "super" => return here.parent.map_or(none, |parent| self.named(parent, rest, further, seen)),
            name => {
                if let Some(child) = here.children.get(name) {
                    return self.named(*child, rest, further, seen);
                }
                if here.items.contains(name) {
                    // Past an item come its variants and associated items: a glob of them is an import of the item.
                    let is_found = rest.is_empty() || unknown != Unknown::NothingAtAll;
                    return if is_found { BTreeSet::from([here.file.as_path()]) } else { none };
                }
            }
        }
        let mut aliases = here.aliases.iter().filter(|alias| alias.name == *first).peekable();
        if aliases.peek().is_some() {
            return aliases
                .flat_map(|alias| self.named(module, &[&alias.path, rest].concat(), further.named(), seen))
                .collect();
        }
        for glob in here.aliases.iter().filter(|alias| alias.name == "*") {
            let found = self.named(module, &[&glob.path, path].concat(), Unknown::NothingAtAll, seen);
            if !found.is_empty() {
                return found;
            }
        }
        match unknown {
            Unknown::Macro => BTreeSet::from([here.file.as_path()]),
            Unknown::Nothing | Unknown::NothingAtAll => none,
        }
    }
}

/// What a name is taken for that a module does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    /// A word of another crate or of the language: it stands alone.
    Nothing,
    /// Nothing here and further down: a glob is tried.
    NothingAtAll,
    /// Something that a macro made there: the path says that it is there.
    Macro,
}

impl Unknown {
    fn below(self) -> Self {
        if self == Self::NothingAtAll { self } else { Self::Macro }
    }

    /// The path of a `use` may begin with another crate.
    fn named(self) -> Self {
        if self == Self::NothingAtAll { self } else { Self::Nothing }
    }
}

impl Alias {
    /// Whether it only passes on what a child has.
    fn hands_on(&self, module: &Module) -> bool {
        let first = self.path.iter().find(|word| *word != "self");
        self.is_public && first.is_some_and(|first| module.children.contains_key(first))
    }
}

fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// Whether it is compiled for tests only, those of other packages included.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition: String = list.tokens.to_string().split_whitespace().collect();
            condition == "test"
                || condition == "feature=\"testing\""
                || ["all(test", "any(test"].iter().any(|start| condition.starts_with(start))
        }
        _ => false,
    })
}

#[derive(Default)]
struct Collected {
    aliases: Vec<Alias>,
    paths: BTreeSet<Vec<String>>,
}

impl Collected {
    fn add_use(&mut self, tree: &UseTree, path: &[String], is_public: bool) {
        let with = |ident: &syn::Ident| [path, &[ident.to_string()]].concat();
        let mut add = |name: String, path| self.aliases.push(Alias { name, path, is_public });
        match tree {
            UseTree::Path(tree) => self.add_use(&tree.tree, &with(&tree.ident), is_public),
            // `a::{self}` names `a`.
            UseTree::Name(tree) if tree.ident == "self" => {
                add(path.last().cloned().unwrap_or_default(), path.to_owned());
            }
            UseTree::Name(tree) => add(tree.ident.to_string(), with(&tree.ident)),
            UseTree::Rename(tree) if tree.ident == "self" => add(tree.rename.to_string(), path.to_owned()),
            UseTree::Rename(tree) => add(tree.rename.to_string(), with(&tree.ident)),
            UseTree::Glob(_) => add("*".to_owned(), path.to_owned()),
            UseTree::Group(tree) => tree.items.iter().for_each(|tree| self.add_use(tree, path, is_public)),
        }
    }

    /// Words joined by `::`, wherever they are in what a macro is given.
    fn add_words(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    if colons != 2 {
                        self.add_path(std::mem::take(&mut path));
                    }
                    path.push(word.to_string());
                    colons = 0;
                    continue;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    colons = 0;
                    self.add_path(std::mem::take(&mut path));
                    self.add_words(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    colons = 0;
                    self.add_path(std::mem::take(&mut path));
                }
            }
        }
        self.add_path(path);
    }

    fn add_path(&mut self, path: Vec<String>) {
        if !path.is_empty() {
            self.paths.insert(path);
        }
    }
}

impl<'ast> Visit<'ast> for Collected {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return syn::visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            syn::visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.add_use(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.add_path(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.add_words(call.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up crate: file, text.
    fn read(files: &[(&str, &str)]) -> Uses {
        let files: BTreeMap<PathBuf, String> =
            files.iter().map(|(file, text)| (Path::new("src").join(file), (*text).to_owned())).collect();
        uses_of(Path::new("src/lib.rs"), &|file| files.get(file).cloned()).expect("a crate")
    }

    fn imports(files: &[(&str, &str)]) -> Vec<String> {
        let show = |import: &Import| format!("{} -> {} {}", import.from.display(), import.to.display(), import.name);
        read(files).imports.iter().map(show).collect()
    }

    const A: (&str, &str) = ("a.rs", "pub struct One; pub enum Two { First } pub fn three() {}");

    #[test]
    fn every_way_to_write_a_path_leads_to_the_file_that_owns_the_name() {
        for text in [
            "use crate::a::One;",
            "use crate::{a::{self, One as Other}};",
            "use super::a::One;",
            "fn f() -> crate::a::One { todo() }",
            "use crate::a; fn f(one: &a::One) {}",
            "use crate::One;",
            "use crate::*; struct S(One);",
            "use crate::a::*; fn f() { println!(\"{}\", One); }",
            "fn f() { assert!(matches!(x, crate::a::One)); }",
            "fn f() { use crate::a::One; }",
            "use crate::a as other; impl Into<other::One> for X {}",
            "mod inner { use super::super::a::One; }",
        ] {
            let found = imports(&[("lib.rs", "mod a; mod b; pub use a::One;"), A, ("b.rs", text)]);
            assert_eq!(found, ["b.rs -> a.rs One"], "{text}");
        }
    }

    #[test]
    fn a_name_that_a_macro_makes_is_where_the_path_says() {
        let found = imports(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "ids! { One }"),
            ("b.rs", "use crate::a::One; use serde::One as Two;"),
        ]);
        assert_eq!(found, ["b.rs -> a.rs One"]);
    }

    #[test]
    fn a_parent_that_declares_and_passes_on_is_no_import_and_one_that_uses_is() {
        let parent = |text| imports(&[("lib.rs", "mod p;"), ("p/mod.rs", text), ("p/a.rs", A.1)]);
        assert!(parent("mod a; pub use a::One; pub(crate) use self::a::*;").is_empty());
        assert_eq!(parent("mod a; pub use a::One; fn f(one: One) {}"), ["p/mod.rs -> p/a.rs One"]);
        assert_eq!(parent("pub mod a; fn f() { a::three() }"), ["p/mod.rs -> p/a.rs three"]);
        assert_eq!(parent("mod a; use a::One;"), ["p/mod.rs -> p/a.rs One"]);
        let child = |text| imports(&[("lib.rs", "mod p;"), ("p/mod.rs", "mod a; pub struct Own;"), ("p/a.rs", text)]);
        assert_eq!(child("use super::Own;"), ["p/a.rs -> p/mod.rs Own"]);
        assert_eq!(child("fn f() { super::made_by_a_macro() }"), ["p/a.rs -> p/mod.rs made_by_a_macro"]);
    }

    #[test]
    fn tests_and_other_crates_are_no_imports() {
        let text = "use domain::Isk; #[cfg(test)] mod tests { use crate::a::One; }
            #[cfg(all(test, feature = \"ssr\"))] mod more; #[cfg(test)] use crate::a::One;
            #[cfg(test)] fn f() -> crate::a::One {} #[test] fn g() { crate::a::three() }
            impl S { #[cfg(test)] fn h(one: crate::a::One) {} }
            #[cfg(any(test, feature = \"testing\"))] pub mod testing;";
        let uses = read(&[("lib.rs", "mod a; mod b;"), A, ("b.rs", text)]);
        assert!(uses.imports.is_empty(), "{:?}", uses.imports);
        assert!(uses.outside.contains(&(PathBuf::from("b.rs"), "domain".to_owned())));
        assert_eq!(
            imports(&[("lib.rs", "mod a; mod b;"), A, ("b.rs", "#[cfg(not(test))] use crate::a::One;")]).len(),
            1
        );
    }

    #[test]
    fn names_that_lead_in_a_ring_and_variants_behind_a_glob_end_somewhere() {
        let ring = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "pub use crate::b::*;"),
            ("b.rs", "pub use crate::a::*; struct S(One);"),
        ];
        assert!(imports(&ring).is_empty());
        let itself = "use async_trait::async_trait; fn f() { async_trait() }";
        assert!(imports(&[("lib.rs", itself)]).is_empty());
        let glob = "use crate::a::Two::*; fn f() { First; Vec::new(); }";
        assert_eq!(imports(&[("lib.rs", "mod a; mod b;"), A, ("b.rs", glob)]), ["b.rs -> a.rs Two"]);
    }

    #[test]
    fn a_crate_that_cannot_be_read_is_told() {
        let read = |text: &str| {
            let text = text.to_owned();
            uses_of(Path::new("lib.rs"), &move |file| (file == Path::new("lib.rs")).then(|| text.clone()))
        };
        assert!(read("mod gone;").is_err_and(|error| error.contains("gone")));
        assert!(read("fn (").is_err());
        assert!(read("#[path = \"elsewhere.rs\"] mod here;").is_err());
    }
}
