use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{burn_from_pda, is_native, pay_from_pda, receiver};
use pinfi_math::share::share_between_down;

use crate::{
    errors::{require, StreamsError},
    events::{emit, FeesCollected},
    state::{AuthoritySeeds, Book, Escrow, FeeParts, Ledger, MintPolicy, Outlets},
};

#[derive(Accounts)]
pub struct CollectFees<'info> {
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

    #[account(
        has_one = mint @ StreamsError::WrongMint,
        seeds = [MintPolicy::SEED, policy.mint.as_ref()],
        bump = policy.bump,
    )]
    pub policy: Box<Account<'info, MintPolicy>>,

    /// Held to its token program: under the other one a treasury would look as if it could receive
    /// nothing.
    #[account(mut, dup, mint::token_program = token_program)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(mut, dup)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    /// CHECK: the one the policy names, which may have been frozen or closed since; not needed where
    /// none is named or all of the fee is burned.
    #[account(mut, address = policy.treasury @ StreamsError::WrongTreasury)]
    pub treasury: Option<UncheckedAccount<'info>>,

    /// CHECK: the policy's associated token account, which anybody may create; looked at, and needed,
    /// only where the fees cannot be burned or paid to the treasury.
    #[account(mut)]
    pub escrow: Option<UncheckedAccount<'info>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl CollectFees<'_> {
    /// Burns the policy's share of the fees due and pays the rest to its treasury.
    ///
    /// What a treasury cannot receive, or is not named to receive, waits in the policy's escrow, from
    /// where `collect_escrow` takes it: fees stay the protocol's, nobody burns more of them than the
    /// policy says, and the rent of a book does not hang on somebody else's account.
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { book: account, authority, policy, mint, vault, treasury, escrow, token_program } =
            ctx.accounts;

        // Effects
        let mut ledger = Ledger::open(account)?;
        let due = ledger.book.collect_fees()?;
        let total_collected = ledger.book.fees_collected;
        // Shared on the running total, so that collecting in small steps shifts nothing.
        let share = share_between_down(total_collected - due, total_collected, policy.burn_bps);
        let treasury_given = treasury.is_some() || policy.named_treasury().is_none();
        require!(share == due || treasury_given, StreamsError::MissingTreasury);
        let outlets = Outlets {
            burnable: !is_native(&mint.key()),
            treasury: treasury.as_ref().is_some_and(|treasury| {
                // Fees that stay in the vault would be the payer's in the end.
                treasury.key() != vault.key()
                    && receiver(treasury, &mint.key(), token_program.key).is_some()
            }),
            escrow: match escrow {
                None => Escrow::Missing,
                Some(escrow) => Escrow::of(escrow, policy, mint, token_program)?,
            },
            last: ledger.book.line_count == 0,
        };
        let parts = outlets.divide(due, share).ok_or(StreamsError::FeesUndeliverable)?;
        let seeds = AuthoritySeeds::of(account.key(), &ledger.book);
        drop(ledger);

        // Interactions
        let (owner, seeds) = (authority.to_account_info(), seeds.as_slices());
        let FeeParts { burned, to_treasury, to_escrow } = parts;
        if burned > 0 {
            burn_from_pda(vault, mint, owner.clone(), token_program, &seeds, burned)?;
        }
        for (destination, amount) in [(treasury, to_treasury), (escrow, to_escrow)] {
            if let (Some(destination), 1..) = (destination, amount) {
                let (to, owner) = (destination.to_account_info(), owner.clone());
                pay_from_pda(vault, to, mint, owner, token_program, &seeds, amount)?;
            }
        }

        let book = account.key();
        emit!(FeesCollected { book, burned, to_treasury, to_escrow, total_collected });
        Ok(())
    }
}
