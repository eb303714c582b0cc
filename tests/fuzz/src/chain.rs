//! The runtime: LiteSVM with the compiled program in it, and everything it holds at a glance.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
    rc::Rc,
    sync::{Arc, LazyLock},
};

use litesvm::LiteSVM;
use solana_account::{Account, ReadableAccount};
use solana_address::Address;
use solana_clock::Clock;
use solana_compute_budget::compute_budget::ComputeBudget;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_slot_hashes::SlotHashes;
use solana_transaction::versioned::VersionedTransaction;

use crate::{
    decode::decode,
    state::State,
    wire::{LOADER, PROGRAM},
};

/// Pays all fees, so that a fee never looks like somebody's loss.
fn bank() -> Keypair {
    Keypair::new_from_array([0xba; 32])
}

pub static BANK: LazyLock<Address> = LazyLock::new(|| bank().pubkey());

/// One account as it is now.
#[derive(Clone)]
pub struct Seen {
    pub lamports: u64,
    pub owner: Address,
    pub data: Arc<Vec<u8>>,
    pub state: Rc<State>,
}

impl Seen {
    /// Whether nothing at all differs.
    pub fn same(&self, other: &Self) -> bool {
        self.lamports == other.lamports
            && self.owner == other.owner
            && (Arc::ptr_eq(&self.data, &other.data) || self.data == other.data)
    }
}

/// Every account that a run has made.
pub type View = BTreeMap<Address, Seen>;

/// What became of a transaction.
pub struct Outcome {
    pub accepted: bool,
    /// Lamports taken from the fee payer.
    pub fee: u64,
    /// Why it was refused; empty if it was not.
    pub error: String,
    pub logs: Vec<String>,
}

/// A runtime with the program loaded, from which every run starts.
#[derive(Clone)]
pub struct Base {
    svm: LiteSVM,
    own: HashSet<Address>,
}

impl Base {
    /// Loads the program at `path`, upgradeable by `upgrade_authority`.
    pub fn load(path: &Path, upgrade_authority: &Address) -> Result<Self, String> {
        let program = std::fs::read(path).map_err(|error| {
            format!("{} cannot be read ({error}): npm run build makes it", path.display())
        })?;
        // Signatures of transactions are not history here, and units are not what is tested.
        let mut svm = LiteSVM::new()
            .with_transaction_history(0)
            .with_blockhash_check(false)
            .with_compute_budget(ComputeBudget::new_with_defaults(false));
        svm.add_program(PROGRAM, &program).map_err(|error| format!("{error:?}"))?;
        let at = program_data();
        let mut account = svm.get_account(&at).ok_or("the loader made no ProgramData")?;
        account.data[12] = 1;
        account.data[13..45].copy_from_slice(upgrade_authority.as_ref());
        svm.set_account(at, account).map_err(|error| format!("{error:?}"))?;
        let own = svm.accounts_db().inner.keys().copied().collect();
        Ok(Self { svm, own })
    }

    /// A chain of its own. Without `sigverify` transactions need no signatures (the runtime still
    /// takes the signer flags of the message and still runs the ed25519 program).
    pub fn start(&self, sigverify: bool) -> Chain {
        let Self { svm, own } = self.clone();
        let mut chain = Chain { svm: svm.with_sigverify(sigverify), own, sigverify, bank: bank() };
        chain.put(*BANK, Account { lamports: u64::MAX / 4, ..Account::default() });
        chain
    }
}

pub fn program_data() -> Address {
    Address::find_program_address(&[PROGRAM.as_ref()], &LOADER).0
}

pub struct Chain {
    svm: LiteSVM,
    /// The runtime's own accounts, which no view shows.
    own: HashSet<Address>,
    sigverify: bool,
    bank: Keypair,
}

impl Chain {
    pub fn put(&mut self, at: Address, account: Account) {
        self.svm.set_account(at, account).expect("no sysvar and no program is put");
    }

    pub fn get(&self, at: &Address) -> Option<Account> {
        self.svm.get_account(at)
    }

    /// Undoes what has happened to an account since it was `seen`.
    pub fn restore(&mut self, at: Address, seen: &Seen) {
        self.put(
            at,
            Account {
                lamports: seen.lamports,
                data: seen.data.to_vec(),
                owner: seen.owner,
                executable: false,
                rent_epoch: u64::MAX,
            },
        );
    }

    /// Sets unix time, the slot, and the hash that is newest in it.
    pub fn set_time(&mut self, now: i64, slot: u64, hash: [u8; 32]) {
        let clock: Clock = self.svm.get_sysvar();
        self.svm.set_sysvar(&Clock { unix_timestamp: now, slot, ..clock });
        self.svm.set_sysvar(&SlotHashes::new(&[(slot, Hash::new_from_array(hash))]));
    }

    pub fn rent(&self, len: usize) -> u64 {
        self.svm.minimum_balance_for_rent_exemption(len)
    }

    /// Sends instructions; `signers` are needed only where signatures are verified.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Outcome {
        let message = Message::new(instructions, Some(&BANK));
        let wanted = usize::from(message.header.num_required_signatures);
        let mut signatures = vec![Signature::default(); wanted];
        if self.sigverify {
            let bytes = message.serialize();
            for (nth, key) in message.account_keys[..wanted].iter().enumerate() {
                let own = (*key == *BANK).then_some(&self.bank);
                let signer = own.or_else(|| signers.iter().copied().find(|s| s.pubkey() == *key));
                if let Some(signer) = signer {
                    signatures[nth] = signer.sign_message(&bytes);
                }
            }
        }
        self.submit(VersionedTransaction { signatures, message: VersionedMessage::Legacy(message) })
    }

    pub fn submit(&mut self, transaction: VersionedTransaction) -> Outcome {
        let purse = |svm: &LiteSVM| svm.get_balance(&BANK).unwrap_or_default();
        let before = purse(&self.svm);
        let (meta, error) = match self.svm.send_transaction(transaction) {
            Ok(meta) => (meta, String::new()),
            Err(failed) => (failed.meta, format!("{:?}", failed.err)),
        };
        // What is not even loaded is not charged.
        let fee = before - purse(&self.svm);
        assert!(fee == 0 || fee == meta.fee, "a fee of {} took {fee}", meta.fee);
        Outcome { accepted: error.is_empty(), fee, error, logs: meta.logs }
    }

    /// Looks at every account; what has not changed since `before` is not decoded again.
    pub fn look(&self, before: &View) -> Result<View, String> {
        let mut now = View::new();
        for (at, account) in &self.svm.accounts_db().inner {
            if self.own.contains(at) {
                continue;
            }
            let (lamports, owner, data) =
                (account.lamports(), *account.owner(), account.data_clone());
            let state = match before.get(at) {
                Some(seen) if Arc::ptr_eq(&seen.data, &data) && seen.owner == owner => {
                    seen.state.clone()
                }
                _ => Rc::new(decode(&owner, &data).map_err(|fault| format!("{at}: {fault}"))?),
            };
            now.insert(*at, Seen { lamports, owner, data, state });
        }
        Ok(now)
    }
}
