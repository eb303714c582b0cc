import { measureStreams } from "./cases";
import { serve } from "./committed";
import { toMarkdown } from "./markdown";
import { measureRegistry } from "./registry-cases";

/** What measures the instructions of each program. */
const PROGRAMS = [measureRegistry, measureStreams];

serve({
  file: "compute-units",
  what: "compute units",
  command: "npm run bench:cu",
  measure: async () =>
    Object.assign({}, ...(await Promise.all(PROGRAMS.map((measure) => measure())))),
  toMarkdown,
});
