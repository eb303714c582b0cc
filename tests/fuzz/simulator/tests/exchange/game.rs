//! The game: three people with coins of two mints, one of each token program, and a dealer.

use simulator::{
    addresses::{key, TOKEN, TOKEN_2022},
    data::{r, s, w, Data},
    ensure, invariants,
    invariants::{lamports_vanish_only_as_fees, refused_changes_nothing, supply_is_held},
    tokens,
    tokens::{put_mint, put_tokens, put_wallet, NewMint},
    Actions, Chain, Facts, Game, Invariant, Ledger, Program, Refusal, Token, Verdict, View, World,
};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

const PEOPLE: usize = 3;
/// Changes coins, one for one.
const DEALER: usize = 3;
const DECIMALS: u8 = 2;
const ENDOWMENT: u64 = 1_000;
const PROGRAMS: [Address; 2] = [TOKEN, TOKEN_2022];

/// What is wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// The model forgets what a transfer takes from the sender.
    Model,
    /// The dealer gives one coin too many.
    Exchange,
}

pub struct Exchange {
    fault: Fault,
    mints: [Address; 2],
    people: Vec<Address>,
    /// Of each person and the dealer, in each mint.
    wallets: Vec<[Address; 2]>,
}

#[derive(Debug)]
pub enum Action {
    Pay {
        from: usize,
        to: usize,
        mint: usize,
        amount: u64,
    },
    /// Coins of `mint` go to the dealer, as many of the other mint come back.
    Change {
        who: usize,
        mint: usize,
        amount: u64,
    },
}

impl Exchange {
    pub fn new(fault: Fault) -> Self {
        let address = |kind, n| key(kind, n).pubkey();
        Self {
            fault,
            mints: [address(b'm', 0), address(b'm', 1)],
            people: (0..=DEALER).map(|who| address(b'p', who)).collect(),
            wallets: (0..=DEALER).map(|who| [0, 1].map(|m| address(b'w', 2 * who + m))).collect(),
        }
    }

    /// Both transfers of a change, or the one of a payment.
    fn transfers(&self, action: &Action) -> Vec<(usize, usize, usize, u64)> {
        match *action {
            Action::Pay { from, to, mint, amount } => vec![(from, to, mint, amount)],
            Action::Change { who, mint, amount } => {
                let back = amount + u64::from(self.fault == Fault::Exchange);
                vec![(who, DEALER, mint, amount), (DEALER, who, 1 - mint, back)]
            }
        }
    }

    /// What somebody has, of both programs together.
    fn fortune(&self, view: &View<()>, who: usize) -> u64 {
        let own = tokens(view).filter(|(_, token)| token.owner == self.people[who]);
        own.map(|(_, token)| token.amount).sum()
    }
}

fn changing_costs_nothing(facts: &Facts<Exchange>) -> Verdict {
    let Action::Change { who, .. } = *facts.action else { return Ok(()) };
    let [had, has] = [facts.before, facts.after].map(|view| facts.game.fortune(view, who));
    ensure(had == has, || format!("person {who} had {had} coins and has {has}"))
}

fn nobody_loses_without_signing(facts: &Facts<Exchange>) -> Verdict {
    for (who, address) in facts.game.people.iter().enumerate() {
        let [had, has] = [facts.before, facts.after].map(|view| facts.game.fortune(view, who));
        ensure(has >= had || facts.signers.contains(address), || format!("person {who} lost"))?;
    }
    Ok(())
}

impl Game for Exchange {
    const NAME: &'static str = "exchange";
    /// Token programs are the runtime's own: their calls are not distorted.
    const PROGRAMS: &'static [Program] = &[];
    const ACTIONS: Actions = Actions { accepted: &["Pay", "Change"], refused: &[] };
    const INVARIANTS: &'static [Invariant<Self>] = invariants! {
        "G-3" refused_changes_nothing: "a refused instruction changes nothing but the fee payer",
        "G-1" lamports_vanish_only_as_fees: "lamports vanish only as fees",
        "G-1" supply_is_held: "all coins are in somebody's account",
        "G-4" nobody_loses_without_signing: "nobody is worse off by what they did not sign",
        "X-1" changing_costs_nothing: "changing coins leaves as many, of both programs together",
    };

    type Account = ();
    type Action = Action;
    type Memory = ();
    type Player<'a> = Player<'a>;

    fn decode(program: &Address, _: &[u8]) -> Result<(), String> {
        Err(format!("{program} is no program of the game"))
    }

    fn set_up(&self, chain: &mut Chain<()>) {
        for (nth, token_program) in PROGRAMS.into_iter().enumerate() {
            let (address, supply) = (self.mints[nth], ENDOWMENT * self.people.len() as u64);
            put_mint(chain, &NewMint { address, token_program, decimals: DECIMALS, supply });
            for (owner, wallets) in self.people.iter().zip(&self.wallets) {
                let token = Token::new(address, *owner, ENDOWMENT);
                put_tokens(chain, wallets[nth], token_program, &token);
            }
        }
        self.people.iter().for_each(|who| put_wallet(chain, *who, 1_000_000_000));
    }

    fn instructions(&self, action: &Action) -> Vec<Instruction> {
        let transfer = |(from, to, mint, amount): (usize, usize, usize, u64)| Instruction {
            program_id: PROGRAMS[mint],
            accounts: vec![
                w(self.wallets[from][mint]),
                r(self.mints[mint]),
                w(self.wallets[to][mint]),
                s(self.people[from]),
            ],
            data: Data(vec![12]).u64(amount).u8(DECIMALS).0,
        };
        self.transfers(action).into_iter().map(transfer).collect()
    }

    fn predict(&self, model: &mut Ledger<()>, action: &Action) -> Result<(), Refusal> {
        for (from, to, mint, amount) in self.transfers(action) {
            let source = self.wallets[from][mint];
            model.transfer(&source, &self.wallets[to][mint], amount)?;
            if self.fault == Fault::Model {
                model.token_mut(&source)?.amount += amount;
            }
        }
        Ok(())
    }

    fn may_be_honest(&self, _: &Action, _: usize, _: &Address, _: Option<&Address>) -> bool {
        false
    }
}

pub struct Player<'a>(World<'a, Exchange>);

impl<'a> simulator::Player<'a, Exchange> for Player<'a> {
    fn new(world: World<'a, Exchange>) -> Result<Self, String> {
        Ok(Self(world))
    }

    fn world(&mut self) -> &mut World<'a, Exchange> {
        &mut self.0
    }

    fn step(&mut self) -> Result<(), String> {
        let random = &mut self.0.random;
        let (who, mint, amount) = (random.index(PEOPLE), random.index(2), random.amount(ENDOWMENT));
        let action = match random.one_in(2) {
            true => Action::Change { who, mint, amount },
            false => Action::Pay { from: who, to: random.index(PEOPLE), mint, amount },
        };
        self.0.act(action, None).map(|_| ())
    }

    /// Everybody gives everything to person 0.
    fn wind_up(&mut self) -> Result<(), String> {
        for (from, mint) in (1..PEOPLE).flat_map(|who| [(who, 0), (who, 1)]) {
            let wallet = self.0.game.wallets[from][mint];
            let amount = self.0.model.token(&wallet).map_err(str::to_string)?.amount;
            self.0.must(Action::Pay { from, to: 0, mint, amount })?;
        }
        Ok(())
    }
}
