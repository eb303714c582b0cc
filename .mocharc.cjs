const { availableParallelism } = require("node:os");

module.exports = {
  extension: ["ts"],
  timeout: 1_000_000,
  reporter: "spec",
  // Of --parallel: as many test files at once. What they print comes file by file.
  jobs: availableParallelism(),
};
