import type { FetchFn } from "@solana/web3.js";
import { AnswerTooLongError, MethodUnavailableError, RpcError } from "../errors";

/** Longest answer that is read. The largest account there is (10 MiB) takes 14 MB in base64. */
const ANSWER_LIMIT_BYTES = 16 * 1024 * 1024;
/** The same where an answer lists many accounts of unknown number. */
const LIST_LIMIT_BYTES = 64 * 1024 * 1024;
/** Errors are short: longer answers are not looked into for one. */
const ERROR_BYTES = 64 * 1024;
/** A node's own words are quoted up to this length. */
const QUOTED = 300;

/** Methods whose errors tell what became of a transaction: others read them. */
const TELL_OF_TRANSACTIONS = new Set(["sendTransaction", "simulateTransaction"]);
/** HTTP statuses and JSON-RPC codes of a node that does not serve a method, now or later. */
const NOT_SERVED = new Set([405, 410, 501, -32601, -32010]);

interface NodeError {
  code?: unknown;
  message?: unknown;
}

interface RpcAnswer {
  error?: NodeError;
}

/**
 * `fetch` for a JSON-RPC node that is never trusted to answer well: each request has a
 * time limit for its whole answer, and anything but a JSON answer is an RpcError
 * (proxies answer 200 or 503 with HTML; web3.js would put all of it into its message). Errors name
 * the method and quote the node, whatever form its answer has, and carry its `Retry-After`.
 *
 * Rejects with RpcError; of it, with AnswerTooLongError and MethodUnavailableError.
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
    const { method, id } = JSON.parse(String(init?.body)) as { method: string; id: unknown };
    try {
      const response = await fetch(input, {
        method: "POST",
        headers: { ...init?.headers, ...(authorization !== undefined && { authorization }) },
        body: init?.body ?? null,
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      const text = await readLimited(response, method);
      const answer = text.length <= ERROR_BYTES ? parse(text) : undefined;
      if (!response.ok || !isJson(text)) throw failedAnswer({ method, response, text, answer });
      const { status, headers } = response;
      if (answer?.error === undefined) return new Response(text, { status, headers });
      if (!TELL_OF_TRANSACTIONS.has(method)) throw refusal(method, answer.error);
      // web3.js reads an error only under the id that it has given, and with a text for a message.
      const error = { ...answer.error, message: String(answer.error.message) };
      return new Response(JSON.stringify({ jsonrpc: "2.0", id, error }), { status, headers });
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

async function readLimited(response: Response, method: string): Promise<string> {
  const limit = method === "getProgramAccounts" ? LIST_LIMIT_BYTES : ANSWER_LIMIT_BYTES;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > limit) throw new AnswerTooLongError(method, limit);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Enough to tell an answer from a proxy's page; a torn answer fails in web3.js' own parser. */
const isJson = (text: string): boolean => /^\s*[{[]/.test(text);

function parse(text: string): RpcAnswer | undefined {
  try {
    return (JSON.parse(text) ?? undefined) as RpcAnswer | undefined;
  } catch {
    return undefined;
  }
}

/** An HTTP status that is none of success, or an answer that is no JSON. */
function failedAnswer(args: {
  method: string;
  response: Response;
  text: string;
  answer: RpcAnswer | undefined;
}): RpcError {
  const { method, response, text, answer } = args;
  const { status, statusText } = response;
  const said = answer?.error?.message;
  if (NOT_SERVED.has(status)) {
    return new MethodUnavailableError({ method, reason: status, said: quoted(said ?? statusText) });
  }
  if (answer?.error !== undefined && isNotServed(answer.error))
    return refusal(method, answer.error);
  const problem = isJson(text) ? quoted(said ?? statusText) : "without JSON";
  const message = `${method}: the node answered ${status} ${problem}`;
  return new RpcError(message, undefined, retryAfter(response));
}

const isNotServed = (error: NodeError): error is NodeError & { code: number } =>
  typeof error.code === "number" && NOT_SERVED.has(error.code);

function refusal(method: string, error: NodeError): RpcError {
  const said = quoted(error.message);
  if (isNotServed(error)) return new MethodUnavailableError({ method, reason: error.code, said });
  return new RpcError(`${method}: the node answered: ${said} (${quoted(error.code)})`);
}

const quoted = (said: unknown): string => String(said).slice(0, QUOTED);

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
