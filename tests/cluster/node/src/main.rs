//! A Solana JSON-RPC node on this machine: Surfpool, with its defaults for mainnet, offline.
//! `cluster-node PORT DATABASE [FEATURE]...` answers HTTP on PORT and WebSocket on PORT + 1, where
//! Solana's clients look for it. The chain is kept in the SQLite file DATABASE, after every
//! transaction. A FEATURE is the address of a feature gate that mainnet has not opened yet.
//! It ends when its standard input does, so that no node outlives whoever started it.
use std::{error::Error, io, process::exit, thread};

use crossbeam_channel::{Receiver, unbounded};
use surfpool_core::{
    runloops::start_local_surfnet_runloop,
    surfnet::{
        locker::SurfnetSvmLocker,
        svm::{SurfnetSvm, SurfnetSvmConfig},
    },
};
use surfpool_types::{
    BlockProductionMode, RpcConfig, SimnetConfig, SimnetEvent, SurfpoolConfig, SvmFeatureConfig,
};

/// As on the public clusters.
const SLOT_MS: u64 = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, database, features @ ..] = arguments.as_slice() else {
        return Err("usage: cluster-node PORT DATABASE [FEATURE]...".into());
    };
    let port: u16 = port.parse()?;
    let ws_port = port.checked_add(1).ok_or("PORT must be below 65535")?;

    let mut feature_config = SvmFeatureConfig::default();
    for feature in features {
        feature_config = feature_config.enable(feature.parse()?);
    }

    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        exit(0);
    });

    let simnet = SimnetConfig {
        offline_mode: true,
        remote_rpc_url: None,
        slot_time: SLOT_MS,
        block_production_mode: BlockProductionMode::Clock,
        instruction_profiling_enabled: false,
        ..SimnetConfig::default()
    };
    let (svm, events, geyser_events) = SurfnetSvm::new_with_db(
        Some(database.as_str()),
        SurfnetSvmConfig {
            feature_config,
            surfnet_id: simnet.surfnet_id.clone(),
            slot_time: simnet.slot_time,
            instruction_profiling_enabled: simnet.instruction_profiling_enabled,
            ..SurfnetSvmConfig::default()
        },
    )?;
    thread::spawn(|| report(events));

    let config = SurfpoolConfig {
        simnets: vec![simnet],
        rpc: RpcConfig {
            bind_host: "127.0.0.1".into(),
            bind_port: port,
            ws_port,
            ..RpcConfig::default()
        },
        ..SurfpoolConfig::default()
    };
    let (commands_tx, commands_rx) = unbounded();
    let node = start_local_surfnet_runloop(
        SurfnetSvmLocker::new(svm),
        config,
        commands_tx,
        commands_rx,
        geyser_events,
    );
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(node)
}

/// Takes the node's events off their channel, and shows those that tell of trouble.
fn report(events: Receiver<SimnetEvent>) {
    for event in events {
        match event {
            SimnetEvent::CoreStarted(_) => println!("ready"),
            SimnetEvent::ErrorLog(_, text) | SimnetEvent::WarnLog(_, text) => eprintln!("{text}"),
            SimnetEvent::Aborted(why) => {
                eprintln!("{why}");
                exit(1);
            }
            _ => {}
        }
    }
}
