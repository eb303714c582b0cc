import { type NamedProgram, PROGRAM_DIRECTORY, PROGRAM_DIRECTORY_V3 } from "@pinfi/localnet";
import type { Backend, BackendName } from "./backend";
import { startBankrun, wipedBankrun } from "./bankrun";
import { startLitesvm } from "./litesvm";
import { OTHER_DIRECTORY, type ProgramName, repositoryPrograms } from "./programs";
import { type World, worldOn } from "./world";

/**
 * Starts a fresh world that carries the programs named, by default every one of the repository; each
 * call gives another world.
 */
export type StartWorld = (programs?: readonly ProgramName[]) => Promise<World>;

/** A simulator and the version of SBPF that its programs are of: v0, the only one that bankrun runs, or v3. */
type Machine = "litesvm" | typeof V3 | "bankrun";
const V3 = "litesvm, SBPF v3 (W23)";
const CURRENT: readonly Machine[] = OTHER_DIRECTORY === undefined ? ["litesvm", V3] : ["litesvm"];
const MACHINES: readonly Machine[] = [...CURRENT, "bankrun"];

const directory = OTHER_DIRECTORY ?? PROGRAM_DIRECTORY;

/** Starts a world of {@link StartWorld}'s kind on a machine. The one before it is over. */
export async function startWorld(
  machine: Machine,
  programs?: readonly ProgramName[],
): Promise<World> {
  return worldOn(await startMachine(machine, repositoryPrograms(programs)));
}

function startMachine(machine: Machine, programs: readonly NamedProgram[]): Promise<Backend> {
  if (machine === "bankrun") return wipedBankrun(programs);
  return startLitesvm(programs, machine === V3 ? PROGRAM_DIRECTORY_V3 : directory);
}

/** Starts a world on a machine that nobody has used before, with the programs given. */
export const startFreshWorld = async (
  backend: BackendName,
  programs: readonly NamedProgram[] = [],
): Promise<World> =>
  worldOn(
    backend === "bankrun" ? await startBankrun(programs) : await startLitesvm(programs, directory),
  );

/** Runs a suite on every machine. */
export function describeWorlds(title: string, suite: (start: StartWorld) => void): void {
  describeOn(MACHINES, title, suite);
}

/**
 * Runs a suite whose result depends on signatures being checked. Such a suite proves
 * nothing on bankrun, so it has no way to run there.
 */
export function describeSigned(title: string, suite: (start: StartWorld) => void): void {
  describeOn(CURRENT, title, (start) =>
    suite(async (programs) => requireVerified(await start(programs))),
  );
}

/**
 * Runs a suite that needs a runtime of today: bankrun's 1.18 lacks the system instruction with
 * which Anchor creates an account at an address that already holds lamports.
 */
export function describeCurrent(title: string, suite: (start: StartWorld) => void): void {
  describeOn(CURRENT, title, suite);
}

function describeOn(
  machines: readonly Machine[],
  title: string,
  suite: (start: StartWorld) => void,
): void {
  for (const machine of machines) {
    describe(`${title} [${machine}]`, () => suite((programs) => startWorld(machine, programs)));
  }
}

/** @throws Error on a world that lets forged signatures pass. */
export function requireVerified(world: World): World {
  if (world.verifiesSignatures) return world;
  throw new Error(`${world.backend} does not verify signatures: this test would prove nothing`);
}
