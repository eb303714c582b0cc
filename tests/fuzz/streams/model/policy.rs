//! The program's configuration and the terms of each mint.

use simulator::Refusal;
use solana_address::Address;

use super::Model;
use crate::streams::{
    action::Terms,
    places::Places,
    state::{Account, Config, Policy},
};

/// Token-2022 extensions that move nothing: interest and scaled display, metadata, groups, pause.
const HARMLESS: [u32; 9] = [10, 18, 19, 20, 21, 22, 23, 25, 26];

impl Model<'_> {
    fn config_mut(&mut self, places: &Places) -> Result<&mut Config, Refusal> {
        match self.program_mut(&places.config) {
            Some(Account::Config(config)) => Ok(config),
            _ => Err("there is no config"),
        }
    }

    pub(super) fn nominate(
        &mut self,
        places: &Places,
        authority: &Address,
        nominee: &Address,
    ) -> Result<(), Refusal> {
        let config = self.config_mut(places)?;
        if config.authority != *authority {
            return Err("not the authority");
        }
        config.nominated = *nominee;
        Ok(())
    }

    pub(super) fn accept(&mut self, places: &Places, nominee: &Address) -> Result<(), Refusal> {
        let config = self.config_mut(places)?;
        if config.nominated != *nominee {
            return Err("not nominated");
        }
        *config = Config { authority: *nominee, nominated: Address::default() };
        Ok(())
    }

    pub(super) fn set_policy(
        &mut self,
        places: &Places,
        authority: &Address,
        mint: usize,
        treasury: &Option<Address>,
        terms: &Terms,
    ) -> Result<(), Refusal> {
        let site = &places.mints[mint];
        if self.config_mut(places)?.authority != *authority {
            return Err("not the authority");
        }
        if let Some(treasury) = treasury {
            if self.token(treasury)?.mint != site.address {
                return Err("the treasury is of another mint");
            }
            if self.token(treasury)?.owner == site.policy {
                return Err("the treasury is the escrow");
            }
        }
        let Terms { min_deposit, allowed_extensions, fee_bps, burn_bps, enabled } = terms.clone();
        let harmful = HARMLESS.iter().fold(allowed_extensions, |bits, n| bits & !(1 << n));
        let nowhere = fee_bps > 0 && burn_bps < 10_000 && treasury.is_none();
        if fee_bps > 500 || burn_bps > 10_000 || nowhere || harmful != 0 {
            return Err("terms out of bounds");
        }
        let treasury = treasury.unwrap_or_default();
        self.put(
            site.policy,
            Account::Policy(Policy {
                mint: site.address,
                token_program: site.token_program,
                treasury,
                min_deposit,
                allowed_extensions,
                fee_bps,
                burn_bps,
                enabled,
            }),
        );
        Ok(())
    }

    pub(super) fn policy(&self, at: &Address) -> Result<Policy, Refusal> {
        match self.program(at) {
            Some(Account::Policy(policy)) => Ok(policy.clone()),
            _ => Err("there is no policy"),
        }
    }
}
