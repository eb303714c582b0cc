// What has to be on a machine before anything else can be said.
import { attempt } from "./run.mjs";
import { Stop } from "./stop.mjs";

const NODE = [20, 19];
const RUST = [1, 89]; // rust-version of the workspace

const older = ([major, minor], [wantedMajor, wantedMinor]) =>
  major < wantedMajor || (major === wantedMajor && minor < wantedMinor);

const numbers = (text) => (text.match(/(\d+)\.(\d+)/) ?? []).slice(1).map(Number);

export function checkTools() {
  if (process.platform !== "linux")
    throw new Stop(
      "this set-up works on Linux; elsewhere use a Debian container or Solana's own tools",
    );
  if (older(numbers(process.version), NODE))
    throw new Stop(`Node ${process.version} is too old: install Node ${NODE.join(".")} or newer`);
  const cargo = attempt(["cargo", "--version"]);
  const rustc = attempt(["rustc", "--version"]);
  if (!cargo.ok || !rustc.ok)
    throw new Stop(
      `Rust is missing: install Rust ${RUST.join(".")} or newer with cargo (rustup, or your system's packages)`,
    );
  if (older(numbers(rustc.out), RUST))
    throw new Stop(
      `${rustc.out} is too old: install Rust ${RUST.join(".")} or newer (rustup update)`,
    );
  if (!attempt(["cc", "--version"]).ok)
    throw new Stop("a C compiler is missing: apt-get install gcc libc6-dev");
}
