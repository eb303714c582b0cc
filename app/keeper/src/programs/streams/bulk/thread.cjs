// A worker thread starts with plain JavaScript; from here on modules may be TypeScript, whatever
// the keeper itself was started with (tsx, ts-node). The first argument names the thread.
require("tsx/cjs");
require(process.argv[2] === "disk" ? "./disk.ts" : "./thread.ts");
