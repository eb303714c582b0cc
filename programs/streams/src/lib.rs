//! Money in motion: one payer, one mint, one *book* with its own vault, and in it a *line* for
//! each payee.
//!
//! A payer opens a book and deposits. Each line sets part of the deposit aside for one payee, who
//! earns it by the second (a rate), by signed cumulative totals (vouchers), or both. Anybody may
//! settle vouchers, hundreds in a transaction, and anybody may push what is earned to the payee's
//! associated token account. A line that the payer closes leaves the payee a grace period; the rest
//! is the payer's again. No payer's money ever shares a token account with another's.
//!
//! `settle` and `claim` are served by `hot` straight from the runtime's input; everything else, and
//! whatever of them will be refused, by Anchor.

use anchor_lang::prelude::*;

pub mod errors;
pub mod events;
pub mod instructions;
pub mod state;

#[cfg(feature = "own-entrypoint")]
mod hot;

use instructions::*;
use state::{SignatureProof, Targets};

pinfi_common::declare_id!("PFsi1ZMuLYWan1pYeLRJdj9gmbUmnVjE7HeUQNow7Gf");

#[cfg(feature = "own-entrypoint")]
pinfi_common::entrypoint!(hot: hot::run, anchor: entry);

#[program]
pub mod streams {
    use super::*;

    /// Sets the program up; the upgrade authority must sign.
    pub fn initialize(ctx: Context<Initialize>, authority: Pubkey) -> Result<()> {
        Initialize::handle(ctx, authority)
    }

    /// Names the next authority, who must accept.
    pub fn nominate_authority(ctx: Context<NominateAuthority>, nominee: Pubkey) -> Result<()> {
        NominateAuthority::handle(ctx, nominee)
    }

    /// Takes over as the authority.
    pub fn accept_authority(ctx: Context<AcceptAuthority>) -> Result<()> {
        AcceptAuthority::handle(ctx)
    }

    /// Says on what terms books of a mint are opened from now on.
    pub fn set_mint_policy(ctx: Context<SetMintPolicy>, args: SetMintPolicyArgs) -> Result<()> {
        SetMintPolicy::handle(ctx, args)
    }

    /// Opens a book and its vault.
    pub fn open_book(ctx: Context<OpenBook>, args: OpenBookArgs) -> Result<()> {
        OpenBook::handle(ctx, args)
    }

    /// Puts tokens into a book; anybody may.
    pub fn deposit(ctx: Context<Deposit>, amount: u64) -> Result<()> {
        Deposit::handle(ctx, amount)
    }

    /// Returns tokens that are promised to no line.
    pub fn refund(ctx: Context<Refund>, amount: u64) -> Result<()> {
        Refund::handle(ctx, amount)
    }

    /// Makes room for lines, so that adding them costs less.
    pub fn reserve_lines(ctx: Context<ReserveLines>, count: u16) -> Result<()> {
        ReserveLines::handle(ctx, count)
    }

    /// Adds a line for a payee.
    pub fn add_line(ctx: Context<AddLine>, args: AddLineArgs) -> Result<()> {
        AddLine::handle(ctx, args)
    }

    /// Sets more aside for a line.
    pub fn fund_line(ctx: Context<FundLine>, line: u16, amount: u64) -> Result<()> {
        FundLine::handle(ctx, line, amount)
    }

    /// Changes what a line earns by the second; zero pauses it.
    pub fn set_rate(ctx: Context<SetRate>, line: u16, rate: u64) -> Result<()> {
        SetRate::handle(ctx, line, rate)
    }

    /// Says whose signature makes a voucher, until when and up to what sum.
    pub fn set_voucher_signer(
        ctx: Context<SetVoucherSigner>,
        args: SetVoucherSignerArgs,
    ) -> Result<()> {
        SetVoucherSigner::handle(ctx, args)
    }

    /// Raises lines to the totals of a signed voucher; older totals are skipped.
    ///
    /// The message signed is this instruction's data without its first 8 and last 2 bytes.
    pub fn settle(
        ctx: Context<Settle>,
        domain: [u8; 32],
        targets: Targets,
        proof: SignatureProof,
    ) -> Result<()> {
        Settle::handle(ctx, domain, targets, proof)
    }

