//! An authority that changes hands, operators that come and go, and strangers.

use simulator::{addresses::upgrade_authority, World};
use solana_address::Address;
use solana_signer::Signer;

use super::{
    action::{class_at, operator_at, region_at, Action},
    state::{Account, Class, Config, Operator, Payout, Region},
    Registry, PEOPLE,
};

const HOUR: i64 = 3_600;
/// Operators that there are at one time; more leave than come.
const FULL: usize = 12;

pub struct Player<'a>(World<'a, Registry>);

impl<'a> simulator::Player<'a, Registry> for Player<'a> {
    /// The configuration is set up by who deployed the program, with person 0 as the authority.
    fn new(mut world: World<'a, Registry>) -> Result<Self, String> {
        let game = world.game;
        let (signer, authority) = (upgrade_authority().pubkey(), game.people[0]);
        let stranger = Action::Initialize { signer: authority, authority };
        if world.chain.send(&[stranger.instruction(game)], &[]).accepted {
            return Err("somebody who did not deploy the program initialized it".into());
        }
        let initialize = Action::Initialize { signer, authority };
        world.set_up("initialize", &[initialize.instruction(game)])?;
        Ok(Self(world))
    }

    fn world(&mut self) -> &mut World<'a, Registry> {
        &mut self.0
    }

    fn step(&mut self) -> Result<(), String> {
        if self.0.random.one_in(5) {
            let seconds = match self.0.random.below(3) {
                0 => self.0.random.below(60),
                1 => self.0.random.below(30 * HOUR as u64),
                _ => self.0.random.below(30 * 24 * HOUR as u64),
            };
            self.0.advance(seconds as i64);
        }
        let action = self.propose()?;
        let twist = self.0.random_twist();
        self.0.act(action, twist).map(|_| ())
    }

    /// Every operator leaves, paused or not.
    fn wind_up(&mut self) -> Result<(), String> {
        for (id, signer) in self.operators() {
            self.0.must(Action::CloseOperator { signer, id })?;
        }
        let left = self.config()?.operators;
        if left > 0 {
            return Err(format!("{left} operators are counted, and nobody is there"));
        }
        Ok(())
    }
}

