//! What is optimised for speed and what for size. rustc leaves all optimising to the linker, which
//! sees the whole program, and says of each function whether its crate wants it small. Three things
//! it cannot say:
//!
//! - A module named `hot` is for speed, and so is what it calls and the entrypoint, which calls it.
//! - Texts and errors are needed by failures only: small, and never inlined into what succeeds.
//! - No other definition of a weak function will come, so that equal functions can be merged.

use std::collections::HashSet;

use llvm_sys::{
    LLVMAttributeFunctionIndex, LLVMLinkage, LLVMOpcode,
    core::{
        LLVMAddAttributeAtIndex, LLVMCreateEnumAttribute, LLVMGetCalledValue,
        LLVMGetEnumAttributeAtIndex, LLVMGetEnumAttributeKindForName, LLVMGetFirstBasicBlock,
        LLVMGetFirstInstruction, LLVMGetInstructionOpcode, LLVMGetLinkage, LLVMGetModuleContext,
        LLVMGetNextBasicBlock, LLVMGetNextInstruction, LLVMIsAFunction, LLVMIsDeclaration,
        LLVMRemoveEnumAttributeAtIndex, LLVMSetLinkage,
    },
    prelude::{LLVMContextRef, LLVMValueRef},
};

use super::{LLVMModule, iter::IterModuleFunctions as _, symbol_name};

/// Parts of Rust's mangled names, in which each word stands behind its length: formatting, names
/// of errors, and what belongs to modules named `errors` or to Anchor's own.
const FAILURES: [&str; 7] = [
    "7Display3fmt",
    "5Debug3fmt",
    "9to_string",
    "Error4name",
    "9ErrorCode4name",
    "6errors",
    "17anchor_lang_errorNtB",
];

pub(crate) fn share_out_effort(module: &LLVMModule<'_>) {
    let context = unsafe { LLVMGetModuleContext(module.as_mut_ptr()) };
    let functions: Vec<_> = module
        .as_mut_ptr()
        .functions_iter()
        .filter(|function| unsafe { LLVMIsDeclaration(*function) } == 0)
        .collect();
    for &function in &functions {
        let weak = [LLVMLinkage::LLVMWeakAnyLinkage, LLVMLinkage::LLVMWeakODRLinkage];
        if weak.contains(&unsafe { LLVMGetLinkage(function) }) {
            unsafe { LLVMSetLinkage(function, LLVMLinkage::LLVMExternalLinkage) };
        }
        let name = String::from_utf8_lossy(symbol_name(function));
        if !has(function, "alwaysinline") && is_failure(&name) {
            remove(function, "inlinehint");
            for attribute in ["optsize", "minsize", "noinline"] {
                add(context, function, attribute);
            }
        }
    }

    let mut hot: Vec<_> =
        functions.into_iter().filter(|function| is_hot(symbol_name(*function))).collect();
    let mut seen: HashSet<LLVMValueRef> = hot.iter().copied().collect();
    while let Some(function) = hot.pop() {
        remove(function, "optsize");
        remove(function, "minsize");
        // The entrypoint calls the other instructions too, and may not inline them.
        let entrypoint = symbol_name(function) == b"entrypoint";
        for callee in called_by(function) {
            let failure = is_failure(&String::from_utf8_lossy(symbol_name(callee)));
            let other = entrypoint && has(callee, "noinline");
            if !failure && !other && seen.insert(callee) {
                hot.push(callee);
            }
        }
    }
}

fn is_failure(name: &str) -> bool {
    FAILURES.iter().any(|part| name.contains(part))
}

fn is_hot(name: &[u8]) -> bool {
    const PART: &[u8] = b"3hot";
    name == b"entrypoint"
        || (1..name.len()).any(|at| {
            name[at..].starts_with(PART)
                && !name[at - 1].is_ascii_digit()
                && !name.get(at + PART.len()).is_some_and(u8::is_ascii_lowercase)
        })
}

/// The functions of this module that a function calls by name.
fn called_by(function: LLVMValueRef) -> Vec<LLVMValueRef> {
    let mut found = Vec::new();
    // SAFETY: the function belongs to a module that outlives this call, and nothing is changed.
    unsafe {
        let mut block = LLVMGetFirstBasicBlock(function);
        while !block.is_null() {
            let mut instruction = LLVMGetFirstInstruction(block);
            while !instruction.is_null() {
                if LLVMGetInstructionOpcode(instruction) == LLVMOpcode::LLVMCall {
                    let callee = LLVMIsAFunction(LLVMGetCalledValue(instruction));
                    if !callee.is_null() && LLVMIsDeclaration(callee) == 0 {
                        found.push(callee);
                    }
                }
                instruction = LLVMGetNextInstruction(instruction);
            }
            block = LLVMGetNextBasicBlock(block);
        }
    }
    found
}

fn kind(name: &str) -> u32 {
    unsafe { LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len()) }
}

fn has(function: LLVMValueRef, name: &str) -> bool {
    let index = LLVMAttributeFunctionIndex;
    !unsafe { LLVMGetEnumAttributeAtIndex(function, index, kind(name)) }.is_null()
}

fn add(context: LLVMContextRef, function: LLVMValueRef, name: &str) {
    unsafe {
        let attribute = LLVMCreateEnumAttribute(context, kind(name), 0);
        LLVMAddAttributeAtIndex(function, LLVMAttributeFunctionIndex, attribute);
    }
}

fn remove(function: LLVMValueRef, name: &str) {
    unsafe { LLVMRemoveEnumAttributeAtIndex(function, LLVMAttributeFunctionIndex, kind(name)) };
}
