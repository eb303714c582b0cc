import { setMaxListeners } from "node:events";
import { Agent, request } from "node:http";
import { type Voucher, voucherToJson } from "@pinfi/sdk/streams";
import { RunError } from "./errors";

/** Vouchers in one request: a payer's burst travels together. */
const VOUCHERS_A_REQUEST = 64;

/** Attempts while the keeper says that it is busy, and the pause between two of them. */
const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** What the keeper says about one voucher. */
interface VoucherAnswer {
  status: "accepted" | "superseded" | "refused" | "unavailable";
  code?: string;
  message?: string;
}

/** A connection to a keeper, over HTTP with keep-alive. */
export interface Poster {
  /**
   * Posts vouchers; resolves when the keeper holds each, or one as good, on its disk.
   *
   * @throws RunError when one is refused, or the keeper stays busy
   */
  post(vouchers: readonly Voucher[]): Promise<void>;
  /** What was posted so far. */
  posted(): { vouchers: number; bytes: number };
  close(): void;
}

function send({
  url,
  agent,
  body,
  signal,
}: {
  url: URL;
  agent: Agent;
  body: Buffer;
  signal?: AbortSignal;
}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const sent = request(url, { method: "POST", agent, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function refused(message: string): RunError {
  return new RunError({ code: "VoucherRefused", message: `the keeper did not take ${message}` });
}

export function createPoster({
  url,
  concurrency,
  signal,
}: {
  /** Address of the keeper's intake. */
  url: string;
  /** Connections; requests beyond it wait for one. */
  concurrency: number;
  signal?: AbortSignal;
}): Poster {
  // Every request under way listens to it: many listeners are no leak here.
  if (signal !== undefined) setMaxListeners(0, signal);
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const target = new URL("/vouchers/batch", url);
  let count = 0;
  let bytes = 0;

  /** Posts one batch; returns the vouchers that the keeper could not take just now. */
  const attempt = async (vouchers: readonly Voucher[]): Promise<Voucher[]> => {
    const body = Buffer.from(JSON.stringify(vouchers.map(voucherToJson)));
    const { status, text } = await send({ url: target, agent, body, signal });
    if (status === 503) return [...vouchers];
    if (status !== 200) throw refused(`a request: HTTP ${status} ${text}`);
    bytes += body.length;
    const { results } = JSON.parse(text) as { results: VoucherAnswer[] };
    return vouchers.filter((_, index) => {
      const outcome = results[index];
      if (outcome?.status === "accepted" || outcome?.status === "superseded") return false;
      if (outcome?.status === "unavailable") return true;
      throw refused(`a voucher: ${outcome?.code ?? "no answer"}: ${outcome?.message ?? text}`);
    });
  };

  const postBatch = async (vouchers: readonly Voucher[]): Promise<void> => {
    let left = [...vouchers];
    for (let tries = 0; tries < ATTEMPTS; tries++) {
      left = await attempt(left);
      if (left.length === 0) {
        count += vouchers.length;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    throw refused(`${left.length} vouchers in ${(ATTEMPTS * PAUSE_MS) / 1000} s: it stays busy`);
  };

  return {
    async post(vouchers) {
      const batches: Promise<void>[] = [];
      for (let at = 0; at < vouchers.length; at += VOUCHERS_A_REQUEST) {
        batches.push(postBatch(vouchers.slice(at, at + VOUCHERS_A_REQUEST)));
      }
      await Promise.all(batches);
    },
    posted: () => ({ vouchers: count, bytes }),
    close: () => agent.destroy(),
  };
}