    /// Settles vouchers of many payers at once, verifying their signatures itself; a voucher that
    /// cannot be settled is skipped and reported.
    pub fn settle_many<'info>(
        ctx: Context<'info, SettleMany>,
        vouchers: Vec<SignedVoucher>,
    ) -> Result<()> {
        SettleMany::handle(ctx, vouchers)
    }

    /// Pays a line's payee everything earned so far.
    ///
    /// Anybody may send it, for the payee's associated token account, whose bump is `bump`. To be paid
    /// into another account of his the payee signs; `bump` is not looked at then.
    pub fn claim(ctx: Context<Claim>, line: u16, bump: u8) -> Result<()> {
        Claim::handle(ctx, line, bump)
    }

    /// Pays the payees of several lines; a line that cannot be paid now is skipped and reported.
    pub fn claim_many<'info>(
        ctx: Context<'info, ClaimMany<'info>>,
        lines: Vec<LineClaim>,
    ) -> Result<()> {
        ClaimMany::handle(ctx, lines)
    }

    /// Begins to end a line.
    pub fn close_line(ctx: Context<CloseLine>, line: u16) -> Result<()> {
        CloseLine::handle(ctx, line)
    }

    /// Returns a closed line's rest to the book, and drops the line once it is paid.
    pub fn remove_line(ctx: Context<RemoveLine>, line: u16) -> Result<()> {
        RemoveLine::handle(ctx, line)
    }

    /// Burns the book's fees or sends them to the treasury, as the mint's policy says; to the escrow
    /// what no treasury can receive.
    pub fn collect_fees(ctx: Context<CollectFees>) -> Result<()> {
        CollectFees::handle(ctx)
    }

    /// Sends fees that no treasury could receive to the one that the mint's policy names now.
    pub fn collect_escrow(ctx: Context<CollectEscrow>) -> Result<()> {
        CollectEscrow::handle(ctx)
    }

    /// Closes a book without lines; tokens and rent go back to its payer.
    pub fn close_book(ctx: Context<CloseBook>) -> Result<()> {
        CloseBook::handle(ctx)
    }
    /// Clears away a book that is spent; tokens and rent go back to its payer.
    pub fn reap(ctx: Context<Reap>) -> Result<()> {
        Reap::handle(ctx)
    }

    /// Opens a pool and its vault. Where tokens wait in the vault, as for a pool that was closed before
    /// its lines, the mint need not be enabled any more.
    pub fn open_pool(ctx: Context<OpenPool>, id: u16) -> Result<()> {
        OpenPool::handle(ctx, id)
    }

    /// Gives a member of a pool its units; the first time it opens the member's account.
    ///
    /// What is in the vault by then is shared by the units held until now. Claim the lines that pay the
    /// pool first: what they have earned and not yet paid is shared by the new units.
    pub fn set_units(ctx: Context<SetUnits>, who: Pubkey, units: u64) -> Result<()> {
        SetUnits::handle(ctx, who, units)
    }

    /// Shares tokens among all members of a pool; anybody may.
    ///
    /// What came in while nobody had units is the owner's: it is shared if he is the funder, and his
    /// when he closes the pool.
    pub fn distribute(ctx: Context<Distribute>, amount: u64) -> Result<()> {
        Distribute::handle(ctx, amount)
    }

    /// Pays a member everything received so far, as `claim` does.
    pub fn claim_member(ctx: Context<ClaimMember>, bump: u8) -> Result<()> {
        ClaimMember::handle(ctx, bump)
    }

    /// Closes the account of a member without units; the rent goes back to the pool's owner.
    pub fn close_member(ctx: Context<CloseMember>) -> Result<()> {
        CloseMember::handle(ctx)
    }

    /// Gets tokens out of a token account of the pool's address that is not its vault, as where a line
    /// of another mint has paid it, and closes that account.
    ///
    /// Tokens of the pool's own mint go to its vault, and so to its members; others to the owner.
    pub fn recover_tokens(ctx: Context<RecoverTokens>) -> Result<()> {
        RecoverTokens::handle(ctx)
    }

    /// Closes a pool without members.
    pub fn close_pool(ctx: Context<ClosePool>) -> Result<()> {
        ClosePool::handle(ctx)
    }
}
