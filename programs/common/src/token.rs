//! Token moves, each written once, with the accounts it touches in plain sight.

use anchor_lang::{
    prelude::*,
    solana_program::{instruction::Instruction, program::invoke_signed_unchecked},
};
use anchor_spl::{
    associated_token,
    token::spl_token,
    token_2022::spl_token_2022::{
        self,
        extension::{memo_transfer::MemoTransfer, BaseStateWithExtensions, StateWithExtensions},
        state::{Account, AccountState},
    },
    token_interface::{Mint, TokenAccount, TokenInterface},
};
#[cfg(target_os = "solana")]
use solana_define_syscall::definitions::sol_curve_validate_point;
use solana_sha256_hasher::hashv;

/// The curve of the chain's keys, as the runtime numbers curves.
#[cfg(target_os = "solana")]
const EDWARDS: u64 = 0;
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
    transfer_checked(
        token_program.key(),
        [
            source.to_account_info(),
            mint.to_account_info(),
            vault.to_account_info(),
            authority.to_account_info(),
        ],
        amount,
        mint.decimals,
        &[],
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
    transfer_checked(
        token_program.key(),
        [vault.to_account_info(), mint.to_account_info(), destination, owner],
        amount,
        mint.decimals,
        &[seeds],
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
    let accounts = [vault.to_account_info(), mint.to_account_info(), owner];
    let mut data = vec![BURN, 0, 0, 0, 0, 0, 0, 0, 0];
    data[1..].copy_from_slice(&amount.to_le_bytes());
    call(token_program.key(), [true, true, false], &accounts, data, &[seeds])
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
    let accounts = [vault.to_account_info(), rent_to, owner];
    call(token_program.key(), [true, true, false], &accounts, vec![CLOSE_ACCOUNT], &[seeds])
}

/// Instructions of both token programs.
const BURN: u8 = 8;
const CLOSE_ACCOUNT: u8 = 9;
const TRANSFER_CHECKED: u8 = 12;

/// Moves `amount` between source, mint, destination and the source's authority.
fn transfer_checked(
    program_id: Pubkey,
    accounts: [AccountInfo; 4],
    amount: u64,
    decimals: u8,
    seeds: &[&[&[u8]]],
) -> Result<()> {
    let mut data = vec![TRANSFER_CHECKED, 0, 0, 0, 0, 0, 0, 0, 0, decimals];
    data[1..9].copy_from_slice(&amount.to_le_bytes());
    call(program_id, [true, false, true, false], &accounts, data, seeds)
}

/// Calls a token program; the last account signs. Spelt out here because Anchor's own way packs any
/// of its instructions, which is 8 KB of the program and 150 units a call.
fn call<const N: usize>(
    program_id: Pubkey,
    writable: [bool; N],
    infos: &[AccountInfo; N],
    data: Vec<u8>,
    seeds: &[&[&[u8]]],
) -> Result<()> {
    let accounts = infos
        .iter()
        .zip(writable)
        .enumerate()
        .map(|(nth, (info, is_writable))| AccountMeta {
            pubkey: *info.key,
            is_signer: nth + 1 == N,
            is_writable,
        })
        .collect();
    // Unchecked is whether something still borrows an account's data: accounts of Anchor's types are
    // copies, and nothing else is passed here.
    invoke_signed_unchecked(&Instruction { program_id, accounts, data }, infos, seeds)?;
    Ok(())
}

/// Whether nobody but `vault`'s owner can move its tokens or close it.
pub fn is_clean(vault: &Account) -> bool {
    vault.delegate.is_none() && vault.close_authority.is_none()
}

/// Whether `key` can be a wallet's. The address of a program's account is no point of the curve: it can
/// take tokens only out of accounts that its program knows of.
pub fn can_sign(key: &Pubkey) -> bool {
    #[cfg(target_os = "solana")]
    // SAFETY: reads 32 bytes; gives the result as its code.
    return unsafe {
        sol_curve_validate_point(EDWARDS, key.as_ref().as_ptr(), core::ptr::null_mut())
    } == 0;
    #[cfg(not(target_os = "solana"))]
    key.is_on_curve()
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
    receives.then(|| Receiver { owner: state.base.owner, clean: is_clean(&state.base) })
}
