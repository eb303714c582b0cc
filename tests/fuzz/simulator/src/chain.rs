//! The runtime: LiteSVM with the compiled programs in it, and everything it holds at a glance.

use std::{
    collections::HashSet,
    path::PathBuf,
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
    addresses::{program_data, upgrade_authority, TOKEN, TOKEN_2022},
    view::{token_state, Seen, State, View},
};

/// Pays all fees, so that a fee never looks like somebody's loss.
fn bank() -> Keypair {
    Keypair::new_from_array([0xba; 32])
}

pub static BANK: LazyLock<Address> = LazyLock::new(|| bank().pubkey());

/// A program that a game is about.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Of its file: NAME.so.
    pub name: &'static str,
    pub address: Address,
}

/// Reads an account of one of a game's programs: whose, and its bytes.
pub type Decode<P> = fn(&Address, &[u8]) -> Result<P, String>;

/// What became of a transaction.
pub struct Outcome {
    pub accepted: bool,
    /// Lamports taken from the fee payer.
    pub fee: u64,
    /// Why it was refused; empty if it was not.
    pub error: String,
    pub logs: Vec<String>,
}

impl Outcome {
    /// The program's name for an error where it has one, else the runtime's.
    pub fn error_name(&self) -> String {
        let code =
            |line: &String| Some(line.split_once("Error Code: ")?.1.split('.').next()?.to_string());
        self.logs.iter().find_map(code).unwrap_or_else(|| {
            // Of "InstructionError(1, Custom(2))" what is said, not where.
            let inner = self.error.strip_prefix("InstructionError(");
            match inner.and_then(|of| of.split_once(", ")) {
                Some((_, what)) => what.strip_suffix(')').unwrap_or(what).to_string(),
                None => self.error.split(['(', '{']).next().unwrap_or_default().trim().to_string(),
            }
        })
    }
}

/// A runtime with programs loaded, from which every run starts.
pub struct Base<P> {
    svm: LiteSVM,
    own: Arc<HashSet<Address>>,
    programs: Vec<Program>,
    decode: Decode<P>,
}

// By hand, for a derived one would ask the same of `P`, of which there is none in it.
impl<P> Clone for Base<P> {
    fn clone(&self) -> Self {
        let Self { svm, own, programs, decode } = self;
        let (svm, own, programs) = (svm.clone(), own.clone(), programs.clone());
        Self { svm, own, programs, decode: *decode }
    }
}

impl<P> Base<P> {
    /// Loads each program from its file, upgradeable by `upgrade_authority()`.
    pub fn load(programs: &[(Program, PathBuf)], decode: Decode<P>) -> Result<Self, String> {
        // Signatures of transactions are not history here, and units are not what is tested.
        let mut svm = LiteSVM::new()
            .with_transaction_history(0)
            .with_blockhash_check(false)
            .with_compute_budget(ComputeBudget::new_with_defaults(false));
        for (program, path) in programs {
            let code = std::fs::read(path).map_err(|error| {
                format!("{} cannot be read ({error}): npm run build makes it", path.display())
            })?;
            svm.add_program(program.address, &code).map_err(|error| format!("{error:?}"))?;
            let at = program_data(&program.address);
            let mut account = svm.get_account(&at).ok_or("the loader made no ProgramData")?;
            account.data[12] = 1;
            account.data[13..45].copy_from_slice(upgrade_authority().pubkey().as_ref());
            svm.set_account(at, account).map_err(|error| format!("{error:?}"))?;
        }
        let own = Arc::new(svm.accounts_db().inner.keys().copied().collect());
        let programs = programs.iter().map(|(program, _)| *program).collect();
        Ok(Self { svm, own, programs, decode })
    }

    /// A chain of its own. Without `sigverify` transactions need no signatures (the runtime still
    /// takes the signer flags of the message and still runs the ed25519 program).
    pub fn start(&self, sigverify: bool) -> Chain<P> {
        let Self { svm, own, programs, decode } = self.clone();
        let svm = svm.with_sigverify(sigverify);
        let mut chain = Chain { svm, own, programs, decode, sigverify, bank: bank() };
        chain.put(*BANK, Account { lamports: u64::MAX / 4, ..Account::default() });
        chain
    }
}

pub struct Chain<P> {
    svm: LiteSVM,
    /// The runtime's own accounts, which no view shows.
    own: Arc<HashSet<Address>>,
    programs: Vec<Program>,
    decode: Decode<P>,
    sigverify: bool,
    bank: Keypair,
}

impl<P> Chain<P> {
    pub fn put(&mut self, at: Address, account: Account) {
        self.svm.set_account(at, account).expect("no sysvar and no program is put");
    }

    pub fn get(&self, at: &Address) -> Option<Account> {
        self.svm.get_account(at)
    }

    /// Undoes what has happened to an account since it was `seen`.
    pub fn restore(&mut self, at: Address, seen: &Seen<P>) {
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

    /// Puts every account back that was there `before`, the fee payer's apart.
    pub fn restore_all(&mut self, before: &View<P>, after: &View<P>) {
        for (at, old) in before.iter().filter(|(at, _)| **at != *BANK) {
            if !after.get(at).is_some_and(|new| new.same(old)) {
                self.restore(*at, old);
            }
        }
    }

    /// Whether the game is about this program.
    pub fn is_game_program(&self, address: &Address) -> bool {
        self.programs.iter().any(|program| program.address == *address)
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
    pub fn look(&self, before: &View<P>) -> Result<View<P>, String> {
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
                _ => Rc::new(self.state(&owner, &data).map_err(|fault| format!("{at}: {fault}"))?),
            };
            now.insert(*at, Seen { lamports, owner, data, state });
        }
        Ok(now)
    }

    /// What the account of `owner` with `data` is.
    fn state(&self, owner: &Address, data: &[u8]) -> Result<State<P>, String> {
        if self.is_game_program(owner) {
            return (self.decode)(owner, data).map(State::Program);
        }
        if *owner == TOKEN || *owner == TOKEN_2022 {
            return token_state(data);
        }
        match data.is_empty() {
            true => Ok(State::Wallet),
            false => Err(format!("an account with data belongs to {owner}")),
        }
    }
}
