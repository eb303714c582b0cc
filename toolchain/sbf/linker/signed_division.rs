//! SBPF v0 divides unsigned only, and LLVM refuses to lower a signed division for it. So every
//! signed division and remainder of up to 64 bits is rewritten, before the optimiser runs, as an
//! unsigned one on magnitudes. Without branches: with `s = x >> 63` (all ones where x is negative),
//! `(x ^ s) - s` is the magnitude of x, and the same step gives a result its sign back.
//! Wider ones are library calls that the toolchain brings along.

use llvm_sys::{
    LLVMOpcode, LLVMTypeKind,
    core::{
        LLVMBuildAShr, LLVMBuildSub, LLVMBuildUDiv, LLVMBuildURem, LLVMBuildXor, LLVMConstInt,
        LLVMCreateBuilderInContext, LLVMDisposeBuilder, LLVMGetFirstBasicBlock,
        LLVMGetFirstFunction, LLVMGetFirstInstruction, LLVMGetInstructionOpcode,
        LLVMGetIntTypeWidth, LLVMGetModuleContext, LLVMGetNextBasicBlock, LLVMGetNextFunction,
        LLVMGetNextInstruction, LLVMGetOperand, LLVMGetTypeKind, LLVMInstructionEraseFromParent,
        LLVMPositionBuilderBefore, LLVMReplaceAllUsesWith, LLVMTypeOf,
    },
    prelude::{LLVMBuilderRef, LLVMValueRef},
};

use super::LLVMModule;

pub(crate) fn lower_signed_division(module: &LLVMModule<'_>) {
    let module = module.as_mut_ptr();
    // SAFETY: the module outlives this function, and an instruction's successor is fetched before
    // the instruction may be erased.
    unsafe {
        let builder = LLVMCreateBuilderInContext(LLVMGetModuleContext(module));
        let mut function = LLVMGetFirstFunction(module);
        while !function.is_null() {
            let mut block = LLVMGetFirstBasicBlock(function);
            while !block.is_null() {
                let mut instruction = LLVMGetFirstInstruction(block);
                while !instruction.is_null() {
                    let next = LLVMGetNextInstruction(instruction);
                    lower(builder, instruction);
                    instruction = next;
                }
                block = LLVMGetNextBasicBlock(block);
            }
            function = LLVMGetNextFunction(function);
        }
        LLVMDisposeBuilder(builder);
    }
}

unsafe fn lower(builder: LLVMBuilderRef, instruction: LLVMValueRef) {
    unsafe {
        let opcode = LLVMGetInstructionOpcode(instruction);
        if !matches!(opcode, LLVMOpcode::LLVMSDiv | LLVMOpcode::LLVMSRem) {
            return;
        }
        let kind = LLVMTypeOf(instruction);
        if LLVMGetTypeKind(kind) != LLVMTypeKind::LLVMIntegerTypeKind
            || LLVMGetIntTypeWidth(kind) > 64
        {
            return;
        }
        let name = c"".as_ptr();
        let last_bit = LLVMConstInt(kind, u64::from(LLVMGetIntTypeWidth(kind)) - 1, 0);
        let signed = |value, sign| {
            LLVMBuildSub(builder, LLVMBuildXor(builder, value, sign, name), sign, name)
        };
        LLVMPositionBuilderBefore(builder, instruction);
        let (left, right) = (LLVMGetOperand(instruction, 0), LLVMGetOperand(instruction, 1));
        let left_sign = LLVMBuildAShr(builder, left, last_bit, name);
        let right_sign = LLVMBuildAShr(builder, right, last_bit, name);
        let (left, right) = (signed(left, left_sign), signed(right, right_sign));
        let result = if matches!(opcode, LLVMOpcode::LLVMSDiv) {
            let sign = LLVMBuildXor(builder, left_sign, right_sign, name);
            signed(LLVMBuildUDiv(builder, left, right, name), sign)
        } else {
            signed(LLVMBuildURem(builder, left, right, name), left_sign)
        };
        LLVMReplaceAllUsesWith(instruction, result);
        LLVMInstructionEraseFromParent(instruction);
    }
}
