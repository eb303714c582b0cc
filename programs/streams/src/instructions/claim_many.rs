use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{can_sign, is_associated, pay_from_pda, receiver};

use crate::{
    errors::{require, StreamsError},
    events::{emit, ClaimedMany},
    state::{AuthoritySeeds, Book, Ledger, Line},
};

/// A line to pay.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct LineClaim {
    pub line: u16,
    /// Of the associated token account of the line's payee; of no interest where another may be paid.
    pub bump: u8,
}

/// Followed by a token account of each line's payee, in the same order.
#[derive(Accounts)]
pub struct ClaimMany<'info> {
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

    pub token_program: Interface<'info, TokenInterface>,
}

impl<'info> ClaimMany<'info> {
    /// As many as the report has bits; the heap has room for more.
    const MAX_LINES: usize = 32;

    /// Pays each line's payee what is earned. A line that cannot be paid now is passed over and
    /// reported, and holds up nobody.
    ///
    /// Nobody signs here, so that an account is paid which `claim` would pay without a signature: the
    /// associated one, and what is left on a released line to any clean one of the payee's.
    pub fn handle(ctx: Context<'info, Self>, lines: Vec<LineClaim>) -> Result<()> {
        let destinations = ctx.remaining_accounts;
        let Self { book: account, authority, mint, vault, token_program } = ctx.accounts;
        let now = Clock::get()?.unix_timestamp;

        require!(
            (1..=Self::MAX_LINES).contains(&lines.len()) && lines.len() == destinations.len(),
            StreamsError::DestinationMismatch
        );
        let seeds = AuthoritySeeds::of(account.key(), &*account.load()?);
        let seeds = seeds.as_slices();
        let (vault_key, mint_key) = (&vault.key(), &mint.key());
        let (mut amount, mut fees, mut skipped) = (0u64, 0u64, 0u32);
        for (nth, (claim, destination)) in lines.into_iter().zip(destinations).enumerate() {
            // Effects
            let Some((due, fee)) = Self::book_claim(account, claim.line, now, |line| {
                let (payee, program, bump) = (&line.payee, token_program.key, claim.bump);
                receiver(destination, mint_key, program).is_some_and(|receiver| {
                    receiver.owner == *payee
                        && destination.key != vault_key
                        && (is_associated(destination.key, payee, program, mint_key, bump)
                            || line.has(Line::RELEASED) && receiver.clean && can_sign(payee))
                })
            })?
            else {
                skipped |= 1 << nth;
                continue;
            };
            amount += due;
            fees += fee;

            // Interactions
            pay_from_pda(
                vault,
                destination.clone(),
                mint,
                authority.to_account_info(),
                token_program,
                &seeds,
                due - fee,
            )?;
        }

        let total_claimed = account.load()?.claimed;
        emit!(ClaimedMany { book: account.key(), amount, fees, skipped, total_claimed });
        Ok(())
    }

    /// Books what is due on a line as paid: the amount with the fee inside, and the fee. `None`,
    /// with nothing booked, where there is nothing due or the payee cannot be reached.
    fn book_claim(
        account: &AccountLoader<Book>,
        line: u16,
        now: i64,
        reachable: impl FnOnce(&Line) -> bool,
    ) -> Result<Option<(u64, u64)>> {
        let mut ledger = Ledger::open(account)?;
        let Ok((book, state)) = ledger.line(line) else { return Ok(None) };
        if state.due(now) == 0 || !reachable(state) {
            return Ok(None);
        }
        book.claim(state, now).map(Some)
    }
}
