//! Mutants of code: every comparison, everything that stands as a condition, every `require_*!`,
//! and every `min` and `max`.

use std::ops::Range;

use quote::ToTokens;
use syn::{
    parse::Parser,
    punctuated::Punctuated,
    spanned::Spanned,
    visit::{self, Visit},
    BinOp, Expr, Token,
};

use crate::{accounts, edits::Edits, sites::Sites};

const CONDITION: [&str; 2] = ["true", "false"];
const ORDER: [&str; 3] = ["true", "false", "edge moved"];

/// Methods that answer yes or no: conditions wherever they stand.
const QUESTIONS: [&str; 7] = ["all", "any", "contains", "is_err", "is_none", "is_ok", "is_some"];

pub struct Rewritten {
    pub text: String,
    /// Whether there were account structs in it.
    pub accounts: bool,
}

pub fn rewrite(text: &str, place: &str, sites: &mut Sites) -> syn::Result<Rewritten> {
    let file = syn::parse_file(text)?;
    let mut visitor = Visitor {
        text,
        place,
        sites,
        edits: Edits::default(),
        function: String::new(),
        error: None,
        accounts: false,
    };
    visitor.visit_file(&file);
    match visitor.error {
        Some(error) => Err(error),
        None => Ok(Rewritten { accounts: visitor.accounts, text: visitor.edits.apply(text) }),
    }
}

struct Visitor<'a> {
    text: &'a str,
    place: &'a str,
    sites: &'a mut Sites,
    edits: Edits,
    function: String,
    error: Option<syn::Error>,
    accounts: bool,
}

fn range(node: &impl Spanned) -> Range<usize> {
    // The span of a whole node runs from its first token to its last.
    node.span().byte_range()
}

impl Visitor<'_> {
    fn add(&mut self, what: &str, changes: &[&str]) -> u32 {
        self.sites.add(self.place, &self.function, what, changes)
    }

    fn text(&self, node: &impl Spanned) -> String {
        self.text[range(node)].to_owned()
    }

    /// Something of type bool that decides: mutants of it, or of what it is put together from.
    fn condition(&mut self, expr: &Expr) {
        match expr {
            Expr::Binary(binary) if is_logical(&binary.op) => {
                self.condition(&binary.left);
                self.condition(&binary.right);
            }
            // Counted when it is visited, as every comparison is.
            Expr::Binary(_) => self.visit_expr(expr),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Not(_)) => {
                self.condition(&unary.expr);
            }
            Expr::Paren(inner) => self.condition(&inner.expr),
            Expr::Let(_) | Expr::Lit(_) | Expr::Block(_) => self.visit_expr(expr),
            _ => {
                let number = self.add(&self.text(expr), &CONDITION);
                let before = format!("crate::mutants::flip({number}, ");
                self.edits.around(range(expr), before, ")".into());
                match expr {
                    Expr::MethodCall(call) => visit::visit_expr_method_call(self, call),
                    _ => visit::visit_expr(self, expr),
                }
            }
        }
    }

    fn in_function(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.function, name);
        visit(self);
        self.function = outer;
    }

    /// `require_gt!` and its like, as a whole.
    fn require(&mut self, call: &syn::Macro, name: &str) {
        let weaker = match name {
            "require_gt" => Some("require_gte"),
            "require_gte" => Some("require_gt"),
            _ => None,
        };
        let whole = range(call);
        let changes: &[&str] =
            if weaker.is_some() { &["removed", "edge moved"] } else { &["removed"] };
        let number = self.add(&self.text[whole.clone()].to_owned(), changes);
        let arguments = call.tokens.to_string();
        let edge = weaker.map_or_else(String::new, |weaker| {
            format!("if crate::mutants::on({}) {{ {weaker}!({arguments}) }} else ", number + 1)
        });
        let before = format!("if crate::mutants::on({number}) {{}} else {edge}{{ ");
        self.edits.around(whole, before, " }".into());
    }
}

