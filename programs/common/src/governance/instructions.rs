//! The instructions by which a program gets an authority and hands it on.

/// Defines `Initialize`, `NominateAuthority` and `AcceptAuthority`, their accounts, handlers and events,
/// in a module of their own: `#[program]` calls the handlers.
///
/// `program` is the type that `#[program]` makes. `config` is an account that is a
/// [`Handover`](crate::governance::Handover), with the fields `authority` and `bump`, the constant
/// `SEED` and `new(authority, bump)`, which says what it is at first. `error` has
/// `NotUpgradeAuthority`, `NotAuthority` and `NotNominated`. The module uses Anchor's prelude.
#[macro_export]
#[rustfmt::skip] // Indents attributes anew each time it is run.
macro_rules! authority_instructions {
    (program: $program:ident, config: $config:ident, error: $error:ident) => {
        #[derive(Accounts)]
        pub struct Initialize<'info> {
            /// Pays the account's rent.
            #[account(mut)]
            pub payer: Signer<'info>,

            /// Deployed the program: nobody else can be first.
            pub upgrade_authority: Signer<'info>,

            #[account(
                init,
                payer = payer,
                space = 8 + $config::INIT_SPACE,
                seeds = [$config::SEED],
                bump,
            )]
            pub config: Box<Account<'info, $config>>,

            pub program: Program<'info, $program>,

            pub program_data: Box<Account<'info, $crate::authority::ProgramData>>,

            pub system_program: Program<'info, System>,
        }

        impl Initialize<'_> {
            /// Makes `authority` the program's first.
            pub fn handle(ctx: Context<Self>, authority: Pubkey) -> Result<()> {
                let Self { upgrade_authority, config, program, program_data, .. } = ctx.accounts;

                $crate::require!(
                    $crate::authority::is_upgrade_authority(
                        program,
                        program_data,
                        upgrade_authority
                    )?,
                    $error::NotUpgradeAuthority
                );
                config.set_inner($config::new(authority, ctx.bumps.config));

                $crate::event::log(&Initialized { authority })
            }
        }

        #[derive(Accounts)]
        pub struct NominateAuthority<'info> {
            pub authority: Signer<'info>,

            #[account(
                mut,
                dup,
                has_one = authority @ $error::NotAuthority,
                seeds = [$config::SEED],
                bump = config.bump,
            )]
            pub config: Box<Account<'info, $config>>,
        }

        impl NominateAuthority<'_> {
            /// Names who may take over.
            pub fn handle(ctx: Context<Self>, nominee: Pubkey) -> Result<()> {
                let Self { authority, config } = ctx.accounts;

                $crate::governance::Handover::nominate(&mut ***config, nominee);

                $crate::event::log(&AuthorityNominated { authority: authority.key(), nominee })
            }
        }

        #[derive(Accounts)]
        pub struct AcceptAuthority<'info> {
            pub nominee: Signer<'info>,

            #[account(
                mut,
                dup,
                seeds = [$config::SEED],
                bump = config.bump,
            )]
            pub config: Box<Account<'info, $config>>,
        }

        impl AcceptAuthority<'_> {
            /// Makes the nominee the authority.
            pub fn handle(ctx: Context<Self>) -> Result<()> {
                let Self { nominee, config } = ctx.accounts;

                $crate::require!(
                    $crate::governance::Handover::accept(&mut ***config, nominee.key()),
                    $error::NotNominated
                );

                $crate::event::log(&AuthorityAccepted { authority: nominee.key() })
            }
        }

        #[event]
        pub struct Initialized {
            pub authority: Pubkey,
        }

        #[event]
        pub struct AuthorityNominated {
            pub authority: Pubkey,
            pub nominee: Pubkey,
        }

        #[event]
        pub struct AuthorityAccepted {
            pub authority: Pubkey,
        }
    };
}
