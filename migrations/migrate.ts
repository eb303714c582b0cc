import { SendError } from "@pinfi/sdk";
import {
  configAddress,
  decodeConfig,
  initialize,
  nominateAuthority,
  STREAMS_PROGRAM_ID,
} from "@pinfi/sdk/streams";
import { type MigrationContext, MigrationError, type Step } from "./step";
import { type GovernedProgram, handOverAuthority, initializeProgram } from "./steps/authority";
import { enableMints } from "./steps/enable-mints";

const streams: GovernedProgram = {
  name: "streams",
  id: STREAMS_PROGRAM_ID,
  configAddress,
  decodeConfig,
  initialize,
  nominateAuthority,
};

/** All steps, in the order in which they run. */
export const STEPS: readonly Step[] = [
  initializeProgram("001", streams),
  enableMints,
  handOverAuthority("003", streams),
];

/** A step, and whether the chain says it is done. */
export interface PlannedStep {
  step: Step;
  done: boolean;
}

/** Which steps are done, without changing anything. */
export async function plan(context: MigrationContext): Promise<PlannedStep[]> {
  const planned: PlannedStep[] = [];
  for (const step of STEPS) planned.push({ step, done: await step.isDone(context) });
  return planned;
}

/** Says of which step it is when a transaction has not done its work. */
async function run(step: Step, context: MigrationContext): Promise<void> {
  try {
    await step.run(context);
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    const message = `${step.id}: ${error.message}. Run the migrations again: what is done stays done`;
    throw new MigrationError("NOT_SENT", message);
  }
}

/**
 * Runs the steps that are not done, in order, and reports each. Running it again does what is left.
 * Throws {@link MigrationError} when a step cannot run, was not sent, or ran without effect.
 */
export async function migrate(
  context: MigrationContext,
  report: (line: string) => void,
): Promise<void> {
  for (const step of STEPS) {
    if (await step.isDone(context)) {
      report(`${step.id}: done before`);
      continue;
    }
    await run(step, context);
    if (!(await step.isDone(context))) {
      throw new MigrationError("NO_EFFECT", `${step.id} ran and is still not done: run it again`);
    }
    report(`${step.id}: done`);
  }
}
