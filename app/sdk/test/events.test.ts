import { expect } from "chai";
import { TOKEN_PROGRAM_ID } from "../src";
import * as sdk from "../src/streams";
import { key } from "./builders";

const STREAMS = sdk.STREAMS_PROGRAM_ID.toBase58();
const OTHER = TOKEN_PROGRAM_ID.toBase58();

function refunded(): string {
  const event = sdk.STREAMS_IDL.events?.find(({ name }) => name === "Refunded");
  const amounts = Buffer.alloc(16);
  amounts.writeBigUInt64LE(5n);
  amounts.writeBigUInt64LE(2n ** 63n, 8);
  const data = [Buffer.from(event?.discriminator ?? []), key(1).toBuffer(), amounts];
  return `Program data: ${Buffer.concat(data).toString("base64")}`;
}

describe("sdk / decodeEvents", () => {
  const want = {
    name: "Refunded",
    fields: { book: key(1), amount: 5n, totalRefunded: 2n ** 63n },
  };

  it("reads what streams logged, around calls of other programs", () => {
    const logs = [
      `Program ${STREAMS} invoke [1]`,
      `Program ${OTHER} invoke [2]`,
      `Program ${OTHER} success`,
      refunded(),
      `Program ${STREAMS} consumed 900 of 1000 compute units`,
      `Program ${STREAMS} success`,
    ];
    expect(sdk.decodeEvents(logs)).to.deep.equal([want]);
  });

  it("leaves out the same bytes from another program, and what is no event", () => {
    const logs = [
      `Program ${STREAMS} invoke [1]`,
      `Program ${OTHER} invoke [2]`,
      refunded(),
      `Program ${OTHER} failed: custom program error: 0x1`,
      "Program data: AAAA",
      `Program log: ${refunded()}`,
      `Program ${STREAMS} success`,
      refunded(),
    ];
    expect(sdk.decodeEvents(logs)).to.deep.equal([]);
  });
});
