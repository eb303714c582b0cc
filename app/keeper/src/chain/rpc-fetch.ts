import type { FetchFn } from "@solana/web3.js";
import { RpcError } from "../errors";

/** Longest answer that is read: a full page of 100 accounts of 100 kB in base64, twice over. */
const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * `fetch` for a JSON-RPC node that is never trusted to answer well: each request has a
 * time limit for its whole answer, and anything but a JSON answer is an RpcError
 * (proxies answer 200 or 503 with HTML; web3.js would put all of it into its message). An error
 * carries what the node says in `Retry-After`.
 */
export function rpcFetch(args: {
  timeoutMs: number;
  /** Value of the `Authorization` header. */
  authorization?: string | undefined;
  signal?: AbortSignal | undefined;
}): FetchFn {
  const { timeoutMs, authorization, signal } = args;
  const checked = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(input, {
        method: "POST",
        headers: { ...init?.headers, ...(authorization !== undefined && { authorization }) },
        body: init?.body ?? null,
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      const { status, statusText } = response;
      const text = await readLimited(response);
      const problem = isJson(text) ? statusText : "without JSON";
      if (!response.ok || !isJson(text)) {
        throw new RpcError(
          `the node answered ${status} ${problem}`,
          undefined,
          retryAfter(response),
        );
      }
      return new Response(text, { status: response.status, headers: response.headers });
    } catch (cause) {
      if (cause instanceof RpcError) throw cause;
      signal?.throwIfAborted();
      const why = limit.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(cause);
      throw new RpcError(`the node could not be asked: ${why}`, cause);
    }
  };
  // web3.js is typed for node-fetch; the parts it uses are the same.
  return checked as unknown as FetchFn;
}

async function readLimited(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > ANSWER_LIMIT_BYTES) throw new RpcError("the node's answer is too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Enough to tell an answer from a proxy's page; a torn answer fails in web3.js' own parser. */
const isJson = (text: string): boolean => /^\s*[{[]/.test(text);

/** Milliseconds; the header is in seconds or a date. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return ms > 0 ? ms : undefined;
}

/** `fetch failed` hides what happened in its cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error
    ? `${thrown.message}: ${thrown.cause.message}`
    : thrown.message;
}
