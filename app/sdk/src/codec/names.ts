/** `grace_seconds` to `graceSeconds`; names without an underscore stay. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** How the SDK spells an enum's variant: its name, beginning with a small letter. */
export const variantKind = ({ name }: { name: string }): string =>
  name.charAt(0).toLowerCase() + name.slice(1);
