import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { assert } from "chai";
import { repositoryPrograms } from "../harness/programs";

/** As `solana-security-txt` has it: names and values, each ended by a zero byte, between two marks. */
const BEGIN = "=======BEGIN SECURITY.TXT V1=======\0";
const END = "=======END SECURITY.TXT V1=======\0";
/** Where a build leaves a program, in either version of SBPF. */
const FOLDERS = ["target/deploy", "target/simulators", "target/simulators/v3"];
const KINDS = ["email", "link", "discord", "telegram", "twitter", "other"];

/** The fields of the one security.txt in a program's file. */
function securityTxt(file: string): Map<string, string> {
  const parts = readFileSync(resolve(__dirname, "../..", file))
    .toString("latin1")
    .split(BEGIN);
  assert.lengthOf(parts, 2, `${file}: one security.txt`);
  const [text, ...others] = (parts[1] ?? "").split(END);
  assert.lengthOf(others, 1, `${file}: one end`);
  const pieces = (text ?? "").split("\0");
  assert.equal(pieces.pop(), "", `${file}: the last value is ended, too`);
  const fields = new Map<string, string>();
  for (let at = 0; at < pieces.length; at += 2) {
    const [name, value] = [pieces[at] ?? "", pieces[at + 1] ?? ""];
    assert.isFalse(fields.has(name), `${file}: ${name} stands once`);
    assert.isNotEmpty(value, `${file}: ${name}`);
    fields.set(name, value);
  }
  return fields;
}

describe("every program says whom to tell of a fault in it", () => {
  for (const { name, address } of repositoryPrograms())
    for (const folder of FOLDERS)
      it(`${folder}/${name}.so`, () => {
        const { contacts = "", ...fields } = Object.fromEntries(
          securityTxt(`${folder}/${name}.so`),
        );
        assert.deepEqual(fields, {
          name: `PinFi ${name}`,
          project_url: `https://explorer.solana.com/address/${address.toBase58()}`,
          policy: "Tell the contact before anybody else.",
          preferred_languages: "en",
        });
        for (const contact of contacts.split(",")) {
          const [kind = "", ...rest] = contact.split(":");
          assert.include(KINDS, kind);
          assert.isNotEmpty(rest.join(":"));
        }
      });
});
