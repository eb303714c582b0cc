// One builder at a time per cache. The holder touches the lock file every few seconds, so that a
// lock left behind by a killed run (or on another host or container) is recognised by its age.
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CACHE } from "./config.mjs";
import { Stop } from "./stop.mjs";

const HEARTBEAT_MS = 5_000;
const DEAD_MS = 60_000;
const REMIND_MS = 15_000;
const FILE = join(CACHE, "lock");

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function take() {
  try {
    const fd = openSync(FILE, "wx");
    writeSync(fd, JSON.stringify({ pid: process.pid, host: hostname(), since: Date.now() }));
    closeSync(fd);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw new Stop(
      `the cache folder ${CACHE} cannot be written (${error.code}): set PINFI_CACHE to one that can`,
    );
  }
}

function holder() {
  try {
    const age = Date.now() - statSync(FILE).mtimeMs;
    const text = readFileSync(FILE, "utf8");
    return { age, ...(text ? JSON.parse(text) : {}) };
  } catch {
    return undefined; // released between our look and our read
  }
}

function isDead({ age, pid, host }) {
  if (age > DEAD_MS) return true;
  if (host !== hostname() || !pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Moves a dead holder's lock away; renaming makes sure that only one of several waiters does. */
function clear() {
  const grave = `${FILE}.${process.pid}`;
  try {
    renameSync(FILE, grave);
    rmSync(grave);
  } catch {
    // another waiter was faster
  }
}

function touch() {
  try {
    utimesSync(FILE, new Date(), new Date());
  } catch {
    // taken away while this machine slept; the steps themselves survive that
  }
}

/** Runs `work` while holding the cache's lock. */
export async function locked(work) {
  try {
    mkdirSync(CACHE, { recursive: true });
  } catch (error) {
    throw new Stop(
      `the cache folder ${CACHE} cannot be made (${error.code}): set PINFI_CACHE to one that can`,
    );
  }
  let reminded = 0;
  while (!take()) {
    const other = holder();
    if (other && isDead(other)) clear();
    else if (other && Date.now() - reminded > REMIND_MS) {
      const seconds = Math.round((Date.now() - (other.since ?? Date.now())) / 1000);
      process.stdout.write(
        `waiting for another set-up to finish (process ${other.pid} on ${other.host}, ${seconds} s so far)\n`,
      );
      reminded = Date.now();
    }
    await sleep(300);
  }
  const beat = setInterval(touch, HEARTBEAT_MS);
  const release = () => rmSync(FILE, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.removeListener("exit", release);
    release();
  }
}