const fn is_logical(op: &BinOp) -> bool {
    matches!(op, BinOp::And(_) | BinOp::Or(_))
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    // What is computed by the compiler cannot be switched in a program.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if item.sig.constness.is_none() {
            self.in_function(item.sig.ident.to_string(), |this| visit::visit_item_fn(this, item));
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if item.sig.constness.is_none() {
            let name = item.sig.ident.to_string();
            self.in_function(name, |this| visit::visit_impl_item_fn(this, item));
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        let name = item.sig.ident.to_string();
        self.in_function(name, |this| visit::visit_trait_item_fn(this, item));
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let Some(derive) = item.attrs.iter().find(|attr| is_derive_accounts(attr)) else { return };
        self.accounts = true;
        match accounts::expand(item, self.place, self.sites) {
            Ok(generated) => {
                self.edits.leave_out(range(derive));
                let attributes = item.attrs.iter().chain(item.fields.iter().flat_map(|f| &f.attrs));
                for attr in attributes.filter(|attr| {
                    attr.path().is_ident("account") || attr.path().is_ident("instruction")
                }) {
                    self.edits.leave_out(range(attr));
                }
                self.edits.around(range(item), String::new(), generated);
            }
            Err(error) => self.error = Some(error),
        }
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let whole = range(binary);
        match binary.op {
            BinOp::Eq(_) | BinOp::Ne(_) => {
                let number = self.add(&self.text(binary), &CONDITION);
                let before = format!("crate::mutants::flip({number}, ");
                self.edits.around(whole, before, ")".into());
            }
            BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                let number = self.add(&self.text(binary), &ORDER);
                let before = format!("crate::mutants::edge({number}, ");
                let (left, right) = (self.text(&binary.left), self.text(&binary.right));
                let equal = format!("crate::mutants::on({}) && ({left}) == ({right})", number + 2);
                self.edits.around(whole, before, format!(", {equal})"));
            }
            BinOp::BitAnd(_) | BinOp::BitAndAssign(_) => {
                // Bits that are cleared: no bool, though `!` stands before them.
                if let Expr::Unary(cleared) = &*binary.right {
                    self.visit_expr(&binary.left);
                    self.visit_expr(&cleared.expr);
                    return;
                }
            }
            BinOp::And(_) | BinOp::Or(_) => {
                self.condition(&binary.left);
                self.condition(&binary.right);
                return;
            }
            _ => {}
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.condition(&expr.cond);
        self.visit_block(&expr.then_branch);
        if let Some((_, otherwise)) = &expr.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        self.condition(&expr.cond);
        self.visit_block(&expr.body);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = &arm.guard {
            self.condition(guard);
        }
        self.visit_expr(&arm.body);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        // `!` is of a bool, or of bits: of bits where it meets a number or a path of constants.
        let of_bits = match &*unary.expr {
            Expr::Lit(lit) => !matches!(lit.lit, syn::Lit::Bool(_)),
            Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
                let name = last.ident.to_string();
                name == name.to_uppercase()
            }),
            _ => false,
        };
        if matches!(unary.op, syn::UnOp::Not(_)) && !of_bits {
            self.condition(&unary.expr);
        } else {
            visit::visit_expr_unary(self, unary);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        if let ("min" | "max", [other]) = (&*name, &*call.args.iter().collect::<Vec<_>>()) {
            let number = self.add(&self.text(call), &["the first", "the second"]);
            let (one, two) = (self.text(&call.receiver), self.text(*other));
            let before = format!("crate::mutants::pick({number}, {one}, {two}, ");
            self.edits.around(range(call), before, ")".into());
        }
        if QUESTIONS.contains(&&*name) {
            let number = self.add(&self.text(call), &CONDITION);
            let before = format!("crate::mutants::flip({number}, ");
            self.edits.around(range(call), before, ")".into());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        match &*name {
            "require" => {
                let parsed =
                    Punctuated::<Expr, Token![,]>::parse_terminated.parse2(call.tokens.clone());
                match parsed {
                    Ok(arguments) => {
                        if let Some(first) = arguments.first() {
                            self.condition(first);
                        }
                    }
                    Err(error) => self.error = Some(error),
                }
            }
            "require_eq" | "require_neq" | "require_gt" | "require_gte" | "require_keys_eq"
            | "require_keys_neq" => self.require(call, &name),
            _ => {}
        }
    }
}

fn is_derive_accounts(attr: &syn::Attribute) -> bool {
    attr.path().is_ident("derive") && attr.meta.to_token_stream().to_string().contains("Accounts")
}
