//! Token moves, each written once, with the accounts it touches in plain sight.

use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token,
    token::spl_token,
    token_2022::spl_token_2022::{
        self,
        extension::{memo_transfer::MemoTransfer, BaseStateWithExtensions, StateWithExtensions},
        state::{Account, AccountState},
    },
    token_interface::{
        self, Burn, CloseAccount, Mint, TokenAccount, TokenInterface, TransferChecked,
    },
};
use solana_sha256_hasher::hashv;

/// Ends what is hashed into a program address.
pub const PDA_MARKER: &[u8] = b"ProgramDerivedAddress";

/// Moves `amount` from `source` to `vault` and returns what the vault really gained.
///
/// Books credit the gain, never the amount asked for, so that no token program and no extension
/// can make a promise that the vault does not hold.
pub fn pull<'info>(
    source: &InterfaceAccount<'info, TokenAccount>,
    vault: &mut InterfaceAccount<'info, TokenAccount>,
    mint: &InterfaceAccount<'info, Mint>,
    authority: &Signer<'info>,
    token_program: &Interface<'info, TokenInterface>,
    amount: u64,
) -> Result<u64> {
    let before = vault.amount;
    token_interface::transfer_checked(
        CpiContext::new(
            token_program.key(),
            TransferChecked {
                from: source.to_account_info(),
                mint: mint.to_account_info(),
                to: vault.to_account_info(),
                authority: authority.to_account_info(),
            },
        ),
        amount,
        mint.decimals,
    )?;
    vault.reload()?;
    Ok(vault.amount.saturating_sub(before))
}

/// Pays `amount` out of `vault`, whose owner is the program address `owner` with `seeds`.
pub fn pay_from_pda<'info>(
    vault: &InterfaceAccount<'info, TokenAccount>,
    destination: AccountInfo<'info>,
    mint: &InterfaceAccount<'info, Mint>,
    owner: AccountInfo<'info>,
    token_program: &Interface<'info, TokenInterface>,
    seeds: &[&[u8]],
    amount: u64,
) -> Result<()> {
    token_interface::transfer_checked(
        CpiContext::new_with_signer(
            token_program.key(),
            TransferChecked {
                from: vault.to_account_info(),
                mint: mint.to_account_info(),
                to: destination,
                authority: owner,
            },
            &[seeds],
        ),
        amount,
        mint.decimals,
    )
}

/// Burns `amount` out of `vault`, whose owner is the program address `owner` with `seeds`.
pub fn burn_from_pda<'info>(
    vault: &InterfaceAccount<'info, TokenAccount>,
    mint: &InterfaceAccount<'info, Mint>,
    owner: AccountInfo<'info>,
    token_program: &Interface<'info, TokenInterface>,
    seeds: &[&[u8]],
    amount: u64,
) -> Result<()> {
    token_interface::burn(
        CpiContext::new_with_signer(
            token_program.key(),
            Burn { mint: mint.to_account_info(), from: vault.to_account_info(), authority: owner },
            &[seeds],
        ),
        amount,
    )
}

/// Closes the empty `vault`, whose owner is the program address `owner` with `seeds`; its rent
/// goes to `rent_to`.
pub fn close_vault<'info>(
    vault: &InterfaceAccount<'info, TokenAccount>,
    rent_to: AccountInfo<'info>,
    owner: AccountInfo<'info>,
    token_program: &Interface<'info, TokenInterface>,
    seeds: &[&[u8]],
) -> Result<()> {
    token_interface::close_account(CpiContext::new_with_signer(
        token_program.key(),
        CloseAccount { account: vault.to_account_info(), destination: rent_to, authority: owner },
        &[seeds],
    ))
}

/// Whether nobody but `vault`'s owner can move its tokens or close it.
pub fn is_clean(vault: &TokenAccount) -> bool {
    vault.delegate.is_none() && vault.close_authority.is_none()
}

/// Whether `mint` is wrapped SOL, of either token program: it cannot be burned.
pub fn is_native(mint: &Pubkey) -> bool {
    *mint == spl_token::native_mint::ID || *mint == spl_token_2022::native_mint::ID
}

/// Whether the token account at `account`, which is initialised and `owner`'s, is `owner`'s
/// associated one, whose bump is `bump`: one hash, where a search for the address costs 1,500 units
/// a step.
///
/// Neither that the address is off the curve nor that the bump is the highest one is looked at. Both
/// follow from the account being there. To create one somebody must sign for its address. The
/// associated-token program does so at the highest bump off the curve and at no other. Off the curve
/// nobody else can; on the curve the address is the outcome of a hash, of which nobody has the
/// secret key.
#[inline(always)]
pub fn is_associated(
    account: &Pubkey,
    owner: &Pubkey,
    token_program: &Pubkey,
    mint: &Pubkey,
    bump: u8,
) -> bool {
    let hash = hashv(&[
        owner.as_ref(),
        token_program.as_ref(),
        mint.as_ref(),
        &[bump],
        associated_token::ID.as_ref(),
        PDA_MARKER,
    ]);
    hash.to_bytes() == account.to_bytes()
}

/// What a transfer would reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    pub owner: Pubkey,
    /// Whether nobody but the owner can move the tokens or close the account.
    pub clean: bool,
}

/// Whom a transfer of `mint` to `account` would reach; `None` if it would not go through.
///
/// A transfer that fails takes the whole transaction with it, so what makes one fail on the
/// receiving side is looked at before: whatever is not a token account of the mint, is frozen,
/// read-only, or insists on a memo.
pub fn receiver(account: &AccountInfo, mint: &Pubkey, token_program: &Pubkey) -> Option<Receiver> {
    if account.owner != token_program || !account.is_writable {
        return None;
    }
    let data = account.try_borrow_data().ok()?;
    let state = StateWithExtensions::<Account>::unpack(&data).ok()?;
    let insists_on_memo = state
        .get_extension::<MemoTransfer>()
        .is_ok_and(|memo| bool::from(memo.require_incoming_transfer_memos));
    let receives = state.base.mint == *mint
        && state.base.state == AccountState::Initialized
        && !insists_on_memo;
    receives.then_some(Receiver {
        owner: state.base.owner,
        clean: state.base.delegate.is_none() && state.base.close_authority.is_none(),
    })
}
