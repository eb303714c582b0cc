//! What each action does, or why it is refused. Written from the program's description.

use simulator::Refusal;
use solana_address::Address;

use super::{
    action::{class_at, operator_at, region_at, Action},
    state::{Account, Class, Config, Ledger, Operator, Payout, Region},
    Registry,
};

const HOUR: i64 = 3_600;

/// An account of one kind, or a refusal.
macro_rules! account {
    ($get:expr, $kind:ident) => {
        match $get {
            Some(Account::$kind(account)) => Ok(account),
            _ => Err("there is no such account"),
        }
    };
}

pub fn act(game: &Registry, model: &mut Ledger, action: &Action) -> Result<(), Refusal> {
    let (now, at) = (model.now, &game.config);
    let config = account!(model.program(at), Config)?.clone();
    let by_authority = |signer: &Address| require(config.authority == *signer, "not the authority");
    match action {
        Action::Initialize { .. } => return Err("it is set up already"),
        Action::NominateAuthority { signer, nominee } => {
            by_authority(signer)?;
            set_config(game, model, Config { nominated: *nominee, ..config });
        }
        Action::AcceptAuthority { signer } => {
            require(config.nominated == *signer, "not nominated")?;
            let nominated = Address::default();
            set_config(game, model, Config { authority: *signer, nominated, ..config });
        }
        Action::Pause { signer, until } => {
            by_authority(signer)?;
            set_config(game, model, paused(config, *until, now)?);
        }
        Action::Resume { signer } => {
            by_authority(signer)?;
            require(now < config.paused_until, "not paused")?;
            set_config(game, model, Config { paused_until: now, ..config });
        }
        Action::SetClass { signer, class } => {
            by_authority(signer)?;
            let at = class_at(class.id);
            if let Some(Account::Class(old)) = model.program(&at) {
                let kept = (old.kind, old.gpu_eq_milli) == (class.kind, class.gpu_eq_milli);
                require(kept, "what a unit is worth never changes")?;
            }
            is_class(class)?;
            model.put(at, Account::Class(class.clone()));
        }
        Action::SetRegion { signer, region } => {
            by_authority(signer)?;
            let at = region_at(region.id);
            let mut old_target = 0;
            if let Some(Account::Region(old)) = model.program(&at) {
                require(old.jurisdiction == region.jurisdiction, "a jurisdiction never changes")?;
                old_target = old.target_bps;
            }
            is_region(region)?;
            let total = u32::from(config.total_target_bps) - u32::from(old_target)
                + u32::from(region.target_bps);
            require(total <= 10_000, "more than the whole is wished for")?;
            model.put(at, Account::Region(region.clone()));
            set_config(game, model, Config { total_target_bps: total as u16, ..config });
        }
        Action::RegisterOperator { signer, id, payout } => {
            require(now >= config.paused_until, "paused")?;
            require(*id == config.next_operator, "not the next number")?;
            is_payout(payout)?;
            let operator = Operator {
                authority: *signer,
                nominated: Address::default(),
                id: *id,
                registered_at: now,
                payout: payout.clone(),
            };
            model.put(operator_at(*id), Account::Operator(operator));
            let next_operator = id + 1;
            let operators = config.operators + 1;
            set_config(game, model, Config { next_operator, operators, ..config });
        }
        Action::SetPayout { signer, id, payout } => {
            let operator = operator_of(model, *id, signer)?;
            is_payout(payout)?;
            operator.payout = payout.clone();
        }
        Action::NominateOperator { signer, id, nominee } => {
            operator_of(model, *id, signer)?.nominated = *nominee;
        }
        Action::AcceptOperator { signer, id } => {
            let operator = account!(model.program_mut(&operator_at(*id)), Operator)?;
            require(operator.nominated == *signer, "not nominated")?;
            operator.authority = *signer;
            operator.nominated = Address::default();
        }
        Action::CloseOperator { signer, id } => {
            operator_of(model, *id, signer)?;
            model.accounts.remove(&operator_at(*id));
            let operators = config.operators - 1;
            set_config(game, model, Config { operators, ..config });
        }
    }
    Ok(())
}

fn require(holds: bool, otherwise: Refusal) -> Result<(), Refusal> {
    match holds {
        true => Ok(()),
        false => Err(otherwise),
    }
}

fn set_config(game: &Registry, model: &mut Ledger, config: Config) {
    model.put(game.config, Account::Config(config));
}

fn operator_of<'a>(
    model: &'a mut Ledger,
    id: u32,
    signer: &Address,
) -> Result<&'a mut Operator, Refusal> {
    let operator = account!(model.program_mut(&operator_at(id)), Operator)?;
    require(operator.authority == *signer, "not the operator's authority")?;
    Ok(operator)
}

/// A pause lasts 72 hours at most, counted from its beginning, and is followed by a rest of four times
/// its length, which is a second at least.
fn paused(config: Config, until: i64, now: i64) -> Result<Config, Refusal> {
    let (from, end) = (config.paused_from, config.paused_until);
    let from = if now < end {
        from
    } else {
        require(now >= end + 4 * (end - from).max(1), "the rest is not over")?;
        now
    };
    require(until > now && until <= from + 72 * HOUR, "too long, or over already")?;
    Ok(Config { paused_from: from, paused_until: until, ..config })
}

fn is_class(class: &Class) -> Result<(), Refusal> {
    require(class.id < 256, "a number of 256 or more")?;
    require(class.name[0] != 0, "no name")?;
    let range = if class.kind == 0 { 1..=1_000_000 } else { 0..=0 };
    require(range.contains(&class.gpu_eq_milli), "a wrong GPU-equivalent")?;
    require(class.bond_cents <= 100_000_000, "a bond of more than a million dollars")
}

fn is_region(region: &Region) -> Result<(), Refusal> {
    require(region.id < 256, "a number of 256 or more")?;
    require(region.name[0] != 0, "no name")?;
    require((1..=999).contains(&region.jurisdiction), "no country")
}

fn is_payout(payout: &Payout) -> Result<(), Refusal> {
    require((1..=8).contains(&payout.len()), "no recipients, or too many")?;
    let named = payout.iter().all(|(who, bps)| *who != Address::default() && *bps > 0);
    require(named, "a recipient without an address or a part")?;
    let total: u64 = payout.iter().map(|(_, bps)| u64::from(*bps)).sum();
    require(total == 10_000, "parts that do not make the whole")
}