impl Player<'_> {
    fn person(&mut self) -> Address {
        let who = self.0.random.index(PEOPLE);
        self.0.game.people[who]
    }

    /// Mostly who may; now and then anybody.
    fn signer(&mut self, who: Address) -> Address {
        match self.0.random.one_in(6) {
            true => self.person(),
            false => who,
        }
    }

    /// Mostly who is nominated; nobody signs as the default key, which stands for nobody.
    fn nominee(&mut self, nominated: Address) -> Address {
        match nominated == Address::default() {
            true => self.person(),
            false => self.signer(nominated),
        }
    }

    fn config(&self) -> Result<Config, String> {
        match self.0.model.program(&self.0.game.config) {
            Some(Account::Config(config)) => Ok(config.clone()),
            _ => Err("there is no configuration".into()),
        }
    }

    /// Numbers and authorities of those that are there.
    fn operators(&self) -> Vec<(u32, Address)> {
        let states = self.0.model.accounts.values();
        states
            .filter_map(|state| match &**state {
                simulator::State::Program(Account::Operator(one)) => Some((one.id, one.authority)),
                _ => None,
            })
            .collect()
    }

    fn propose(&mut self) -> Result<Action, String> {
        let config = self.config()?;
        let authority = self.signer(config.authority);
        Ok(match self.0.random.below(12) {
            0 => Action::NominateAuthority { signer: authority, nominee: self.person() },
            1 => Action::AcceptAuthority { signer: self.nominee(config.nominated) },
            2 => {
                let hours = self.0.random.below(80) as i64;
                let since =
                    if self.0.random.one_in(2) { config.paused_from } else { self.0.model.now };
                let until = since + hours * HOUR + self.0.random.below(3) as i64 - 1;
                Action::Pause { signer: authority, until }
            }
            3 => Action::Resume { signer: authority },
            4 => Action::SetClass { signer: authority, class: self.class() },
            5 => Action::SetRegion { signer: authority, region: self.region() },
            _ => self.propose_of_operators(&config),
        })
    }

    fn propose_of_operators(&mut self, config: &Config) -> Action {
        let operators = self.operators();
        let choices = if operators.len() >= FULL { 2 } else { 0 };
        let picked = match operators.len() {
            0 => (0, self.person()),
            count => operators[self.0.random.index(count)],
        };
        let (id, mine) = picked;
        let signer = self.signer(mine);
        match choices + self.0.random.below(7 - choices) {
            0..=1 => {
                let next = config.next_operator;
                let id = if self.0.random.one_in(8) { next.wrapping_sub(1) } else { next };
                Action::RegisterOperator { signer: self.person(), id, payout: self.payout() }
            }
            2..=3 => Action::SetPayout { signer, id, payout: self.payout() },
            4 => Action::NominateOperator { signer, id, nominee: self.person() },
            5 => {
                let nominated = match self.0.model.program(&operator_at(id)) {
                    Some(Account::Operator(Operator { nominated, .. })) => *nominated,
                    _ => Address::default(),
                };
                Action::AcceptOperator { signer: self.nominee(nominated), id }
            }
            _ => Action::CloseOperator { signer, id },
        }
    }

    /// Mostly whole; now and then with something wrong in it.
    fn payout(&mut self) -> Payout {
        let count = 1 + self.0.random.index(8);
        let mut left = 10_000u16;
        let mut payout: Payout = (1..count)
            .map(|_| {
                let bps = 1 + self.0.random.below(1_200) as u16;
                left -= bps;
                (self.person(), bps)
            })
            .collect();
        payout.push((self.person(), left));
        match self.0.random.below(16) {
            0 => payout[0].1 += 1,
            1 => payout[0].0 = Address::default(),
            2 => payout.push((self.person(), 0)),
            3 => payout.clear(),
            _ => {}
        }
        payout
    }

    fn name(&mut self) -> [u8; 32] {
        let first = if self.0.random.one_in(12) { 0 } else { b'a' };
        core::array::from_fn(|at| if at == 0 { first } else { self.0.random.below(256) as u8 })
    }

    /// One of few, so that most are there already; around every limit.
    fn class(&mut self) -> Class {
        let id = *self.0.random.pick(&[0, 1, 2, 255, 256]);
        let name = self.name();
        let (kind, gpu_eq_milli) = match self.0.model.program(&class_at(id)) {
            Some(Account::Class(old)) if !self.0.random.one_in(4) => (old.kind, old.gpu_eq_milli),
            _ => {
                let worth = *self.0.random.pick(&[0, 0, 1, 1_000, 1_000_000, 1_000_001]);
                (self.0.random.below(4) as u8, worth)
            }
        };
        let bond_cents = *self.0.random.pick(&[0, 250_000, 100_000_000, 100_000_001]);
        Class {
            name,
            id,
            kind,
            gpu_eq_milli,
            memory_mib: self.0.random.below(1 << 32) as u32,
            min_benchmark: self.0.random.below(1 << 32) as u32,
            interconnect: self.0.random.one_in(2),
            bond_cents,
            enabled: self.0.random.one_in(2),
        }
    }

    fn region(&mut self) -> Region {
        let id = *self.0.random.pick(&[0, 1, 2, 3, 255, 256]);
        let name = self.name();
        let jurisdiction = match self.0.model.program(&region_at(id)) {
            Some(Account::Region(old)) if !self.0.random.one_in(4) => old.jurisdiction,
            _ => *self.0.random.pick(&[0, 1, 276, 999, 1_000]),
        };
        let target_bps = *self.0.random.pick(&[0, 1, 2_500, 5_000, 9_999, 10_000, 10_001]);
        Region { name, id, jurisdiction, target_bps, enabled: self.0.random.one_in(2) }
    }
}
