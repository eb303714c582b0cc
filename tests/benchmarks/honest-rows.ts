import type { Bench, HonestCall } from "../kit/call";
import { type Case, measure, type Table } from "./measure";

/**
 * Rows of the instructions of a program that have none in `measured`: each is its honest call, on a
 * bench of its own.
 */
export async function honestRows<B extends Bench, C extends HonestCall<B>>(args: {
  program: string;
  calls: Readonly<Record<string, C>>;
  begin(call: C): Promise<B>;
  measured: Table;
  /** Who pays and who signs, where it is not who does in the tests of streams. */
  people?: Pick<Case, "feePayer" | "signers">;
}): Promise<Table> {
  const { program, calls, begin, measured, people } = args;
  const names = Object.keys(measured);
  const rows: Table = {};
  for (const [name, call] of Object.entries(calls)) {
    const row = `${program}.${name}`;
    if (names.some((one) => one === row || one.startsWith(`${row}.`))) continue;
    const bench = await begin(call);
    await call.prepare?.(bench);
    rows[row] = await measure(bench, { ...people, instructions: await call.instructions(bench) });
  }
  return rows;
}
