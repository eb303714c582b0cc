use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{can_sign, is_associated, is_clean, pay_from_pda};

use crate::{
    errors::{require, require_keys_eq, StreamsError},
    events::{emit, Claimed},
    state::{AuthoritySeeds, Book, Ledger, Line},
};

#[derive(Accounts)]
pub struct Claim<'info> {
    #[account(
        mut,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub book: AccountLoader<'info, Book>,

    /// CHECK: signs for the vault, as its owner; has no data, so that a payment costs the same
    /// however long the book is.
    #[account(constraint = authority.key() == vault.owner @ StreamsError::NotVaultAuthority)]
    pub authority: UncheckedAccount<'info>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(mut, dup)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    /// The payee's associated token account; if the payee signs, any of his.
    #[account(
        mut,
        dup,
        constraint = destination.key() != vault.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,

    /// The line's payee, who picks the account; not needed where the associated one is paid.
    pub payee: Option<Signer<'info>>,
}

impl Claim<'_> {
    /// `bump` is that of the payee's associated token account; of no interest where the payee signs.
    ///
    /// Anybody may push a claim, so only the payee may say which of his accounts gets it: an old one
    /// may have a delegate that he has forgotten. What is left on a released line goes to any account
    /// of the payee's that nobody else has a hand on: a payee who has given the associated one away, or
    /// lets it take nothing, would otherwise hold the book open, and with it the payer's rent. Not so
    /// for a program's address, a pool's say, where a stranger could put it out of everybody's reach.
    pub fn handle(ctx: Context<Self>, line: u16, bump: u8) -> Result<()> {
        let Self { book: account, authority, mint, vault, destination, token_program, payee } =
            ctx.accounts;
        let now = Clock::get()?.unix_timestamp;

        // Effects
        let (seeds, amount, fee, total_claimed) = {
            let mut ledger = Ledger::open(account)?;
            let (book, state) = ledger.line(line)?;
            let (amount, fee) = book.claim(state, now)?;
            require_keys_eq!(destination.owner, state.payee, StreamsError::NotPayeeAccount);
            let picked = payee.as_ref().is_some_and(|payee| payee.key() == state.payee);
            let associated = is_associated(
                &destination.key(),
                &state.payee,
                token_program.key,
                &mint.key(),
                bump,
            );
            let left_over =
                state.has(Line::RELEASED) && is_clean(destination) && can_sign(&state.payee);
            require!(picked || associated || left_over, StreamsError::NotAssociated);
            (AuthoritySeeds::of(account.key(), book), amount, fee, state.claimed)
        };

        // Interactions
        pay_from_pda(
            vault,
            destination.to_account_info(),
            mint,
            authority.to_account_info(),
            token_program,
            &seeds.as_slices(),
            amount - fee,
        )?;

        emit!(Claimed { book: account.key(), line, amount, fee, total_claimed });
        Ok(())
    }
}
