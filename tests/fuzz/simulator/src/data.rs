//! Bytes as a client writes them and as an account holds them, after Anchor's conventions.

use std::{cell::RefCell, collections::HashMap};

use solana_address::Address;
use solana_instruction::AccountMeta;
use solana_sha256_hasher::hashv;

pub fn w(key: Address) -> AccountMeta {
    AccountMeta::new(key, false)
}
pub fn ws(key: Address) -> AccountMeta {
    AccountMeta::new(key, true)
}
pub fn s(key: Address) -> AccountMeta {
    AccountMeta::new_readonly(key, true)
}
pub fn r(key: Address) -> AccountMeta {
    AccountMeta::new_readonly(key, false)
}

fn eight(hash: [u8; 32]) -> [u8; 8] {
    core::array::from_fn(|n| hash[n])
}

/// First bytes of an account of this kind.
pub fn account_tag(name: &str) -> [u8; 8] {
    thread_local!(static KNOWN: RefCell<HashMap<String, [u8; 8]>> = RefCell::default());
    KNOWN.with_borrow_mut(|known| match known.get(name) {
        Some(tag) => *tag,
        None => {
            let tag = eight(hashv(&[b"account:", name.as_bytes()]).to_bytes());
            known.insert(name.into(), tag);
            tag
        }
    })
}

/// First bytes of an instruction's data.
pub fn instruction_tag(name: &str) -> [u8; 8] {
    eight(hashv(&[b"global:", name.as_bytes()]).to_bytes())
}

/// Instruction data, field after field.
pub struct Data(pub Vec<u8>);

impl Data {
    pub fn of(instruction: &str) -> Self {
        Self(instruction_tag(instruction).to_vec())
    }
    pub fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }
    pub fn bool(self, value: bool) -> Self {
        self.u8(value.into())
    }
    pub fn u16(mut self, value: u16) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn i64(mut self, value: i64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn key(mut self, value: &Address) -> Self {
        self.0.extend(value.as_ref());
        self
    }
    pub fn maybe_key(self, value: &Option<Address>) -> Self {
        match value {
            Some(key) => self.u8(1).key(key),
            None => self.u8(0),
        }
    }
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }
}

/// Reads values one after another; running over the end is a fault of the account.
pub struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or("an account is too short")?;
        self.0 = tail;
        Ok(*head)
    }
    pub fn key(&mut self) -> Result<Address, String> {
        Ok(Address::new_from_array(self.take()?))
    }
    pub fn u8(&mut self) -> Result<u8, String> {
        Ok(self.take::<1>()?[0])
    }
    pub fn u16(&mut self) -> Result<u16, String> {
        Ok(u16::from_le_bytes(self.take()?))
    }
    pub fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.take()?))
    }
    pub fn u64(&mut self) -> Result<u64, String> {
        Ok(u64::from_le_bytes(self.take()?))
    }
    pub fn i64(&mut self) -> Result<i64, String> {
        Ok(i64::from_le_bytes(self.take()?))
    }
    pub fn u128(&mut self) -> Result<u128, String> {
        Ok(u128::from_le_bytes(self.take()?))
    }
}
