import type { Outcome } from "../vouchers/intake";
import { type FeedAnswer, REFUSALS_TOLD, type Remainder } from "./protocol";

export const emptyAnswer = (): FeedAnswer => ({
  accepted: 0,
  superseded: 0,
  refused: {},
  unavailable: 0,
  refusals: [],
});

/** The answer to a feed of which the ordinary intake has decided the rest. */
export function mergeRest(args: {
  answer: FeedAnswer;
  rest: readonly Remainder[];
  outcomes: readonly Outcome[];
}): FeedAnswer {
  const { rest, outcomes } = args;
  const answer = {
    ...args.answer,
    refused: { ...args.answer.refused },
    refusals: [...args.answer.refusals],
  };
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status !== "refused") {
      answer[outcome.status] += 1;
      continue;
    }
    const { code, message } = outcome;
    answer.refused[code] = (answer.refused[code] ?? 0) + 1;
    answer.refusals.push({ line: rest[index]?.line ?? 0, code, message });
  }
  answer.refusals.sort((a, b) => a.line - b.line).splice(REFUSALS_TOLD);
  return answer;
}
