// The client of the benchmark, in a thread of its own: whoever posts vouchers is not the keeper.
require("tsx/cjs");
require("./client.ts");
