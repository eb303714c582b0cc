//! The registry program: classes, regions and operators.

mod action;
mod invariants;
mod model;
mod player;
mod state;

use simulator::{
    addresses::{key, upgrade_authority},
    tokens::put_wallet,
    Actions, Chain, Game, Invariant, Program, Refusal,
};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use action::Action;
use player::Player;
use state::{Account, Ledger};

const PROGRAM: Address = Address::from_str_const("FQnHtaids586hGCEfcxncyVbFhK6h5VG6qA2CpTKuvN8");
const PEOPLE: usize = 5;
const LAMPORTS: u64 = 1_000_000_000_000;

fn pda(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &PROGRAM).0
}

pub struct Registry {
    people: Vec<Address>,
    config: Address,
}

impl Registry {
    pub fn new() -> Self {
        let people = (0..PEOPLE).map(|n| key(b'r', n).pubkey()).collect();
        Self { people, config: pda(&[b"config"]) }
    }
}

impl Game for Registry {
    const NAME: &'static str = "registry";
    const PROGRAMS: &'static [Program] = &[Program { name: "registry", address: PROGRAM }];
    const ACTIONS: Actions = Actions {
        accepted: &[
            "NominateAuthority",
            "AcceptAuthority",
            "Pause",
            "Resume",
            "SetClass",
            "SetRegion",
            "RegisterOperator",
            "SetPayout",
            "NominateOperator",
            "AcceptOperator",
            "CloseOperator",
        ],
        // Every walk begins with the one that is accepted.
        refused: &["Initialize"],
    };
    const INVARIANTS: &'static [Invariant<Self>] = invariants::ALL;

    type Account = Account;
    type Action = Action;
    type Memory = ();
    type Player<'a> = Player<'a>;

    fn decode(_: &Address, data: &[u8]) -> Result<Account, String> {
        state::decode(data)
    }

    fn set_up(&self, chain: &mut Chain<Account>) {
        for who in self.people.iter().copied().chain([upgrade_authority().pubkey()]) {
            put_wallet(chain, who, LAMPORTS);
        }
    }

    fn instructions(&self, action: &Action) -> Vec<Instruction> {
        vec![action.instruction(self)]
    }

    fn predict(&self, model: &mut Ledger, action: &Action) -> Result<(), Refusal> {
        model::act(self, model, action)
    }

    /// Another operator in an operator's place may be the same authority's, or have the same nominee:
    /// those calls are actions of their own.
    fn may_be_honest(
        &self,
        action: &Action,
        _: usize,
        _: &Address,
        with: Option<&Address>,
    ) -> bool {
        let of_an_operator = matches!(
            action,
            Action::SetPayout { .. }
                | Action::NominateOperator { .. }
                | Action::AcceptOperator { .. }
                | Action::CloseOperator { .. }
        );
        of_an_operator && with.is_some_and(|with| !self.people.contains(with))
    }
}
