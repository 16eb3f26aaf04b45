import { lstat, readdir, readFile } from "node:fs/promises";
import { SECRETS_ROOT } from "../../schema/paths.ts";
import { show } from "../../schema/show.ts";
import { octal } from "../octal.ts";
import { allPids } from "../processes.ts";
import { type Finding, findingOf } from "./finding.ts";
import { type Seen, see, seeInside } from "./inside.ts";
import type { Subject } from "./verify.ts";

export async function checkLoginShell({ record, values }: Subject): Promise<Finding> {
  const seen = await seeInside(record, ["env", "-0"]);
  return absence(
    "login-shell",
    "no key is in the environment of a login shell",
    seen,
    values.findIn,
  );
}

export async function checkManager({ record, values }: Subject): Promise<Finding> {
  const seen = await see(["systemctl", `--machine=${record.name}`, "show-environment"]);
  return absence(
    "service-manager",
    "no key is in the environment of the container's services",
    seen,
    values.findIn,
  );
}

export async function checkSetEnvironment({ record, values }: Subject): Promise<Finding> {
  const seen = await seeInside(record, ["cat", "/etc/set-environment"]);
  return absence("set-environment", "no key is in /etc/set-environment", seen, values.findIn);
}

function absence(
  id: string,
  promise: string,
  { status, output }: Seen,
  findIn: (bytes: Buffer) => string | undefined,
): Finding {
  const { holds, broken } = findingOf(id, promise);
  const found = findIn(output);
  if (status !== 0) return broken(`it cannot be read (status ${status})`);
  if (found !== undefined) return broken(`the secret ${show(found)} is`);
  return holds(`${output.length} bytes looked at`);
}

/** Of all processes of the host, among which the container's are. */
export async function checkCommandLines({ values }: Subject): Promise<Finding> {
  const { holds, broken } = findingOf("command-lines", "no command line has a key");
  const pids = await allPids();
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`).catch(() => Buffer.alloc(0));
    const found = values.findIn(line);
    if (found !== undefined) return broken(`process ${pid} has the secret ${show(found)} in its`);
  }
  return holds(`${pids.length} processes looked at`);
}

/** Owners and modes on the host, which are those in the container. */
export async function checkFiles({ record, places }: Subject): Promise<Finding> {
  const { holds, broken } = findingOf(
    "files",
    "the secrets' files belong to the agents' user alone",
  );
  const { uid } = record.user;
  const wanted = [
    { path: SECRETS_ROOT, owner: 0, mode: 0o40700 },
    { path: places.secrets, owner: 0, mode: 0o40755 },
    ...record.secrets.map(({ name }) => ({
      path: `${places.secrets}/${name}`,
      owner: uid,
      mode: 0o100400,
    })),
  ];
  if (record.secrets.length === 0) return holds("it has no secrets");
  for (const { path, owner, mode } of wanted) {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return broken(`there is no ${path}`);
    if (found.uid !== owner || found.gid !== owner || found.mode !== mode)
      return broken(
        `${path} is ${found.uid}:${found.gid} ${octal(found.mode)}, not ${owner}:${owner} ${octal(mode)}`,
      );
  }
  const others = (await readdir(places.secrets)).filter(
    (name) => !record.secrets.some((one) => one.name === name),
  );
  if (others.length > 0)
    return broken(`${places.secrets} has ${others.map(show).join(", ")} as well`);
  return holds(`${record.secrets.length} of mode 0400, user ${uid}`);
}
