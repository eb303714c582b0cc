import { parentPort, workerData } from "node:worker_threads";

/*
 * What runs in the threads of the bulk path; the first argument names the one. Neither loads the
 * other's modules.
 */

if (parentPort !== null) {
  if (process.argv[2] === "disk") {
    const { serveDisk }: typeof import("./disk") = require("./disk");
    serveDisk(parentPort, workerData);
  } else {
    const { serveBulk }: typeof import("./feed-thread") = require("./feed-thread");
    void serveBulk(parentPort, workerData);
  }
}
