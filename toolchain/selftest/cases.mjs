// Cases, the same for the same seed: each number is an edge, a small one, or any at all.

const MASK = (1n << 64n) - 1n;

const EDGES = [
  0n,
  1n,
  2n,
  3n,
  7n,
  10n,
  97n,
  255n,
  1n << 31n,
  (1n << 32n) - 1n,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
  MASK - 1n,
  MASK,
];

/** SplitMix64. */
function generator(seed) {
  let state = BigInt(seed) & MASK;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  };
}

export function makeCases(families, perFamily, seed) {
  const random = generator(seed);
  const number = () => {
    const kind = random() % 8n;
    if (kind < 3n) return EDGES[Number(random() % BigInt(EDGES.length))];
    return random() >> (kind < 5n ? 32n + (random() % 32n) : random() % 8n);
  };
  return Array.from({ length: families * perFamily }, (_, index) => ({
    family: Math.floor(index / perFamily),
    numbers: [number(), number(), number(), number()],
  }));
}

export const asLine = ({ family, numbers }) => `${family} ${numbers.join(" ")}`;

export function asBytes({ family, numbers }) {
  const bytes = Buffer.alloc(33);
  bytes[0] = family;
  numbers.forEach((x, i) => {
    bytes.writeBigUInt64LE(x, 1 + 8 * i);
  });
  return bytes;
}
