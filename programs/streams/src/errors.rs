use anchor_lang::prelude::*;
use pinfi_common::ed25519::Fault;
pub(crate) use pinfi_common::{require, require_eq, require_gt, require_gte, require_keys_eq};

/// Append-only: a number, once given, keeps its meaning.
#[error_code]
#[derive(PartialEq, Eq)]
pub enum StreamsError {
    #[msg("only the program's upgrade authority may initialize it")]
    NotUpgradeAuthority,
    #[msg("only the configured authority may do this")]
    NotAuthority,
    #[msg("only the nominated authority may accept; ask the present one to nominate you")]
    NotNominated,
    #[msg("the fee must not exceed 500 basis points")]
    FeeTooHigh,
    #[msg("the burned share of the fee must not exceed 10,000 basis points")]
    BurnShareTooHigh,
    #[msg("a fee that is not wholly burned needs a treasury: a token account of this mint")]
    MissingTreasury,
    #[msg("the treasury must be the one the mint's policy names")]
    WrongTreasury,
    #[msg("the mint must be enabled by its policy for new books")]
    MintNotEnabled,
    #[msg("the mint carries a token extension that is not allowed")]
    UnsupportedMintExtension,
    #[msg("the grace period must be 900 to 2,592,000 seconds")]
    GraceOutOfRange,
    #[msg("only the book's payer may do this")]
    NotPayer,
    #[msg("the mint must be the book's")]
    WrongMint,
    #[msg("the vault must be the book's")]
    WrongVault,
    #[msg("the vault must have no delegate and no close authority")]
    VaultNotClean,
    #[msg("the amount must be more than zero")]
    ZeroAmount,
    #[msg("the deposit must not be below the book's minimum")]
    BelowMinimum,
    #[msg("the amount must not exceed the book's free tokens; deposit more first")]
    ExceedsFree,
    #[msg("the line must be the book's next one; read the book again")]
    WrongLineIndex,
    #[msg("a book holds at most 65,535 lines in its life; open another one")]
    BookFull,
    #[msg("one call must reserve 1 to 106 lines")]
    ReserveOutOfRange,
    #[msg(
        "a payee must be neither the default key nor the book itself, its authority or its vault"
    )]
    InvalidPayee,
    #[msg("a book without a controller has no controlled lines")]
    NoController,
    #[msg("the line must be one that the book has added")]
    LineOutOfRange,
    #[msg("the line must not have been removed")]
    LineRemoved,
    #[msg("the line must not be closing")]
    LineClosing,
    #[msg("the line must be closing; call close_line first")]
    LineNotClosing,
    #[msg("the line's grace period must be over")]
    GraceNotOver,
    #[msg("the line's payee must be paid first; call claim")]
    UnclaimedFunds,
    #[msg("only the payer may do this, or the controller alone where the line is controlled")]
    NotLineAuthority,
    #[msg("the destination must be a token account of the line's payee")]
    NotPayeeAccount,
    #[msg("the line must have something to claim")]
    NothingToClaim,
    #[msg("the book must have fees to collect")]
    NothingToCollect,
    #[msg("the destination must be a token account of the book's payer")]
    NotPayerAccount,
    #[msg("the book must have no lines; close and remove them first")]
    BookNotEmpty,
    #[msg("the book's fees must be collected first; call collect_fees")]
    FeesDue,
    #[msg("a book must not be closed in the slot it was opened in")]
    BookTooFresh,
    #[msg("the account must be the SlotHashes sysvar, with at least one entry")]
    NoSlotHashes,
    #[msg("the voucher must be for this life of this book")]
    VoucherDomainMismatch,
    #[msg("a voucher must name 1 to 65,535 targets in either form")]
    MalformedVoucher,
    #[msg("settle must be a top-level instruction of the transaction")]
    NotTopLevel,
    #[msg("the ed25519 instruction must stand before settle, at the index given")]
    MissingSignatureIx,
    #[msg("the instruction at the index given must be the ed25519 program's")]
    NotEd25519Program,
    #[msg("the ed25519 instruction must be in the canonical layout and sign exactly the voucher")]
    InvalidEd25519Layout,
    #[msg("the signature must be for this settle instruction; each serves one")]
    SignatureIxReused,
    #[msg(
        "the voucher must be signed by the book's voucher signer, or the one before in its grace"
    )]
    WrongVoucherSigner,
    #[msg("the book's voucher signer must not have expired; the payer may set it again")]
    VoucherSignerExpired,
    #[msg("the voucher signer's cap must cover what its vouchers add; the payer may raise it")]
    CapExceeded,
    #[msg("a total would not fit 64 bits")]
    MathOverflow,
    #[msg("the book's sums must add up; nothing was changed, please report this")]
    BrokenInvariant,
    #[msg("the pool must have members with units before anything is distributed")]
    NoUnits,
    #[msg("only the pool's owner may do this")]
    NotPoolOwner,
    #[msg("the member must be of this pool")]
    WrongPool,
    #[msg("the member must have no units and nothing left to claim")]
    MemberNotOver,
    #[msg("the pool must have no members; close their accounts first")]
    PoolNotEmpty,
    #[msg("one call must name 1 to 32 lines, with one destination for each")]
    DestinationMismatch,
    #[msg("the book must have had lines and be empty, with nothing left of its payer's")]
    BookNotSpent,
    #[msg("the authority must be the owner of the vault")]
    NotVaultAuthority,
    #[msg("one call must name 1 to 64 vouchers, with one book for each")]
    VoucherMismatch,
    #[msg("the grace period of the voucher signer before must be over first")]
    SignerChanging,
    #[msg("the present voucher signer's expiry and cap can only be extended; name another key to end it")]
    SignerTightened,
    #[msg("the treasury cannot receive now; until it can, fees wait in the escrow: create the associated token account of the mint's policy and name it")]
    FeesUndeliverable,
    #[msg("wrapped SOL cannot be burned: its policy must burn no share of the fee")]
    NativeMintNotBurnable,
    #[msg("the policy's fee must not exceed the most that the payer agreed to")]
    FeeAboveLimit,
    #[msg("whoever is paid without signing is paid to the associated token account; who signs picks any of his own")]
    NotAssociated,
    #[msg("the book must have been empty for a day; its payer may close it at once")]
    BookJustEmptied,
    #[msg("the escrow must be the associated token account of the mint's policy")]
    WrongEscrow,
    #[msg("the treasury must not be the policy's own account: fees would only come back to the escrow")]
    EscrowAsTreasury,
    #[msg(
        "tokens of the pool's own mint must go to its vault, others to an account of its owner's"
    )]
    WrongRecovery,
}

impl From<Fault> for StreamsError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotTopLevel => Self::NotTopLevel,
            Fault::Missing => Self::MissingSignatureIx,
            Fault::NotEd25519 => Self::NotEd25519Program,
            Fault::Layout | Fault::OtherMessage => Self::InvalidEd25519Layout,
            Fault::OtherInstruction => Self::SignatureIxReused,
            Fault::OtherSigner => Self::WrongVoucherSigner,
        }
    }
}
