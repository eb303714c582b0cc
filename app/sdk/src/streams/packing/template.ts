import type { PublicKey } from "@solana/web3.js";
import {
  bytes,
  checkArguments,
  having,
  oneOf,
  optional,
  publicKey,
  u16,
  u32,
  u64,
} from "../../arguments";
import { InvalidArgument } from "../../failure";
import type { Budget } from "../../tx/budget";
import { compileTransaction } from "../../tx/compile";
import { SIGNATURE_LENGTH } from "../../tx/limits";
import { DOMAIN_LENGTH } from "../vouchers/message";
import { settleInstructions } from "../vouchers/settle";
import { budgetFor, type PackOptions } from "./capacity";

/** What all transactions of a template have in common. */
export interface SettleTemplateOptions {
  format: PackOptions["format"];
  priorityFeeLamports?: bigint;
  payer: PublicKey;
  book: PublicKey;
  domain: Uint8Array;
  signer: PublicKey;
  /** First line and number of lines of the dense vouchers. */
  start: number;
  count: number;
  /** `capacity` of the book, for the limit on loaded data. */
  capacity: number;
  /** Upper bound of compute units of the settle. */
  units: number;
}

/**
 * A compiled transaction that settles one dense voucher of one book, whose variable bytes are
 * known by place: a transaction is made of it by three copies instead of by compiling.
 */
export interface SettleTemplate {
  /** Length of the message, which the payer signs. */
  messageLength: number;
  /** Length on the wire. */
  length: number;
  /** Where in the wire form the message, and the payer's signature, begin. */
  messageAt: number;
  signatureAt: number;
  /** Where in the wire form what `fill` is given stands, in order. */
  variable: { from: number; to: number }[];
  budget: Budget;
  /**
   * Writes the wire form to `out`, all but the payer's signature. `targets` in Borsh, as signed.
   * Throws {@link InvalidArgument} when they are of another length than the template's.
   */
  fill(args: {
    out: Uint8Array;
    /** 32 bytes. */
    blockhash: Uint8Array;
    signature: Uint8Array;
    targets: Uint8Array;
  }): void;
}

/** Any voucher of the right shape stands in for those to come. */
const MARK = 0xa5;
const V1_BLOCKHASH = 8;
const BLOCKHASH_LENGTH = 32;
const DISCRIMINATOR_LENGTH = 8;

const templateShape = {
  format: oneOf("v0", "v1"),
  priorityFeeLamports: optional(u64),
  payer: publicKey,
  book: publicKey,
  domain: bytes(DOMAIN_LENGTH),
  signer: publicKey,
  start: u16,
  count: u16,
  capacity: u32,
  units: u32,
};

const fillParts = having({
  out: bytes(),
  blockhash: bytes(BLOCKHASH_LENGTH),
  signature: bytes(SIGNATURE_LENGTH),
  targets: bytes(),
});

/** Compiles the template. Throws TransactionError when such a transaction is beyond a limit. */
export function settleTemplate(options: SettleTemplateOptions): SettleTemplate {
  checkArguments("settleTemplate", templateShape, options);
  const { format, payer, book, domain, signer, start, count, capacity, units } = options;
  const voucher = {
    book,
    signer,
    signature: new Uint8Array(SIGNATURE_LENGTH).fill(MARK),
    targets: { kind: "dense", start, cumulative: new Array<bigint>(count).fill(0n) } as const,
  };
  const settles = [{ book, domain, voucher, capacity, units }];
  const instructions = settleInstructions({ settles, firstIndex: 0 });
  const budget = budgetFor(settles, {
    format,
    ...(options.priorityFeeLamports && {
      limits: true,
      priorityFeeLamports: options.priorityFeeLamports,
    }),
  });
  const blockhash = payer.toBase58();
  const compiled = compileTransaction({ format, payer, blockhash, instructions, budget });
  const message = Buffer.from(compiled.message);
  const [proof, settle] = instructions.map(({ data }) => message.indexOf(data));
  const proofLength = instructions[0]?.data.length ?? 0;
  if (proof === -1 || settle === -1) throw new Error("the instructions stand in the message");
  const voucherSignatureAt = (proof ?? -1) + proofLength - SIGNATURE_LENGTH;
  const targetsAt = (settle ?? -1) + DISCRIMINATOR_LENGTH + DOMAIN_LENGTH;
  // v0 keeps the blockhash behind the addresses, whose number stands before them.
  const blockhashAt = format === "v1" ? V1_BLOCKHASH : 5 + 32 * (message[4] as number);
  const targetsLength = 7 + 8 * count;
  // v0 has the signatures in front, their number first.
  const messageAt = format === "v1" ? 0 : 1 + SIGNATURE_LENGTH;
  const signatureAt = format === "v1" ? message.length : 1;
  const spanOf = (at: number, size: number) => ({
    from: messageAt + at,
    to: messageAt + at + size,
  });
  const variable = [
    spanOf(blockhashAt, BLOCKHASH_LENGTH),
    spanOf(voucherSignatureAt, SIGNATURE_LENGTH),
    spanOf(targetsAt, targetsLength),
  ];
  const length = message.length + SIGNATURE_LENGTH + (format === "v1" ? 0 : 1);
  return {
    messageLength: message.length,
    length,
    messageAt,
    signatureAt,
    variable,
    budget,
    fill(parts) {
      const { out, blockhash: recent, signature, targets } = fillParts(parts, "parts");
      if (targets.length !== targetsLength || out.length < length) {
        const message = `targets of ${targetsLength} bytes go into ${length}, not ${targets.length} into ${out.length}`;
        throw new InvalidArgument("ARGUMENT_RANGE", "targets", message);
      }
      if (messageAt > 0) out[0] = 1;
      out.set(message, messageAt);
      out.set(recent, messageAt + blockhashAt);
      out.set(signature, messageAt + voucherSignatureAt);
      out.set(targets, messageAt + targetsAt);
    },
  };
}
