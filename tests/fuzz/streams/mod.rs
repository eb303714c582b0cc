//! The streams program: books, lines, vouchers and pools.

pub mod action;
pub mod call;
pub mod decode;
mod facts;
mod forge;
mod honest;
mod invariants;
mod memory;
mod model;
pub mod places;
mod player;
pub mod program;
pub mod state;
pub mod voucher;

use simulator::{Actions, Chain, Forge, Game, Invariant, Program, Refusal};
use solana_address::Address;
use solana_instruction::Instruction;

use action::Action;
use memory::Memory;
use model::Model;
use places::Places;
use player::Player;
use state::{Account, Ledger};

pub struct Streams {
    places: Places,
}

impl Streams {
    pub fn new() -> Self {
        Self { places: Places::new() }
    }
}

impl Game for Streams {
    const NAME: &'static str = "streams";
    const PROGRAMS: &'static [Program] = &[Program { name: "streams", address: program::PROGRAM }];
    const ACTIONS: Actions = Actions {
        accepted: &[
            "Nominate",
            "Accept",
            "SetPolicy",
            "OpenBook",
            "Deposit",
            "Refund",
            "ReserveLines",
            "AddLine",
            "FundLine",
            "SetRate",
            "SetVoucherSigner",
            "Settle",
            "SettleMany",
            "Claim",
            "ClaimMany",
            "CloseLine",
            "RemoveLine",
            "CollectFees",
            "CollectEscrow",
            "CloseBook",
            "Reap",
            "OpenPool",
            "SetUnits",
            "Distribute",
            "ClaimMember",
            "CloseMember",
            "Recover",
            "ClosePool",
            "Donate",
            "Lamports",
            "CreateVault",
        ],
        // Every walk begins with the one that is accepted.
        refused: &["Initialize"],
    };
    const INVARIANTS: &'static [Invariant<Self>] = invariants::ALL;
    const FORGE: Option<Forge<Self>> =
        Some(|game, base, seed, count| forge::forge(&game.places, base, seed, count));

    type Account = Account;
    type Action = Action;
    type Memory = Memory;
    type Player<'a> = Player<'a>;

    fn decode(_: &Address, data: &[u8]) -> Result<Account, String> {
        decode::decode(data)
    }

    fn set_up(&self, chain: &mut Chain<Account>) {
        self.places.settle_down(chain);
    }

    fn instructions(&self, action: &Action) -> Vec<Instruction> {
        action.instructions(&self.places)
    }

    fn predict(&self, model: &mut Ledger, action: &Action) -> Result<(), Refusal> {
        Model(model).act(&self.places, action)
    }

    fn may_be_honest(
        &self,
        action: &Action,
        position: usize,
        was: &Address,
        with: Option<&Address>,
    ) -> bool {
        honest::may_be_honest(&self.places, action, position, was, with)
    }
}
