// A worker thread starts with plain JavaScript; from here on modules may be TypeScript, whatever
// the keeper itself was started with (tsx, ts-node).
require("tsx/cjs");
require("./thread.ts");
