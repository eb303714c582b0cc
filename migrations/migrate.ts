import { SendError } from "@pinfi/sdk";
import { PROGRAMS } from "./programs";
import { type MigrationContext, MigrationError, type Step } from "./step";
import { handOverAuthority, initializeProgram } from "./steps/authority";
import { enableMints } from "./steps/enable-mints";
import { publishIdl } from "./steps/publish-idl";

const GOVERNED = PROGRAMS.flatMap(({ program, authority }) =>
  authority === undefined ? [] : [{ program, authority }],
);

/** All steps, in the order in which they run; nothing depends on the last ones. */
export const STEPS: readonly Step[] = [
  ...GOVERNED.map(initializeProgram),
  enableMints,
  ...GOVERNED.map(handOverAuthority),
  ...PROGRAMS.map(({ program }) => publishIdl(program)),
].map((work, index) => ({ ...work, id: `${String(index + 1).padStart(3, "0")}-${work.name}` }));

/** A step, and what is to do of it. */
export interface PlannedStep {
  step: Step;
  state: "done" | "to do" | "left out";
  /** What it costs, or why it is left out. */
  note?: string | undefined;
}

/** What is to do, without changing anything. */
export async function plan(context: MigrationContext): Promise<PlannedStep[]> {
  const planned: PlannedStep[] = [];
  for (const step of STEPS) planned.push(await planStep(step, context));
  return planned;
}

async function planStep(step: Step, context: MigrationContext): Promise<PlannedStep> {
  if (await step.isDone(context)) return { step, state: "done" };
  const reason = await step.leftOut?.(context);
  if (reason !== undefined) return { step, state: "left out", note: reason };
  return { step, state: "to do", note: await step.cost?.(context) };
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
    const { state, note } = await planStep(step, context);
    if (state !== "to do") {
      report(`${step.id}: ${state === "done" ? "done before" : `left out: ${note}`}`);
      continue;
    }
    await run(step, context);
    if (!(await step.isDone(context))) {
      throw new MigrationError("NO_EFFECT", `${step.id} ran and is still not done: run it again`);
    }
    report(`${step.id}: done`);
  }
}
