//! Anchor's checks, for errors that name the rule: Anchor's own also write the line of source and the
//! two values into the log, which takes some 300 bytes for each check.

/// Returns `$error` unless the condition holds.
#[macro_export]
macro_rules! require {
    ($holds:expr, $error:expr) => {
        if !$holds {
            return Err(anchor_lang::error::Error::from($error));
        }
    };
}

/// Returns `$error` unless both are equal.
#[macro_export]
macro_rules! require_eq {
    ($a:expr, $b:expr, $error:expr) => {
        $crate::require!($a == $b, $error)
    };
}

/// Returns `$error` unless the first is greater.
#[macro_export]
macro_rules! require_gt {
    ($a:expr, $b:expr, $error:expr) => {
        $crate::require!($a > $b, $error)
    };
}

/// Returns `$error` unless the first is greater or both are equal.
#[macro_export]
macro_rules! require_gte {
    ($a:expr, $b:expr, $error:expr) => {
        $crate::require!($a >= $b, $error)
    };
}

/// Returns `$error` unless both keys are equal.
#[macro_export]
macro_rules! require_keys_eq {
    ($a:expr, $b:expr, $error:expr) => {
        $crate::require!($a == $b, $error)
    };
}
