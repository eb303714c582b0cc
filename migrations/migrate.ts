import { SendError } from "@pinfi/sdk";
import { type MigrationContext, MigrationError, type Step } from "./step";
import { initializeStreams } from "./steps/001-initialize-streams";
import { enableMints } from "./steps/002-enable-mints";
import { handOverAuthority } from "./steps/003-hand-over-authority";

/** All steps, in the order in which they run. */
export const STEPS: readonly Step[] = [initializeStreams, enableMints, handOverAuthority];

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
