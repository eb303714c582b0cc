//! Whether this runtime refuses what is forged at all. Without that, nothing below would prove
//! anything.

use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use super::stage::Stage;
use crate::streams::action::Action;

/// Each forgery refused for its own reason, and the honest twin of each accepted.
pub fn check(stage: &mut Stage) -> Result<(), String> {
    let places = stage.places;
    let (victim, thief) = (places.person(1), places.person(2));
    let transfer = Action::Lamports { from: victim, to: thief, amount: 1_000_000 };
    let instructions = transfer.instructions(places);

    let unsigned = stage.chain.send(&instructions, &[]);
    expect(&unsigned.error, "SignatureFailure", "a transfer its owner did not sign")?;

    let message = Message::new(&instructions, Some(&victim));
    let mut signature = *places.people[1].sign_message(&message.serialize()).as_array();
    signature[20] ^= 1;
    let forged = VersionedTransaction {
        signatures: vec![Signature::from(signature)],
        message: VersionedMessage::Legacy(message),
    };
    let forged = stage.chain.submit(forged);
    expect(&forged.error, "SignatureFailure", "a signature with one bit changed")?;

    let keys: Vec<&Keypair> = places.people.iter().collect();
    let honest = stage.chain.send(&instructions, &keys);
    expect(&honest.error, "", "an honest transfer")?;

    let voucher = stage.genuine[0].clone();
    let mut broken = stage.settle(std::slice::from_ref(&voucher), false, false).remove(0);
    let honest = stage.settle(&[voucher], false, false);
    let at = broken.data.len() - 10;
    broken.data[at] ^= 1;
    let refused = stage.chain.send(&[broken, honest[1].clone()], &[]);
    expect(&refused.error, "InstructionError(0, ", "a voucher signature with one bit changed")?;
    let accepted = stage.chain.send(&honest, &[]);
    expect(&accepted.error, "", "an honest voucher")?;

    let after = stage.chain.look(&stage.view)?;
    stage.restore(&after);
    Ok(())
}

fn expect(error: &str, wanted: &str, what: &str) -> Result<(), String> {
    let right = match wanted {
        "" => error.is_empty(),
        wanted => error.contains(wanted),
    };
    match right {
        true => Ok(()),
        false => Err(format!("TRUTH: {what} ended with \"{error}\", not \"{wanted}\"")),
    }
}
