use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::AssociatedToken,
    token_interface::{Mint, TokenAccount, TokenInterface},
};
use pinfi_common::token;
use solana_sha256_hasher::hashv;

use crate::{
    errors::{require, require_gte, StreamsError},
    events::{emit, BookOpened},
    state::{Book, Ledger, MintPolicy},
    ID,
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct OpenBookArgs {
    /// Tells apart the books of one payer and mint.
    pub id: u16,
    /// Seconds for which a line that the payer closes goes on taking vouchers.
    pub grace_seconds: u32,
    /// Key that signs vouchers; the payer if none.
    pub voucher_signer: Option<Pubkey>,
    /// Alone changes the rate of controlled lines and closes them.
    pub controller: Option<Pubkey>,
    /// Most that the policy may take of claims, in basis points: it may have been changed since the
    /// payer looked.
    pub max_fee_bps: u16,
}

#[derive(Accounts)]
#[instruction(args: OpenBookArgs)]
pub struct OpenBook<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(
        has_one = mint @ StreamsError::WrongMint,
        constraint = policy.enabled @ StreamsError::MintNotEnabled,
        seeds = [MintPolicy::SEED, policy.mint.as_ref()],
        bump = policy.bump,
    )]
    pub policy: Box<Account<'info, MintPolicy>>,

    #[account(
        init,
        payer = payer,
        space = Ledger::HEADER,
        seeds = [
            Book::SEED,
            payer.key().as_ref(),
            mint.key().as_ref(),
            &args.id.to_le_bytes(),
        ],
        bump,
    )]
    pub book: AccountLoader<'info, Book>,

    /// CHECK: owns the vault, by its seeds; stays without data.
    #[account(seeds = [Book::AUTHORITY_SEED, book.key().as_ref()], bump)]
    pub authority: UncheckedAccount<'info>,

    /// Anybody may have created it before; that does no harm.
    #[account(
        init_if_needed,
        dup,
        payer = payer,
        associated_token::mint = mint,
        associated_token::authority = authority,
        associated_token::token_program = token_program,
    )]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    /// CHECK: the SlotHashes sysvar by its address; read as bytes, since it is too large to load.
    #[account(address = OpenBook::SLOT_HASHES @ StreamsError::NoSlotHashes)]
    pub slot_hashes: UncheckedAccount<'info>,

    pub token_program: Interface<'info, TokenInterface>,
    pub associated_token_program: Program<'info, AssociatedToken>,
    pub system_program: Program<'info, System>,
}

impl OpenBook<'_> {
    const SLOT_HASHES: Pubkey = pubkey!("SysvarS1otHashes111111111111111111111111111");

    fn validate(&self, args: &OpenBookArgs) -> Result<()> {
        require!(Book::GRACE_SECONDS.allow(args.grace_seconds), StreamsError::GraceOutOfRange);
        require_gte!(args.max_fee_bps, self.policy.fee_bps, StreamsError::FeeAboveLimit);
        // The policy may have been tightened since the mint was admitted.
        self.policy.admit(self.mint.as_ref().as_ref())?;
        require!(token::is_clean(&self.vault), StreamsError::VaultNotClean);
        Ok(())
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn handle(ctx: Context<Self>, args: OpenBookArgs) -> Result<()> {
        let Self { payer, mint, policy, book: account, authority, vault, slot_hashes, .. } =
            ctx.accounts;
        let slot = Clock::get()?.slot;
        let voucher_domain = {
            let hashes = slot_hashes.try_borrow_data()?;
            domain(&account.key(), newest_hash(&hashes)?, slot)
        };

        *account.load_init()? = Book {
            payer: payer.key(),
            mint: mint.key(),
            vault: vault.key(),
            voucher_signer: args.voucher_signer.unwrap_or_else(|| payer.key()),
            voucher_domain,
            controller: args.controller.unwrap_or_default(),
            voucher_expires_at: i64::MAX,
            voucher_cap: u64::MAX,
            min_deposit: policy.min_deposit,
            opened_slot: slot,
            grace_seconds: args.grace_seconds,
            id: args.id,
            fee_bps: policy.fee_bps,
            bump: ctx.bumps.book,
            decimals: mint.decimals,
            authority_bump: ctx.bumps.authority,
            authority_tag: authority.key().to_bytes()[0],
            ..bytemuck::Zeroable::zeroed()
        };

        emit!(BookOpened {
            book: account.key(),
            payer: payer.key(),
            mint: mint.key(),
            id: args.id,
            voucher_domain,
        });
        Ok(())
    }
}

/// The first bytes of every voucher for `book` in the life that begins at `slot`.
///
/// The hash ties it to one cluster and its history. One slot sees one life at most, as a book
/// cannot be closed in the slot it was opened in, so no two lives share a domain.
fn domain(book: &Pubkey, slot_hash: &[u8], slot: u64) -> [u8; 32] {
    let tag: &[u8] = b"pinfi:streams:voucher:1";
    hashv(&[tag, ID.as_ref(), book.as_ref(), slot_hash, &slot.to_le_bytes()]).to_bytes()
}

/// The hash in the first entry of the SlotHashes sysvar: a count u64, then (slot u64, hash) pairs,
/// newest first.
fn newest_hash(sysvar: &[u8]) -> Result<&[u8]> {
    Ok(sysvar.get(16..48).ok_or(StreamsError::NoSlotHashes)?)
}
