import type { NamedProgram } from "@pinfi/localnet";
import type { BackendName } from "./backend";
import { startBankrun, wipedBankrun } from "./bankrun";
import { startLitesvm } from "./litesvm";
import { repositoryPrograms } from "./programs";
import { type World, worldOn } from "./world";

/** Starts a fresh world; each call gives another one. */
export type StartWorld = () => Promise<World>;

/** Starts a world that carries every program of the repository. The one before it is over. */
export async function startWorld(backend: BackendName): Promise<World> {
  const programs = repositoryPrograms();
  return worldOn(
    backend === "bankrun" ? await wipedBankrun(programs) : await startLitesvm(programs),
  );
}

/** Starts a world on a machine that nobody has used before, with the programs given. */
export const startFreshWorld = async (
  backend: BackendName,
  programs: readonly NamedProgram[] = [],
): Promise<World> =>
  worldOn(backend === "bankrun" ? await startBankrun(programs) : await startLitesvm(programs));

/** Runs a suite on every backend. */
export function describeWorlds(title: string, suite: (start: StartWorld) => void): void {
  for (const backend of ["litesvm", "bankrun"] as const) {
    describe(`${title} [${backend}]`, () => suite(() => startWorld(backend)));
  }
}

/**
 * Runs a suite whose result depends on signatures being checked. Such a suite proves
 * nothing on bankrun, so it has no way to run there.
 */
export function describeSigned(title: string, suite: (start: StartWorld) => void): void {
  describe(`${title} [litesvm]`, () =>
    suite(async () => requireVerified(await startWorld("litesvm"))));
}

/**
 * Runs a suite that needs a runtime of today: bankrun's 1.18 lacks the system instruction with
 * which Anchor creates an account at an address that already holds lamports.
 */
export function describeCurrent(title: string, suite: (start: StartWorld) => void): void {
  describe(`${title} [litesvm]`, () => suite(() => startWorld("litesvm")));
}

/** @throws Error on a world that lets forged signatures pass. */
export function requireVerified(world: World): World {
  if (world.verifiesSignatures) return world;
  throw new Error(`${world.backend} does not verify signatures: this test would prove nothing`);
}
