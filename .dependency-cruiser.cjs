// Who may import whom: `npm run check:imports`. No cycles, and only downwards:
// sdk, localnet < keeper, clients < demo, migrations < tests.
const { readFileSync } = require("node:fs");
const { parse } = require("smol-toml");

const below = (name, from, to) => ({ name, severity: "error", from, to });
const app = (...names) => `^app/(${names.join("|")})/`;
const SDK = "^app/sdk/src/";
/** Folders of programs, by their names in the one list. */
const { programs } = parse(readFileSync("Anchor.toml", "utf8"));
const PROGRAM = `${SDK}(?:generated/)?(${Object.keys(programs.localnet).join("|")})/`;

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "two files that need each other are one file, or need a third",
      severity: "error",
      from: { pathNot: "/generated/" },
      to: { circular: true },
    },
    below(
      "sources-need-no-tests",
      { path: "^(app/[^/]+/src|migrations|toolchain)/" },
      {
        path: "(^tests/|/test/)",
      },
    ),
    below(
      "sdk-stands-alone",
      { path: SDK },
      { path: app("keeper", "demo", "localnet", "client-kit", "client-umi") },
    ),
    below(
      "localnet-stands-alone",
      { path: app("localnet") },
      { path: app("sdk", "keeper", "demo"), pathNot: "/test/" },
    ),
    below(
      "clients-stand-alone",
      { path: app("client-kit", "client-umi") },
      {
        path: "^(app|tests|migrations)/",
        pathNot: app("client-kit", "client-umi"),
      },
    ),
    below(
      "keeper-needs-the-sdk-alone",
      { path: "^app/keeper/src/" },
      { path: app("demo", "localnet") },
    ),
    below(
      "keeper-engine-knows-no-program",
      { path: "^app/keeper/src/engine/" },
      { path: ["^app/keeper/src/(?!engine/)", PROGRAM] },
    ),
    below(
      "keeper-programs-need-the-engine-and-the-sdk-alone",
      { path: "^app/keeper/src/programs/([^/]+)/" },
      { path: "^app/keeper/src/", pathNot: "^app/keeper/src/(engine|programs/$1)/" },
    ),
    below(
      "sdk-core-knows-no-program",
      { path: SDK, pathNot: PROGRAM },
      {
        path: PROGRAM,
      },
    ),
    below(
      "sdk-programs-know-no-other",
      { path: PROGRAM },
      { path: PROGRAM, pathNot: `${SDK}(?:generated/)?$1/` },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(node_modules|dist|target)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
