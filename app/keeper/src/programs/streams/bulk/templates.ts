import { denseSettleUnits, type SettleTemplate, settleTemplate } from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import type { SignCopy, TemplateSigner } from "../../../engine/tx/template-signer";
import { type BookState, equal } from "./book-state";
import type { BulkVoucher } from "./bulk-voucher";
import type { ThreadOptions } from "./protocol";

/** A template is made in milliseconds; those of books that went away must not gather. */
const MOST = 8_192;

/** A template and what it was made for. */
interface Made {
  template: SettleTemplate;
  sign: SignCopy;
  capacity: number;
  units: number;
  domain: Uint8Array;
  signer: Uint8Array;
}

/** Transaction templates, one for each book and span of lines, made anew when the book has changed. */
export interface Templates {
  /** For a voucher that its book, as it is known, listens to. */
  of(voucher: BulkVoucher, state: BookState): Pick<Made, "template" | "sign">;
}

export function createTemplates(
  options: Pick<ThreadOptions, "format" | "priorityFeeLamports"> & { signer: TemplateSigner },
): Templates {
  const { format, priorityFeeLamports } = options;
  const { payer, admit } = options.signer;
  const templates = new Map<string, Made>();

  return {
    of({ book, domain, packed }, state) {
      const { start, count, signer, targets } = packed;
      const { capacity, busy } = state.book;
      // The key may be another than at acceptance: the former one's vouchers cost more to settle.
      const present = state.delegations.find(({ former }) => !former);
      const former = present === undefined || !equal(present.bytes, signer);
      const units = denseSettleUnits({ count, busy, former });
      const key = `${book} ${start} ${count}`;
      const known = templates.get(key);
      const isGood =
        known !== undefined &&
        known.capacity === capacity &&
        known.units === units &&
        equal(known.signer, signer) &&
        equal(known.domain, domain);
      if (isGood) return known;
      if (templates.size >= MOST) templates.clear();
      const template = settleTemplate({
        format,
        ...(priorityFeeLamports > 0n && { priorityFeeLamports }),
        payer,
        book: state.address,
        domain,
        signer: new PublicKey(signer),
        start,
        count,
        capacity,
        units,
      });
      const wire = new Uint8Array(template.length);
      template.fill({ out: wire, blockhash: domain, signature: packed.signature, targets });
      const { messageAt, messageLength, signatureAt, variable } = template;
      const message = { from: messageAt, to: messageAt + messageLength };
      const sign = admit({ wire, message, signatureAt, variable });
      // A copy: the voucher's own bytes are written over by later ones.
      const copy = Uint8Array.from(signer);
      const made = { template, sign, capacity, units, domain, signer: copy };
      templates.set(key, made);
      return made;
    },
  };
}
