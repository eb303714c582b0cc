// A worker thread starts with plain JavaScript; from here on modules may be TypeScript, whatever
// the keeper itself was started with (tsx, ts-node). In a package, what follows is built into this file.
require("tsx/cjs");
require("./thread-main.ts");
