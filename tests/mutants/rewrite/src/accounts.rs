//! Mutants of accounts: Anchor's derive is expanded here, and every check in what it makes gets a
//! number: each constraint, and what the type of a field stands for (signer, owner, discriminator,
//! program).

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{quote, ToTokens};

use crate::sites::Sites;

/// What the derive makes of the struct, with its checks behind numbers.
pub fn expand(item: &syn::ItemStruct, place: &str, sites: &mut Sites) -> syn::Result<String> {
    let accounts: anchor_syn::AccountsStruct = syn::parse2(item.to_token_stream())?;
    let mut guard = Guard { place, name: item.ident.to_string(), sites };
    Ok(format!("\n{}\n", guard.stream(accounts.to_token_stream())))
}

struct Guard<'a> {
    place: &'a str,
    name: String,
    sites: &'a mut Sites,
}

impl Guard<'_> {
    fn add(&mut self, what: &str) -> u32 {
        self.sites.add(self.place, &self.name, what, &["removed"])
    }

    fn stream(&mut self, stream: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut out = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            if is(&rest[0], "if") {
                if let Some((made, used)) = self.check(rest) {
                    out.extend(made);
                    at += used;
                    continue;
                }
            }
            if is(&rest[0], "let") {
                if let Some((made, used)) = self.field(rest) {
                    out.extend(made);
                    at += used;
                    continue;
                }
            }
            out.push(match &rest[0] {
                TokenTree::Group(group) => self.group(group).into(),
                other => other.clone(),
            });
            at += 1;
        }
        out.into_iter().collect()
    }

    fn group(&mut self, group: &Group) -> Group {
        let mut made = Group::new(group.delimiter(), self.stream(group.stream()));
        made.set_span(group.span());
        made
    }

    /// `if CONDITION { return ERROR }`: the condition holds only while its mutant is off.
    fn check(&mut self, tokens: &[TokenTree]) -> Option<(TokenStream, usize)> {
        let body_at = tokens.iter().position(|token| braces(token).is_some())?;
        let body = braces(&tokens[body_at])?;
        let condition: TokenStream = tokens[1..body_at].iter().cloned().collect();
        let refuses = body.stream().into_iter().next().is_some_and(|first| is(&first, "return"));
        let text = condition.to_string();
        if text == "false" {
            // What holds for `init_if_needed` alone; nothing of it is in the program.
            return Some((tokens[..=body_at].iter().cloned().collect(), body_at + 1));
        }
        if !refuses || text.starts_with("let ") || text.contains("is_empty") {
            return None;
        }
        let what = describe(&body.stream().to_string());
        let number = self.add(&what);
        let guarded = quote! { if (#condition) && !crate::mutants::on(#number) #body };
        Some((guarded, body_at + 1))
    }

    /// `let FIELD: TYPE = ... Accounts::try_accounts(...) ...;`
    fn field(&mut self, tokens: &[TokenTree]) -> Option<(TokenStream, usize)> {
        let end = tokens.iter().position(|token| is_mark(token, ';'))?;
        let statement = &tokens[..=end];
        let equals = statement.iter().position(|token| is_mark(token, '='))?;
        if !statement.iter().any(|token| is(token, "try_accounts")) {
            return None;
        }
        let arguments = statement.iter().find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
            _ => None,
        })?;
        let accounts = arguments.stream().into_iter().nth(2)?;
        let field = statement[1].to_string();
        let of: TokenStream = statement[3..equals].iter().cloned().collect();
        let call: TokenStream = statement[equals + 1..end].iter().cloned().collect();
        let left = quote_all(&statement[..=equals]);
        let (kind, boxed, inner) = taken_apart(&of)?;
        let wrap = |made: TokenStream| {
            if boxed {
                quote! { Box::new(#made) }
            } else {
                made
            }
        };
        let made = match &*kind {
            "Signer" => {
                let number = self.add(&format!("{field} signs"));
                quote! { crate::mutants::as_signer(#number, #accounts); #left #call; }
            }
            "Account" | "AccountLoader" | "InterfaceAccount" => {
                let number = self.add(&format!("{field} is owned by its program"));
                let owner = match &*kind {
                    "InterfaceAccount" => quote! { anchor_spl::token::ID },
                    _ => quote! { <#inner as anchor_lang::Owner>::owner() },
                };
                let owned = quote! { crate::mutants::as_owned(#number, #accounts, #owner); };
                let name = Ident::new(&kind, proc_macro2::Span::call_site());
                match &*kind {
                    "InterfaceAccount" => quote! { #owned #left #call; },
                    _ => {
                        let number =
                            self.add(&format!("{field} has the discriminator of its type"));
                        let program = (kind == "AccountLoader").then(|| quote! { &crate::ID, });
                        let unchecked = wrap(quote! {
                            #name::<#inner>::try_from_unchecked(
                                #program crate::mutants::take(#accounts)
                            )?
                        });
                        quote! {
                            #owned
                            #left if crate::mutants::on(#number) { #unchecked } else { #call };
                        }
                    }
                }
            }
            "Program" | "Interface" => {
                let number = self.add(&format!("{field} is the program it stands for"));
                quote! {
                    #left if crate::mutants::on(#number) {
                        unsafe { crate::mutants::as_program(#accounts) }
                    } else { #call };
                }
            }
            _ => return None,
        };
        Some((made, end + 1))
    }
}

/// Kind of account, whether it is boxed, and what it holds; of optional ones nothing is said.
fn taken_apart(of: &TokenStream) -> Option<(String, bool, TokenStream)> {
    let syn::Type::Path(path) = syn::parse2::<syn::Type>(of.clone()).ok()? else { return None };
    let last = path.path.segments.last()?;
    let argument = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|one| {
            if let syn::GenericArgument::Type(inner) = one {
                Some(inner.clone())
            } else {
                None
            }
        }),
        _ => None,
    };
    match &*last.ident.to_string() {
        "Box" => {
            let (kind, _, inner) = taken_apart(&argument?.to_token_stream())?;
            Some((kind, true, inner))
        }
        "Option" => None,
        kind => Some((kind.into(), false, argument.to_token_stream())),
    }
}

/// Field and error of a refusal.
fn describe(refusal: &str) -> String {
    let compact: String = refusal.split_whitespace().collect();
    let between = |from: &str, to: &[char]| {
        let rest = compact.split_once(from)?.1;
        Some(rest[..rest.find(to)?].to_owned())
    };
    let field = between("with_account_name(\"", &['"'])
        .or_else(|| between("with_account_name(stringify!(", &[')']));
    let error = between("ErrorCode::", &[')', '.'])
        .or_else(|| between("StreamsError::", &[')', '.']))
        .unwrap_or_else(|| compact.clone());
    format!("{} {error}", field.unwrap_or_default()).trim().to_owned()
}

fn quote_all(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

fn braces(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

fn is(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}
