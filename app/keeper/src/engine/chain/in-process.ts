import type { AccountInfo, PublicKey } from "@solana/web3.js";
import { turn } from "../retry";
import type { Chain, RuntimeFailure, SignatureStatus } from "./chain";
import { failureToError } from "./failure";

/** Transactions run on end, some milliseconds' worth, before sockets and timers have their turn. */
const EXECUTED_AT_ONCE = 16;

interface LocalReceipt {
  failure: RuntimeFailure | null;
  logs: string[];
  units: bigint;
}

/** What is needed of a cluster in this process; `@pinfi/localnet` has all of it. */
export interface LocalCluster {
  account(address: PublicKey): AccountInfo<Buffer> | null;
  programAccounts(program: PublicKey): { address: PublicKey; account: AccountInfo<Buffer> }[];
  balance(address: PublicKey): bigint;
  clock(): { slot: bigint; unixTimestamp: bigint };
  latestBlockhash(): { blockhash: string; lastValidSlot: bigint };
  send(wire: Uint8Array): LocalReceipt;
  execute(wire: Uint8Array): LocalReceipt;
  receipt(signature: string): LocalReceipt | null;
}

/** The chain interface over a cluster in this process. Every state is final at once. */
export function inProcessChain({ localnet }: { localnet: LocalCluster }): Chain {
  const accounts: Chain["accounts"] = async ({ addresses, signal }) => {
    await turn();
    signal?.throwIfAborted();
    return addresses.map((address) => {
      const found = localnet.account(address);
      return (
        found && {
          address,
          owner: found.owner,
          lamports: BigInt(found.lamports),
          data: found.data,
        }
      );
    });
  };
  return {
    async now() {
      const { slot, unixTimestamp } = localnet.clock();
      return { slot, unixSeconds: unixTimestamp };
    },
    accounts,
    async testify(args) {
      const reading = {
        accounts: await accounts(args),
        unixSeconds: localnet.clock().unixTimestamp,
      };
      return { readings: [reading], needed: 1, isCertain: true };
    },
    async programAccounts({ program, prefix, bytes }) {
      await turn();
      return localnet
        .programAccounts(program)
        .filter(({ account }) => account.data.subarray(0, prefix.length).equals(prefix))
        .map(({ address, account }) => ({
          address,
          owner: account.owner,
          lamports: BigInt(account.lamports),
          data: account.data.subarray(0, bytes),
        }));
    },
    async balance({ address }) {
      return localnet.balance(address);
    },
    async latestBlockhash() {
      const { blockhash, lastValidSlot } = localnet.latestBlockhash();
      return { blockhash, lastValidBlockHeight: lastValidSlot };
    },
    async finalizedBlockHeight() {
      return localnet.clock().slot;
    },
    async send({ wire, signal }) {
      await turn();
      signal?.throwIfAborted();
      const { failure, logs } = localnet.send(wire);
      // One that ran and failed is on record and is told by `statuses`, as on a cluster.
      if (failure?.kind !== "transaction" || failure.name === "AlreadyProcessed") return;
      throw failureToError({ failure, logs });
    },
    async deliver({ wires, signal }) {
      const { slot } = localnet.clock();
      const statuses: SignatureStatus[] = [];
      for (const [index, wire] of wires.entries()) {
        if (index % EXECUTED_AT_ONCE === 0) await turn();
        signal?.throwIfAborted();
        const { failure } = localnet.execute(wire);
        statuses.push({ slot, failure, settled: true });
      }
      return statuses;
    },
    async statuses({ signatures }) {
      const { slot } = localnet.clock();
      return signatures.map((signature) => {
        const receipt = localnet.receipt(signature);
        return receipt === null ? undefined : { slot, failure: receipt.failure, settled: true };
      });
    },
    async landed({ signature }) {
      const receipt = localnet.receipt(signature);
      return { computeUnits: receipt?.units, costUnits: undefined, logs: receipt?.logs ?? [] };
    },
  };
}
