import { type Finding, findingOf } from "./finding.ts";
import { seeInside } from "./inside.ts";
import type { Subject } from "./verify.ts";

const WRITE = 'true > "$1/.forage-verify" && rm -f "$1/.forage-verify"';
const OVERWRITE = 'for file in "$1"/*; do if true >> "$file"; then exit 1; fi; done; exit 0';

const IS_MOUNTED =
  'while read -r _ _ _ _ point _; do if [ "$point" = "$1" ]; then exit 0; fi; done </proc/self/mountinfo; exit 1';

/** What root in the container may do is more: see the README. */
export async function checkMount({ record }: Subject): Promise<Finding> {
  const { holds, broken } = findingOf("mount", "nothing in the sandbox can write to the secrets");
  if (record.secrets.length === 0) return holds("it has no secrets");
  const at = record.secretsMountPoint;
  const mounted = await seeInside(record, ["/bin/sh", "-c", IS_MOUNTED, "sh", at]);
  if (mounted.status !== 0) return broken(`nothing is mounted at ${at}`);
  const asAgent = await seeInside(record, ["/bin/sh", "-c", WRITE, "sh", at]);
  if (asAgent.status === 0) return broken(`the agents' user made a file in ${at}`);
  const root = { name: "root", uid: 0 };
  const asRoot = await seeInside({ ...record, user: root }, ["/bin/sh", "-c", WRITE, "sh", at]);
  if (asRoot.status === 0) return broken(`root in the container made a file in ${at}`);
  const over = await seeInside({ ...record, user: root }, ["/bin/sh", "-c", OVERWRITE, "sh", at]);
  if (over.status !== 0) return broken(`root in the container can write to a file in ${at}`);
  return holds(`${at} is read-only`);
}
