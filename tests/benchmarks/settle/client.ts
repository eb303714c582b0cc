import { Agent, request } from "node:http";
import { parentPort } from "node:worker_threads";
import { emptyAnswer } from "../../../app/keeper/src/programs/streams/bulk/answer";

/** What the client is told: post these bodies, so many at a time. */
export interface Posting {
  url: string;
  bodies: Uint8Array[];
  /** Requests open at once. */
  atOnce: number;
}

/** What the keeper answered to all of them together. */
export interface Posted {
  accepted: number;
  others: string[];
}

const agent = new Agent({ keepAlive: true });

function post(url: string, body: Uint8Array): Promise<{ accepted: number; rest: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-ndjson", "content-length": body.length };
    const sent = request(`${url}/vouchers/bulk`, { method: "POST", agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        const answer = JSON.parse(text) as { accepted?: number };
        const { accepted = 0, ...others } = answer;
        resolve({ accepted, rest: JSON.stringify(others) });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function postAll({ url, bodies, atOnce }: Posting): Promise<Posted> {
  const posted: Posted = { accepted: 0, others: [] };
  const { accepted: _, ...empty } = emptyAnswer();
  const nothingElse = JSON.stringify(empty);
  const queue = bodies.values();
  const poster = async (): Promise<void> => {
    for (const body of queue) {
      const { accepted, rest } = await post(url, body);
      posted.accepted += accepted;
      if (rest !== nothingElse) posted.others.push(rest);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, poster));
  return posted;
}

parentPort?.on("message", (posting: Posting) => {
  void postAll(posting).then(
    (posted) => parentPort?.postMessage(posted),
    (error: unknown) => parentPort?.postMessage({ accepted: 0, others: [String(error)] }),
  );
});
