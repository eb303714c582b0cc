import {
  array,
  bytes,
  type Checker,
  checkArguments,
  having,
  list,
  oneOf,
  struct,
  u16,
  u64,
} from "../../arguments";
import { InvalidArgument } from "../../failure";

/** What a line's vouched total becomes: `cumulative` base units since the line was added. */
export interface Target {
  line: number;
  cumulative: bigint;
}

/**
 * What a voucher grants. Dense: one total for each line from `start` on, 8 bytes each; sparse:
 * chosen lines, 10 bytes each. Totals are cumulative; one that is not higher changes nothing.
 */
export type Targets =
  | { kind: "dense"; start: number; cumulative: bigint[] }
  | { kind: "sparse"; entries: Target[] };

/** Bytes of `voucherDomain`, with which every message begins. */
export const DOMAIN_LENGTH = 32;
const DENSE_HEADER = 1 + 2 + 4;
const SPARSE_HEADER = 1 + 4;

const sparseEntry = struct({ line: u16, cumulative: u64 });

/** What {@link targetCount} looks at. */
const targetsShape: Checker<unknown> = (value, argument) => {
  const { kind } = having({ kind: oneOf("dense", "sparse") })(value, argument);
  return having(kind === "dense" ? { cumulative: array } : { entries: array })(value, argument);
};

/** Checks targets of a caller: kinds, ranges, at least one, no line beyond 65,535. Throws {@link InvalidArgument}. */
export function checkTargets(value: unknown, argument = "targets"): Targets {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  const given = value as Record<string, unknown>;
  oneOf("dense", "sparse")(kind, `${argument}.kind`);
  const many = kind === "dense" ? `${argument}.cumulative` : `${argument}.entries`;
  const targets: Targets =
    kind === "dense"
      ? {
          kind,
          start: u16(given.start, `${argument}.start`),
          cumulative: list(u64)(given.cumulative, many),
        }
      : { kind: "sparse", entries: list(sparseEntry)(given.entries, many) };
  const count = targetCount(targets);
  if (count === 0)
    throw new InvalidArgument("ARGUMENT_RANGE", many, `${many} is empty: give a target`);
  if (targets.kind === "dense" && targets.start + count > 0x1_0000) {
    const message = `${many} reaches beyond line 65535: ${count} from ${targets.start} on`;
    throw new InvalidArgument("ARGUMENT_RANGE", many, message);
  }
  return targets;
}

/** How many lines the targets name. */
export function targetCount(targets: Targets): number {
  targetsShape(targets, "targets");
  return targets.kind === "dense" ? targets.cumulative.length : targets.entries.length;
}

/** Targets one by one. */
export function listTargets(targets: Targets): Target[] {
  checkTargets(targets);
  if (targets.kind === "sparse") return targets.entries;
  return targets.cumulative.map((cumulative, offset) => ({
    line: targets.start + offset,
    cumulative,
  }));
}

/** Length in bytes of {@link voucherMessage}. */
export function voucherMessageLength(targets: Targets): number {
  return targets.kind === "dense"
    ? DOMAIN_LENGTH + DENSE_HEADER + 8 * targets.cumulative.length
    : DOMAIN_LENGTH + SPARSE_HEADER + 10 * targets.entries.length;
}

/** The bytes that the voucher signer signs: domain of the book, then the targets in Borsh. */
export function voucherMessage(args: { domain: Uint8Array; targets: Targets }): Uint8Array {
  const shape = { domain: bytes(DOMAIN_LENGTH), targets: checkTargets };
  const { domain, targets } = checkArguments("voucherMessage", shape, args);
  const message = new Uint8Array(voucherMessageLength(targets));
  const view = new DataView(message.buffer);
  message.set(domain);
  if (targets.kind === "dense") {
    view.setUint8(32, 0);
    view.setUint16(33, targets.start, true);
    view.setUint32(35, targets.cumulative.length, true);
    targets.cumulative.forEach((total, index) => {
      view.setBigUint64(39 + 8 * index, total, true);
    });
  } else {
    view.setUint8(32, 1);
    view.setUint32(33, targets.entries.length, true);
    targets.entries.forEach(({ line, cumulative }, index) => {
      view.setUint16(37 + 10 * index, line, true);
      view.setBigUint64(39 + 10 * index, cumulative, true);
    });
  }
  return message;
}
