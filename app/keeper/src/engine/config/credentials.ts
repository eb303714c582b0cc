import type { EngineConfig } from "./schema";

/** An address without its user and password, which are for a header and not for an address. */
export function splitCredentials(address: string): { url: string; authorization?: string } {
  const url = new URL(address);
  const { username, password } = url;
  if (username === "" && password === "") return { url: address };
  url.username = "";
  url.password = "";
  return { url: url.href, authorization: basic(username, password) };
}

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString("base64")}`;

/** The address of a libSQL server without the token that may stand in it, and that token. */
export function splitToken(address: string): { url: string; authToken?: string } {
  const url = new URL(address);
  const authToken = url.searchParams.get("authToken");
  if (authToken === null) return { url: address };
  url.searchParams.delete("authToken");
  return { url: url.href, authToken };
}

/** Shorter ones would be found in words that are no secret. */
const LEAST_PASSWORD = 4;
const LEAST_PART = 8;

/**
 * Every text of the configuration that must not be written anywhere: passwords, tokens and keys, and
 * whatever part of an address may be an access key; each as it stands, decoded, and as it travels.
 */
export function secretsOf(config: EngineConfig): string[] {
  const { cluster, payer, store } = config;
  const urls = [cluster.url, ...cluster.fallbackUrls];
  if (!store.url.startsWith("file:")) urls.push(store.url);
  return [payer.secret, store.authToken, ...urls.flatMap(secretsOfUrl)].flatMap((secret) =>
    secret === undefined || secret.length < LEAST_PASSWORD ? [] : [secret, inJson(secret)],
  );
}

function secretsOfUrl(address: string): string[] {
  const { username, password, pathname, search, hash } = new URL(address);
  const values = search.split("&").map((pair) => pair.slice(pair.indexOf("=") + 1));
  const parts = [username, ...pathname.split("/"), ...values, hash.slice(1)];
  const keys = parts.filter((part) => part.length >= LEAST_PART);
  const header = password === "" && username === "" ? [] : [basic(username, password).slice(6)];
  return [password, ...keys, ...header].flatMap((part) => [part, decode(part)]);
}

/** The text as it stands inside a line of JSON. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Replaces each secret in a text, the longest first: one may be a part of another. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const ordered = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((left, secret) => left.replaceAll(secret, "***"), text);
}
