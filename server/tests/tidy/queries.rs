//! The store has the queries that the product asks, and each of them is a span of the log.

use crate::{reader::is_for_tests, workspace};
use proc_macro2::{TokenStream, TokenTree};
use std::{collections::BTreeSet, path::PathBuf};
use syn::{ImplItemFn, Visibility, visit::Visit};

/// The store's public methods, and every method that is called; code for tests is left out.
#[derive(Default)]
struct Calls {
    /// With the words of their attributes.
    queries: Vec<(String, String)>,
    called: BTreeSet<String>,
    is_in_store: bool,
}

impl Calls {
    fn read(&mut self, text: &str) {
        self.visit_file(&syn::parse_file(text).expect("Rust"));
    }

    /// What a macro is given is not parsed: a word after a dot or a colon may be a call.
    fn add_words(&mut self, tokens: TokenStream) {
        let mut is_after_point = false;
        for token in tokens {
            match token {
                TokenTree::Ident(word) if is_after_point => {
                    self.called.insert(word.to_string());
                }
                TokenTree::Group(group) => self.add_words(group.stream()),
                TokenTree::Punct(punct) => {
                    is_after_point = matches!(punct.as_char(), '.' | ':');
                    continue;
                }
                TokenTree::Ident(_) | TokenTree::Literal(_) => {}
            }
            is_after_point = false;
        }
    }
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let name = |path: &syn::TypePath| path.path.segments.last().map(|last| last.ident.to_string());
        let is_of_store = matches!(&*item.self_ty, syn::Type::Path(path) if name(path).as_deref() == Some("Store"));
        self.is_in_store = is_of_store && item.trait_.is_none();
        syn::visit::visit_item_impl(self, item);
        self.is_in_store = false;
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if is_for_tests(&function.attrs) {
            return;
        }
        let signature = &function.sig;
        let is_query = matches!(function.vis, Visibility::Public(_)) && signature.receiver().is_some();
        if self.is_in_store && is_query && signature.asyncness.is_some() {
            let attributes = function.attrs.iter().filter_map(|attribute| attribute.meta.require_list().ok());
            let words = attributes.map(|list| list.tokens.to_string()).collect();
            self.queries.push((signature.ident.to_string(), words));
        }
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_for_tests(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.called.insert(call.method.to_string());
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.called.extend(path.path.segments.last().map(|last| last.ident.to_string()));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.add_words(call.tokens.clone());
    }
}

fn files(package: &str) -> Vec<PathBuf> {
    let package = workspace::package(package);
    package.uses.files.iter().map(|file| package.folder.join(file)).collect()
}

fn read(files: impl IntoIterator<Item = PathBuf>) -> Calls {
    let mut calls = Calls::default();
    for file in files {
        calls.read(&std::fs::read_to_string(file).expect("a source file"));
    }
    calls
}

#[test]
fn the_product_asks_every_query_of_the_store() {
    let calls = read(files("store").into_iter().chain(files("server")));
    assert!(calls.queries.len() > 50, "the store's queries are not found: {:?}", calls.queries);
    let unasked: Vec<_> = calls.queries.iter().filter(|(name, _)| !calls.called.contains(name)).collect();
    assert!(unasked.is_empty(), "only tests ask these: {unasked:?}");
}

#[test]
fn every_query_is_a_span_of_its_name() {
    let queries = read(files("store")).queries;
    let is_span = |name: &str, attributes: &str| {
        attributes.contains(&format!("name = \"db.{name}\"")) && attributes.contains("skip_all")
    };
    let unnamed: Vec<_> = queries.iter().filter(|(name, attributes)| !is_span(name, attributes)).collect();
    assert!(unnamed.is_empty(), "#[instrument(level = \"debug\", skip_all, name = \"db.…\")] is missing: {unnamed:?}");
}

#[test]
fn calls_are_seen_wherever_they_are_written() {
    let called = |text: &str| {
        let mut calls = Calls::default();
        calls.read(text);
        calls.called.contains("find_kill")
    };
    for text in [
        "async fn f(s: &Store) { s.find_kill(1).await; }",
        "async fn f(s: &Store) { tokio::join!(s.find_kill(1), g()); }",
        "fn f() { ids.map(Store::find_kill); }",
    ] {
        assert!(called(text), "{text}");
    }
    for text in [
        "impl Store { pub async fn find_kill(&self) {} }",
        "#[cfg(test)] mod tests { async fn f(s: &Store) { s.find_kill(1).await; } }",
        "fn f() { g(find_killmail, \"find_kill\"); }",
    ] {
        assert!(!called(text), "{text}");
    }
}
