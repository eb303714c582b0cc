/** `grace_seconds` to `graceSeconds`; names without an underscore stay. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
