//! Pools: money shared by units, exact to 2^-64 of a base unit.

use simulator::Refusal;
use solana_address::Address;

use super::{member, sum, Model};
use crate::streams::{
    action::Payment,
    places::{Places, PoolSite},
    state::{Account, Member, Pool},
};

impl Model<'_> {
    fn pool_mut(&mut self, site: &PoolSite) -> Result<&mut Pool, Refusal> {
        match self.program_mut(&site.address) {
            Some(Account::Pool(pool)) => Ok(pool),
            _ => Err("there is no such pool"),
        }
    }

    fn own_pool(&mut self, site: &PoolSite, owner: &Address) -> Result<&mut Pool, Refusal> {
        let pool = self.pool_mut(site)?;
        match pool.owner == *owner {
            true => Ok(pool),
            false => Err("somebody else's pool"),
        }
    }

    fn member_mut(&mut self, site: &PoolSite, who: usize) -> Result<&mut Member, Refusal> {
        match self.program_mut(&site.members[who]) {
            Some(Account::Member(member)) => Ok(member),
            _ => Err("there is no such member"),
        }
    }

    pub(super) fn open_pool(&mut self, places: &Places, site: &PoolSite) -> Result<(), Refusal> {
        let mint = &places.mints[site.mint];
        let waits = self.token(&site.vault).is_ok_and(|vault| vault.amount > 0);
        if !self.policy(&mint.policy)?.enabled && !waits {
            return Err("the mint is not enabled");
        }
        if self.accounts.contains_key(&site.address) {
            return Err("the pool is open");
        }
        self.ensure_tokens(&site.vault, &site.address, &mint.address);
        let pool = Pool {
            owner: places.person(site.owner),
            mint: mint.address,
            vault: site.vault,
            index: 0,
            total_units: 0,
            carried: 0,
            distributed: 0,
            claimed: 0,
            unshared: 0,
            members: 0,
            id: site.id,
        };
        self.put(site.address, Account::Pool(pool));
        Ok(())
    }

    pub(super) fn set_units(
        &mut self,
        places: &Places,
        site: &PoolSite,
        owner: &Address,
        who: usize,
        units: u64,
    ) -> Result<(), Refusal> {
        self.own_pool(site, owner)?;
        self.share(site)?;
        let index = self.pool_mut(site)?.index;
        if member(self.0, &site.members[who]).is_none() {
            self.pool_mut(site)?.members += 1;
            let (pool, who_is) = (site.address, places.person(who));
            let member = Member { pool, who: who_is, units: 0, index, owed: 0, claimed: 0 };
            self.put(site.members[who], Account::Member(member));
        }
        let member = self.member_mut(site, who)?;
        member.owed += (index - member.index) * u128::from(member.units);
        member.index = index;
        let before = member.units;
        member.units = units;
        let pool = self.pool_mut(site)?;
        pool.total_units = sum(pool.total_units - before, units)?;
        Ok(())
    }

    pub(super) fn distribute(
        &mut self,
        site: &PoolSite,
        funder: &Address,
        source: &Address,
        amount: u64,
    ) -> Result<(), Refusal> {
        if self.pool_mut(site)?.total_units == 0 {
            return Err("nobody to share among");
        }
        if self.token(source)?.owner != *funder {
            return Err("the source is somebody else's");
        }
        self.transfer(source, &site.vault, amount)?;
        let pool = self.pool_mut(site)?;
        if pool.owner == *funder {
            pool.unshared = 0;
        }
        match self.share(site)? {
            0 => Err("nothing to share"),
            _ => Ok(()),
        }
    }

    /// Shares all that has come into the vault while there were units and was not shared before. What
    /// comes while there are none is the owner's.
    fn share(&mut self, site: &PoolSite) -> Result<u64, Refusal> {
        let held = self.token(&site.vault)?.amount;
        let pool = self.pool_mut(site)?;
        let amount = held - (pool.distributed - pool.claimed);
        if pool.total_units == 0 {
            pool.unshared = amount;
            return Ok(0);
        }
        let amount = amount - pool.unshared;
        pool.distributed = sum(pool.distributed, amount)?;
        // Long division in base 2^64: exact, and it fits. With nothing to share it changes nothing.
        let units = u128::from(pool.total_units);
        let parts = (u128::from(amount) << 64) + u128::from(pool.carried);
        if amount > 0 {
            pool.index += parts / units;
            pool.carried = (parts % units) as u64;
        }
        Ok(amount)
    }

    pub(super) fn claim_member(
        &mut self,
        places: &Places,
        site: &PoolSite,
        who: usize,
        to: &Payment,
    ) -> Result<(), Refusal> {
        self.share(site)?;
        let index = self.pool_mut(site)?.index;
        let member = self.member_mut(site, who)?;
        member.owed += (index - member.index) * u128::from(member.units);
        member.index = index;
        let amount = (member.owed >> 64) as u64;
        if amount == 0 {
            return Err("less than one base unit");
        }
        member.owed -= u128::from(amount) << 64;
        member.claimed += amount;
        let without_units = member.units == 0;
        self.pool_mut(site)?.claimed += amount;
        self.require_reaches(to, &places.mints[site.mint], &places.person(who), without_units)?;
        self.transfer(&site.vault, &to.destination, amount)
    }

    pub(super) fn close_member(&mut self, site: &PoolSite, who: usize) -> Result<(), Refusal> {
        self.pool_mut(site)?;
        let member = self.member_mut(site, who)?;
        if member.units > 0 || member.owed >> 64 > 0 {
            return Err("the member is not done");
        }
        self.accounts.remove(&site.members[who]);
        self.pool_mut(site)?.members -= 1;
        Ok(())
    }

    pub(super) fn recover(
        &mut self,
        places: &Places,
        site: &PoolSite,
        owner: &Address,
        mint: usize,
        stray: &Address,
        destination: &Address,
    ) -> Result<(), Refusal> {
        let vault = self.own_pool(site, owner)?.vault;
        let mint_is = &places.mints[mint].address;
        self.require_of(stray, mint_is, &site.address)?;
        if *stray == vault {
            return Err("the vault is the members'");
        }
        if mint == site.mint {
            self.require_of(destination, mint_is, &site.address)?;
            if *destination != vault {
                return Err("the members' tokens belong into the vault");
            }
        } else {
            self.require_of(destination, mint_is, owner)?;
        }
        self.empty_and_close(stray, Some(*destination))
    }

    pub(super) fn close_pool(
        &mut self,
        places: &Places,
        site: &PoolSite,
        owner: &Address,
        destination: &Address,
    ) -> Result<(), Refusal> {
        if self.own_pool(site, owner)?.members > 0 {
            return Err("there are members");
        }
        self.require_of(destination, &places.mints[site.mint].address, owner)?;
        self.empty_and_close(&site.vault, Some(*destination))?;
        self.accounts.remove(&site.address);
        Ok(())
    }
}
