import { streams } from "./streams/program";

/** The programs that this keeper works for: adding one adds a line here. */
export const PROGRAMS = [streams] as const;
