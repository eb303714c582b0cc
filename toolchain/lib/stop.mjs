// The one way to give up: a sentence that says what to do, and no stack trace.

export class Stop extends Error {}

/** Causes recognised in the output of a tool, each with what the user can do about it. */
const CAUSES = [
  [
    /no space left on device/i,
    "the disk is full: free some space (6 GB in all) and run this again",
  ],
  [
    /could not resolve|temporary failure (in name resolution|resolving)|failed to connect|network is unreachable|connection (refused|timed out)|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT/i,
    "a package registry cannot be reached: check the network and the proxy settings (http_proxy, https_proxy, ~/.cargo/config.toml, ~/.npmrc), then run this again",
  ],
  [
    /certificate verif|SSL certificate problem|self.signed certificate|unable to get local issuer/i,
    "a registry's certificate is not trusted: point SSL_CERT_FILE at the right CA bundle and run this again",
  ],
  [
    /needs to be updated but --locked|cannot update the lock file|lock file .* needs to be updated/i,
    "a Cargo.lock does not fit its Cargo.toml: run `cargo update --workspace` there and commit the lock",
  ],
  [
    /linker `cc` not found|could not find .*\bcc\b/i,
    "a C compiler is missing: apt-get install gcc libc6-dev",
  ],
];

export const causeOf = (text) => CAUSES.find(([pattern]) => pattern.test(text))?.[1];

/** Runs a script's main function; a Stop becomes one line and exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    process.stderr.write(`\nstopped: ${error.message}\n`);
    process.exitCode = 1;
  }
}
