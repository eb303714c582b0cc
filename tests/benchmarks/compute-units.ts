import { measureStreams } from "./cases";
import { serve } from "./committed";
import { toMarkdown } from "./markdown";

serve({
  file: "compute-units",
  what: "compute units",
  command: "npm run bench:cu",
  measure: measureStreams,
  toMarkdown,
});
