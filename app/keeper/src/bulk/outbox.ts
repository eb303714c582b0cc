import { denseSettleUnits, type SettleTemplate, settleTemplate } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import { type BookState, equal } from "./book-state";
import { signerOf } from "./crypto";
import type { Held } from "./held";
import type { Library } from "./library";
import type { ThreadOptions } from "./protocol";

/** Transactions handed over and not answered yet: enough to keep the cluster busy, no more. */
const UNDER_WAY = 192;
/** Transactions of one message to the keeper. */
const AT_ONCE = 32;
/** A template is made in milliseconds; those of books that went away must not gather. */
const TEMPLATES = 8_192;
const SIGNATURE_LENGTH = 64;
const LONGEST_WIRE = 4_096;

/** Signed transactions on their way out of the thread. */
export interface Parcel {
  held: Held[];
  /** Where they stand, one behind the other. */
  memory: SharedArrayBuffer;
  lengths: number[];
}

/** Turns stored vouchers into signed transactions, in the order of their arrival. */
export interface Outbox {
  add(held: readonly Held[]): void;
  /** The next transactions, while the blockhash, the fee allowance and the window permit. */
  next(): Parcel | undefined;
  /** Its transactions are answered, and its memory goes to another. */
  answered(parcel: Parcel): void;
  allow(transactions: number): void;
  freshen(blockhash: Uint8Array): void;
  /** Whether something waits for nothing but an allowance. */
  starved(): boolean;
  /** Vouchers that wait for their transaction. */
  waiting(): number;
}

/** A template and what it was made for. */
interface Made {
  template: SettleTemplate;
  shape: string;
  domain: Uint8Array;
  signer: Uint8Array;
}

export function createOutbox(args: {
  options: ThreadOptions;
  library: Library;
  /** Takes a voucher that no transaction can be made for as things stand. */
  putOff: (held: Held) => void;
}): Outbox {
  const { options, library } = args;
  const payer = new PublicKey(options.payer);
  const sign = signerOf(options.seed);
  const templates = new Map<string, Made>();
  let queue: Held[] = [];
  let head = 0;
  let underWay = 0;
  let allowance = 0;
  let blockhash: Uint8Array | undefined;
  const spare: SharedArrayBuffer[] = [];

  const templateOf = (held: Held, state: BookState): SettleTemplate => {
    const { start, count, signer } = held.packed;
    const key = `${held.book} ${start} ${count}`;
    const made = templates.get(key);
    const isGood =
      made !== undefined &&
      made.shape === state.shape &&
      equal(made.signer, signer) &&
      equal(made.domain, held.domain);
    if (isGood) return made.template;
    if (templates.size >= TEMPLATES) templates.clear();
    const { format, priorityFeeLamports } = options;
    const template = settleTemplate({
      format,
      ...(priorityFeeLamports > 0n && { priorityFeeLamports }),
      payer,
      book: state.address,
      domain: held.domain,
      signer: new PublicKey(signer),
      start,
      count,
      capacity: state.book.capacity,
      units: denseSettleUnits({ count, busy: state.book.busy }),
    });
    const { shape } = state;
    // A copy: the voucher's own bytes are written over by later ones.
    templates.set(key, { template, shape, domain: held.domain, signer: Uint8Array.from(signer) });
    return template;
  };

  const take = (): { held: Held; template: SettleTemplate } | undefined => {
    while (head < queue.length) {
      const held = queue[head] as Held;
      head += 1;
      if (head > 4_096 && 2 * head > queue.length) {
        queue = queue.slice(head);
        head = 0;
      }
      if (held.phase !== "stored") continue;
      const state = library.get(held.book);
      const usable =
        state !== undefined &&
        !("problem" in state) &&
        equal(state.book.voucherDomain, held.domain);
      if (usable) return { held, template: templateOf(held, state) };
      args.putOff(held);
    }
    return undefined;
  };

  return {
    add(held) {
      queue.push(...held);
    },
    next() {
      const room = Math.min(AT_ONCE, UNDER_WAY - underWay, allowance);
      if (blockhash === undefined || room <= 0) return undefined;
      const taken: { held: Held; template: SettleTemplate }[] = [];
      for (let one = take(); one !== undefined; one = take()) {
        taken.push(one);
        if (taken.length === room) break;
      }
      if (taken.length === 0) return undefined;
      const memory = spare.pop() ?? new SharedArrayBuffer(AT_ONCE * LONGEST_WIRE);
      let at = 0;
      for (const { held, template } of taken) {
        const wire = new Uint8Array(memory, at, template.length);
        at += template.length;
        const { signature, targets } = held.packed;
        template.fill({ out: wire, blockhash: blockhash as Uint8Array, signature, targets });
        const { messageAt, messageLength, signatureAt } = template;
        sign(
          wire.subarray(messageAt, messageAt + messageLength),
          wire.subarray(signatureAt, signatureAt + SIGNATURE_LENGTH),
        );
        held.phase = "sent";
      }
      underWay += taken.length;
      allowance -= taken.length;
      return {
        held: taken.map(({ held }) => held),
        memory,
        lengths: taken.map(({ template }) => template.length),
      };
    },
    answered({ held, memory }) {
      underWay -= held.length;
      spare.push(memory);
    },
    allow(transactions) {
      allowance += transactions;
    },
    freshen(recent) {
      blockhash = recent;
    },
    starved: () => allowance <= 0 && head < queue.length,
    waiting: () => queue.length - head,
  };
}
