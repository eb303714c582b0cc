import * as crypto from "node:crypto";
import { startLocalnet } from "@pinfi/localnet";
import { createWorld } from "/work/main/app/keeper/test/support/world";
import * as sdk from "@pinfi/sdk";
import { Keypair } from "@solana/web3.js";
import { LiteSVM } from "litesvm";
import Database from "libsql";
function time(name: string, n: number, f: (i: number) => void) {
  const c0 = process.cpuUsage(); const t0 = performance.now();
  for (let i = 0; i < n; i++) f(i);
  const c = process.cpuUsage(c0);
  console.log(name, ((performance.now()-t0)*1000/n).toFixed(1), "us wall", ((c.user+c.system)/n).toFixed(1), "us cpu");
}
const kp = crypto.generateKeyPairSync("ed25519");
const msg = crypto.randomBytes(3690); const tx = crypto.randomBytes(4000);
let sig = crypto.sign(null, msg, kp.privateKey);
time("sign 4k", 2000, () => { crypto.sign(null, tx, kp.privateKey); });
time("verify 3.7k", 2000, () => { if (!crypto.verify(null, msg, kp.publicKey, sig)) throw 1; });
const N = Number(process.argv[2] ?? 4);
const world = createWorld();
const v1 = sdk.maxDenseTargets("v1"); console.log({v1});
const lines = 456;
const books: any[] = [];
let t = performance.now();
for (let b = 0; b < N; b++) books.push(world.openBook({ lines, payeeAccounts: false, depositPerLine: 1000000n }));
console.log("setup", performance.now()-t);
const wires: Uint8Array[] = [];
const R = 20;
for (let r = 1; r <= R; r++) for (const open of books) {
  const voucher = world.voucher(open, {kind:"dense", start:0, cumulative: new Array(lines).fill(BigInt(r))});
  const book = world.book(open.address);
  const s = sdk.settleOf({address: open.address, book, voucher});
  const [batch] = sdk.packSettles({settles:[s], payer: world.authority.publicKey, format:"v1"});
  const u = sdk.compileTransaction({...batch!, blockhash: world.localnet.latestBlockhash().blockhash});
  wires.push(sdk.signTransaction({transaction:u, signers:[world.authority]}));
}
console.log("wire", wires[0]!.length);
const half = wires.length/2;
time("localnet.send", half, (i) => { const r = world.localnet.send(wires[i]!); if (r.failure) throw new Error(JSON.stringify(r)); });
time("localnet.receipt", 100, (i) => { world.localnet.receipt("x"); });
time("localnet.account", 100, (i) => { world.localnet.account(books[0].address); });
time("decodeBook", 20, (i) => { sdk.decodeBook(world.localnet.account(books[0].address)!); });
// raw
const orig = LiteSVM.prototype.sendTransaction; let inner: any;
LiteSVM.prototype.sendTransaction = function (tx: any) { inner = (this as any).inner; return orig.call(this, tx); };
world.localnet.send(wires[half]!);
time("inner.send", half-1, (i) => { const r = inner.sendVersionedTransaction(wires[half+1+i]!); if (r.err) throw new Error(r.toString()); });
console.log(world.book(books[0].address).lines[455]!.vouched);
time("inner.getAccount", 100, () => { inner.getAccount(books[0].address.toBytes()).data(); });
