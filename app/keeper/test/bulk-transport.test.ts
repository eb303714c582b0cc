import { assert } from "chai";
import { pino } from "pino";
import type { Chain, SignatureStatus } from "../src/engine/chain/chain";
import { ProgramFailure, RpcError } from "../src/engine/errors";
import type { Explain } from "../src/engine/explain";
import { createTransport } from "../src/programs/streams/bulk/transport";

const LANDED: SignatureStatus = { slot: 7n, failure: null, settled: true };
const FINALIZED = 10n;
const LAST_VALID = 100n;

describe("keeper / bulk transactions in flight", () => {
  const forever = new AbortController().signal;
  const wire = new Uint8Array(200).fill(1);

  /** What becomes of a transaction where each hand-over ends so, and its status is known after the last. */
  const resultAfter = async (handOvers: readonly (Error | undefined)[]): Promise<string> => {
    let handed = 0;
    const chain: Partial<Chain> = {
      async send() {
        const error = handOvers[handed];
        handed += 1;
        if (error !== undefined) throw error;
      },
      finalizedBlockHeight: async () => FINALIZED,
      statuses: async ({ signatures }) =>
        signatures.map(() => (handed < handOvers.length ? undefined : LANDED)),
    };
    const log = pino({ level: "silent" });
    const options = { format: "v0" as const, inFlight: 1, resendMs: 1, pollMs: 1, log };
    const explain: Explain = (failure) => failure;
    const transport = createTransport({ chain: chain as Chain, explain, ...options });
    const [sent] = await transport([wire], LAST_VALID, forever);
    return sent?.result ?? "nothing";
  };
  const refused = (code: string): Error => new ProgramFailure({ code, message: code, logs: [] });

  it("W25r: its status decides where its own landing refuses it after a lost answer", async () => {
    const lost = new RpcError("the node could not be asked: other side closed");
    assert.equal(await resultAfter([lost, refused("AlreadyProcessed")]), "landed");
    assert.equal(await resultAfter([undefined, refused("VoucherNotNewer")]), "landed");
  });

  it("W25r: its status decides where a killed keeper had sent the same bytes", async () => {
    assert.equal(await resultAfter([refused("AlreadyProcessed")]), "landed");
  });

  it("W25r: any other refusal of the first hand-over is certain", async () => {
    assert.equal(await resultAfter([refused("BookClosed")]), "failed");
  });
});
