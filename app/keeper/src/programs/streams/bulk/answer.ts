import type { IntakeResult } from "../vouchers/intake";
import { type FeedAnswer, REFUSALS_TOLD, type Shortfall } from "./protocol";

export const emptyAnswer = (): FeedAnswer => ({
  accepted: 0,
  superseded: 0,
  refused: {},
  unavailable: 0,
  refusals: [],
  uncovered: 0,
  shortfalls: [],
});

/** Counts a voucher that the deposits do not cover in full; the first of them are told by line. */
export function tellShortfall(answer: FeedAnswer, shortfall: Shortfall): void {
  answer.uncovered += 1;
  if (answer.shortfalls.length < REFUSALS_TOLD) answer.shortfalls.push(shortfall);
}

/** The answer to a feed of which the ordinary intake has decided the rest. */
export function mergeRest(args: {
  answer: FeedAnswer;
  /** Lines of the feed, one for each result. */
  lines: readonly number[];
  results: readonly IntakeResult[];
}): FeedAnswer {
  const { lines, results } = args;
  const answer = {
    ...args.answer,
    refused: { ...args.answer.refused },
    refusals: [...args.answer.refusals],
    shortfalls: [...args.answer.shortfalls],
  };
  for (const [index, result] of results.entries()) {
    const line = lines[index] ?? 0;
    if (result.status !== "refused") {
      answer[result.status] += 1;
      if (result.status === "unavailable") continue;
      const { promised, covered } = result;
      if (promised !== covered) tellShortfall(answer, { line, promised, covered });
      continue;
    }
    const { code, message } = result;
    answer.refused[code] = (answer.refused[code] ?? 0) + 1;
    answer.refusals.push({ line, code, message });
  }
  answer.refusals.sort((a, b) => a.line - b.line).splice(REFUSALS_TOLD);
  answer.shortfalls.sort((a, b) => a.line - b.line);
  return answer;
}
