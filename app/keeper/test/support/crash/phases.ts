import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ED25519_PROGRAM_ID } from "@pinfi/sdk";
import type { Random } from "../../../../../tests/harness/random";
import type { RpcNode } from "../rpc-node";

/**
 * What a keeper was doing; `sent`: the node has it, the chain has not; `landed`: not yet learned.
 * `feed`: the bulk thread's own way; `posted`: without an answer as yet.
 */
export const PHASES = [
  "starting",
  "intake",
  "settle sent",
  "settle landed",
  "claim sent",
  "claim landed",
  "feed posted",
  "feed answered",
  "feed sent",
  "feed landed",
] as const;
export type Phase = (typeof PHASES)[number];

export const isFeedPhase = (phase: Phase): boolean => phase.startsWith("feed");

/** Longest that the node holds a request back, ms; a late one is held until after a restart. */
const HOLD_MS = 20;
const LATE_MS = 600;

/** Watches a node, tells what its keeper does, and makes the network unsure. */
export interface PhaseWatch {
  phase: Phase;
  /** A new keeper is started: what its predecessor has left with the node tells nothing of it. */
  restarted(): void;
  /** Resolves when the phase is reached. */
  reached(phase: Phase): Promise<void>;
  /** An acknowledgement came: the keeper is up and takes vouchers. */
  acknowledged(): void;
  /** A feed went out, or its answer came. */
  feed(what: "posted" | "answered"): void;
  /** No more losses and delays. */
  calm(): void;
}

export function watchPhases(args: {
  node: RpcNode;
  random: Random;
  /** What the settlement of a fed voucher has in it, and no other transaction. */
  feedMark: Buffer;
}): PhaseWatch {
  const { node, random, feedMark } = args;
  const waiting = new Map<Phase, (() => void)[]>();
  let rough = true;
  let keeper = 0;
  /** Of each transaction handed over: which keeper's it is, and what it is for. */
  const handedOver = new WeakMap<ServerResponse, { keeper: number; kind: Kind }>();

  const enter = (phase: Phase, of = keeper): void => {
    if (of !== keeper) return;
    watch.phase = phase;
    for (const resolve of waiting.get(phase) ?? []) resolve();
    waiting.delete(phase);
  };
  const watch: PhaseWatch = {
    phase: "starting",
    restarted() {
      keeper += 1;
      waiting.clear();
      watch.phase = "starting";
    },
    reached: (phase) =>
      new Promise((resolve) => waiting.set(phase, [...(waiting.get(phase) ?? []), resolve])),
    acknowledged() {
      const busy = watch.phase !== "starting" && watch.phase !== "intake";
      if (!busy) enter("intake");
    },
    feed: (what) => enter(`feed ${what}`),
    calm() {
      rough = false;
    },
  };

  node.interfere = async (method, response, params) => {
    if (method === "getTransaction") enter("intake");
    if (method !== "sendTransaction") return false;
    const kind = kindOf(Buffer.from(String(params[0]), "base64"), feedMark);
    handedOver.set(response, { keeper, kind });
    enter(`${kind} sent`);
    if (!rough) return false;
    const fate = random.below(20);
    await sleep(fate === 0 ? LATE_MS : random.below(HOLD_MS));
    // Lost on the way: the keeper sends it again.
    const lost = fate === 1 || fate === 2;
    if (lost) response.writeHead(503).end("busy");
    return lost;
  };
  node.performed = async (_method, response) => {
    const sent = handedOver.get(response);
    if (sent === undefined) return;
    enter(`${sent.kind} landed`, sent.keeper);
    if (!rough) return;
    await sleep(random.below(HOLD_MS));
    // Landed, and the keeper is not told.
    if (random.below(10) === 0) response.destroy();
  };
  return watch;
}

type Kind = "settle" | "claim" | "feed";

function kindOf(wire: Buffer, feedMark: Buffer): Kind {
  if (wire.includes(feedMark)) return "feed";
  // Settlements alone name the ed25519 program.
  return wire.includes(ED25519_PROGRAM_ID.toBuffer()) ? "settle" : "claim";
}
