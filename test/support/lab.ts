import { afterAll, beforeAll } from "vitest";
import { bootLab, type Lab } from "./lab-host.ts";
import { needsRoot } from "./tools.ts";

/** `describe` for what needs a lab host. */
export const needsLab: ReturnType<typeof needsRoot> = needsRoot(
  "systemd-nspawn",
  "nsenter",
  "unshare",
  "dbus-daemon",
  "bash-static",
  "nix-build",
);

/** A lab for the tests of the describe block in which it is called. */
export function useLab(): () => Lab {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await bootLab();
  });
  afterAll(() => lab?.shutDown());
  return () => {
    if (lab === undefined) throw new Error("the lab is there once the tests run");
    return lab;
  };
}
