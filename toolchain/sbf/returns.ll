; ModuleID = 'returns'
; What LLVM calls for 128-bit arithmetic: arguments in r1..r4, the result in r0 and r2. rustc cannot
; write a function that returns so (whatever is wider than 64 bits it returns through a pointer), so
; these few lines stand around the Rust functions of toolchain/sbf/builtins.
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

declare void @pinfi_multi3(ptr, i64, i64, i64, i64)
define {i64, i64} @__multi3(i64 %a, i64 %b, i64 %c, i64 %d) {
  %pair = alloca [2 x i64], align 8
  call void @pinfi_multi3(ptr %pair, i64 %a, i64 %b, i64 %c, i64 %d)
  %second = getelementptr i8, ptr %pair, i64 8
  %low = load i64, ptr %pair, align 8
  %high = load i64, ptr %second, align 8
  %half = insertvalue {i64, i64} poison, i64 %low, 0
  %whole = insertvalue {i64, i64} %half, i64 %high, 1
  ret {i64, i64} %whole
}

declare void @pinfi_udivti3(ptr, i64, i64, i64, i64)
define {i64, i64} @__udivti3(i64 %a, i64 %b, i64 %c, i64 %d) {
  %pair = alloca [2 x i64], align 8
  call void @pinfi_udivti3(ptr %pair, i64 %a, i64 %b, i64 %c, i64 %d)
  %second = getelementptr i8, ptr %pair, i64 8
  %low = load i64, ptr %pair, align 8
  %high = load i64, ptr %second, align 8
  %half = insertvalue {i64, i64} poison, i64 %low, 0
  %whole = insertvalue {i64, i64} %half, i64 %high, 1
  ret {i64, i64} %whole
}

declare void @pinfi_umodti3(ptr, i64, i64, i64, i64)
define {i64, i64} @__umodti3(i64 %a, i64 %b, i64 %c, i64 %d) {
  %pair = alloca [2 x i64], align 8
  call void @pinfi_umodti3(ptr %pair, i64 %a, i64 %b, i64 %c, i64 %d)
  %second = getelementptr i8, ptr %pair, i64 8
  %low = load i64, ptr %pair, align 8
  %high = load i64, ptr %second, align 8
  %half = insertvalue {i64, i64} poison, i64 %low, 0
  %whole = insertvalue {i64, i64} %half, i64 %high, 1
  ret {i64, i64} %whole
}

declare void @pinfi_divti3(ptr, i64, i64, i64, i64)
define {i64, i64} @__divti3(i64 %a, i64 %b, i64 %c, i64 %d) {
  %pair = alloca [2 x i64], align 8
  call void @pinfi_divti3(ptr %pair, i64 %a, i64 %b, i64 %c, i64 %d)
  %second = getelementptr i8, ptr %pair, i64 8
  %low = load i64, ptr %pair, align 8
  %high = load i64, ptr %second, align 8
  %half = insertvalue {i64, i64} poison, i64 %low, 0
  %whole = insertvalue {i64, i64} %half, i64 %high, 1
  ret {i64, i64} %whole
}

declare void @pinfi_modti3(ptr, i64, i64, i64, i64)
define {i64, i64} @__modti3(i64 %a, i64 %b, i64 %c, i64 %d) {
  %pair = alloca [2 x i64], align 8
  call void @pinfi_modti3(ptr %pair, i64 %a, i64 %b, i64 %c, i64 %d)
  %second = getelementptr i8, ptr %pair, i64 8
  %low = load i64, ptr %pair, align 8
  %high = load i64, ptr %second, align 8
  %half = insertvalue {i64, i64} poison, i64 %low, 0
  %whole = insertvalue {i64, i64} %half, i64 %high, 1
  ret {i64, i64} %whole
}
