// Command line options: --name value, --name (a flag). Unknown ones are refused.
import { parseArgs } from "node:util";
import { Stop } from "./stop.mjs";

export function readArguments(options, usage) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Stop(`${error.message.split("\n")[0]}\n${usage}`);
  }
}

/** A whole number from `lowest` up, or a refusal that names the option. */
export function wholeNumber(name, text, lowest) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= lowest) return value;
  throw new Stop(`--${name} must be a whole number, at least ${lowest}, not "${text}"`);
}
