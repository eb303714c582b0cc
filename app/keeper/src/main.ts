#!/usr/bin/env node
import { configReader, maskConfig } from "./config";
import { runCommand } from "./engine/cli";
import { openLibsqlStore, startKeeper } from "./keeper";

void runCommand({
  name: "pinfi-keeper",
  description: "Settles vouchers, pushes claims and closes lines of the streams program.",
  config: configReader,
  mask: maskConfig,
  openStore: openLibsqlStore,
  start: startKeeper,
});
