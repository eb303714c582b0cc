import { z } from "zod";

export const address = z
  .string()
  .regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, "expected a base58 address of 32 to 44 characters");
/** Base units or lamports: a whole number, quoted when it is beyond 2^53. */
export const amount = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+$/)], {
    error: "expected a whole number of base units, quoted when above 9007199254740991",
  })
  .transform((value) => BigInt(value));
export const milliseconds = z.int().min(1).max(86_400_000);
export const seconds = z.int().min(0).max(2_592_000);
export const lamports = z.int().min(0).max(1_000_000_000_000);
export const percent = z.int().min(1).max(100);
export const port = z.int().min(0).max(65_535);
export const secret = z.string().min(1).meta({ secret: true });

/** Settings that every task has. */
export const taskFields = {
  enabled: z.boolean().prefault(true),
  inFlight: z
    .int()
    .min(1)
    .max(256)
    .prefault(8)
    .describe("transactions of this task awaited at once"),
};
