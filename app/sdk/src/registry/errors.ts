import {
  createExplainer,
  type ErrorEntry,
  type ExplainedError,
  errorTable,
} from "../program/errors";
import { REGISTRY, REGISTRY_PROGRAM_ID } from "./program";

/** Error table of registry: code, name and the rule that was broken. */
export const REGISTRY_ERRORS: readonly ErrorEntry[] = errorTable(REGISTRY);

const explain = createExplainer([REGISTRY]);

/**
 * Explains an error of a transaction with registry instructions: see {@link createExplainer}. A bare
 * code is taken for one of registry or of Anchor.
 */
export const explainError = (error: unknown): ExplainedError | null =>
  explain(error, REGISTRY_PROGRAM_ID);
