//! Everything anybody can ask of the program, and how it is asked.

use simulator::{
    addresses::{program_data, SYSTEM},
    data::{r, s, w, ws, Data},
};
use solana_address::Address;
use solana_instruction::Instruction;

use super::{
    pda,
    state::{Class, Payout, Region},
    Registry, PROGRAM,
};

#[derive(Debug)]
pub enum Action {
    Initialize { signer: Address, authority: Address },
    NominateAuthority { signer: Address, nominee: Address },
    AcceptAuthority { signer: Address },
    Pause { signer: Address, until: i64 },
    Resume { signer: Address },
    SetClass { signer: Address, class: Class },
    SetRegion { signer: Address, region: Region },
    RegisterOperator { signer: Address, id: u32, payout: Payout },
    SetPayout { signer: Address, id: u32, payout: Payout },
    NominateOperator { signer: Address, id: u32, nominee: Address },
    AcceptOperator { signer: Address, id: u32 },
    CloseOperator { signer: Address, id: u32 },
}

pub fn class_at(id: u16) -> Address {
    pda(&[b"class", &id.to_le_bytes()])
}

pub fn region_at(id: u16) -> Address {
    pda(&[b"region", &id.to_le_bytes()])
}

pub fn operator_at(id: u32) -> Address {
    pda(&[b"operator", &id.to_le_bytes()])
}

fn with_payout(data: Data, payout: &Payout) -> Data {
    let data = data.u32(payout.len() as u32);
    payout.iter().fold(data, |data, (recipient, bps)| data.key(recipient).u16(*bps))
}

impl Action {
    pub fn instruction(&self, Registry { config, .. }: &Registry) -> Instruction {
        let config = *config;
        let (accounts, data) = match self {
            Self::Initialize { signer, authority } => (
                vec![
                    ws(*signer),
                    s(*signer),
                    w(config),
                    r(PROGRAM),
                    r(program_data(&PROGRAM)),
                    r(SYSTEM),
                ],
                Data::of("initialize").key(authority),
            ),
            Self::NominateAuthority { signer, nominee } => {
                (vec![s(*signer), w(config)], Data::of("nominate_authority").key(nominee))
            }
            Self::AcceptAuthority { signer } => {
                (vec![s(*signer), w(config)], Data::of("accept_authority"))
            }
            Self::Pause { signer, until } => {
                (vec![s(*signer), w(config)], Data::of("pause").i64(*until))
            }
            Self::Resume { signer } => (vec![s(*signer), w(config)], Data::of("resume")),
            Self::SetClass { signer, class } => (
                vec![s(*signer), ws(*signer), r(config), w(class_at(class.id)), r(SYSTEM)],
                Data::of("set_class")
                    .u16(class.id)
                    .raw(&class.name)
                    .u8(class.kind)
                    .u32(class.gpu_eq_milli)
                    .u32(class.memory_mib)
                    .u32(class.min_benchmark)
                    .bool(class.interconnect)
                    .u64(class.bond_cents)
                    .bool(class.enabled),
            ),
            Self::SetRegion { signer, region } => (
                vec![s(*signer), ws(*signer), w(config), w(region_at(region.id)), r(SYSTEM)],
                Data::of("set_region")
                    .u16(region.id)
                    .raw(&region.name)
                    .u16(region.jurisdiction)
                    .u16(region.target_bps)
                    .bool(region.enabled),
            ),
            Self::RegisterOperator { signer, id, payout } => (
                vec![ws(*signer), w(config), w(operator_at(*id)), r(SYSTEM)],
                with_payout(Data::of("register_operator").u32(*id), payout),
            ),
            Self::SetPayout { signer, id, payout } => {
                (vec![s(*signer), w(operator_at(*id))], with_payout(Data::of("set_payout"), payout))
            }
            Self::NominateOperator { signer, id, nominee } => {
                (vec![s(*signer), w(operator_at(*id))], Data::of("nominate_operator").key(nominee))
            }
            Self::AcceptOperator { signer, id } => {
                (vec![s(*signer), w(operator_at(*id))], Data::of("accept_operator"))
            }
            Self::CloseOperator { signer, id } => {
                (vec![ws(*signer), w(config), w(operator_at(*id))], Data::of("close_operator"))
            }
        };
        Instruction { program_id: PROGRAM, accounts, data: data.0 }
    }
}
