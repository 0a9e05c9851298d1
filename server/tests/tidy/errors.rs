//! Errors are types: below `commands` nobody returns a text, a unit or `anyhow`.

use crate::{layers::room, reader::is_for_tests, workspace};
use std::path::Path;
use syn::{GenericArgument, PathArguments, Type, visit::Visit};

/// Where errors of any kind meet and are told: rooms of the server, and programs.
const TELLERS: [&str; 4] = ["commands", "main", "tasks", "wiring"];

#[derive(Default)]
struct Untyped(Vec<String>);

fn is_untyped(error: &Type) -> bool {
    match error {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "String"),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Untyped {
    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        if let (true, PathArguments::AngleBracketed(arguments)) = (segment.ident == "Result", &segment.arguments)
            && let Some(GenericArgument::Type(error)) = arguments.args.iter().nth(1)
            && is_untyped(error)
        {
            self.0.push("a Result without a typed error".to_owned());
        }
        syn::visit::visit_path_segment(self, segment);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        if matches!(item.ident.to_string().as_str(), "Err" | "Error") && is_untyped(&item.ty) {
            self.0.push(format!("type {} without a type of its own", item.ident));
        }
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
}

fn untyped(text: &str) -> Vec<String> {
    let mut found = Untyped::default();
    found.visit_file(&syn::parse_file(text).expect("Rust"));
    found.0
}

#[test]
fn errors_below_commands_have_types() {
    let mut faults = Vec::new();
    for package in workspace::packages() {
        let is_teller = |file: &Path| package.name == "server" && TELLERS.contains(&room(file).as_str());
        for file in package.uses.files.iter().filter(|file| !is_teller(file)) {
            let text = std::fs::read_to_string(package.folder.join(file)).expect("a source file");
            faults.extend(untyped(&text).iter().map(|fault| format!("{} {}: {fault}", package.name, file.display())));
            if package.uses.outside.contains(&(file.clone(), "anyhow".to_owned())) {
                faults.push(format!("{} {}: anyhow", package.name, file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_no_type_is_seen_wherever_it_is_written() {
    for text in [
        "fn f() -> Result<(), String> {}",
        "async fn f() -> std::result::Result<u8, ()> {}",
        "impl FromStr for X { type Err = (); }",
        "fn f() { let parse = || -> Result<u8, std::string::String> { Ok(1) }; }",
        "struct S { last: Option<Result<u8, String>> }",
    ] {
        assert_eq!(untyped(text).len(), 1, "{text}");
    }
    for text in [
        "fn f() -> Result<String, Refused> {}",
        "fn f() -> io::Result<String> {}",
        "#[cfg(test)] mod tests { fn f() -> Result<(), String> {} }",
        "impl FromStr for X { type Err = UnknownWord; }",
    ] {
        assert!(untyped(text).is_empty(), "{text}");
    }
}
