import { octal } from "../../driver/octal.ts";
import type { Action, Step } from "../../driver/steps.ts";
import { quoteWord } from "../../shell/quote.ts";

const SHORT = 8;

/** Steps as people read them: what each is for, and exactly what it does. */
export function toldSteps(steps: readonly Step[], { whole }: { readonly whole: boolean }): string {
  return steps
    .map(({ title, action }, index) => {
      const number = `${index + 1}.`.padStart(3);
      return [`${number} ${title}`, ...exactly(action, whole).map((line) => `      ${line}`)].join(
        "\n",
      );
    })
    .join("\n");
}

function exactly(action: Action, whole: boolean): string[] {
  switch (action.kind) {
    case "directory":
      return [
        `${action.isFresh ? "make anew" : "make"} ${action.path}  root ${octal(action.mode)}`,
      ];
    case "write":
      return [`write ${action.path}  root ${octal(action.mode)}`, ...contents(action.text, whole)];
    case "drop-in":
      return [`write ${action.path}  root ${octal(action.mode)}`, ...contents(action.text, whole)];
    case "append":
      return [`add to ${action.path}`, ...contents(action.text, whole)];
    case "copy-secret":
      return [`copy ${action.from}`, `to ${action.to}  user ${action.uid} ${octal(action.mode)}`];
    case "run":
      return [action.argv.map(quoteWord).join(" ")];
    case "end-runs":
      return [
        action.argv.map(quoteWord).join(" "),
        `kill what else was brought into ${action.machine} from outside`,
      ];
    case "stop":
      return [
        `systemctl stop ${action.unit}`,
        `after ${action.timeLimitMs / 1000} s: systemctl kill --signal=KILL ${action.unit}`,
      ];
    case "remove":
      return [
        ...action.paths.map((path) => `remove ${path}`),
        ...(action.emptied === undefined ? [] : [`remove ${action.emptied}, if it is empty`]),
      ];
    case "sweep":
      return action.paths.map((path) => `remove ${path}`);
    case "register":
      return [`ask the bridge for ${action.grant.credentials.join(", ") || "nothing"}`];
    case "unregister":
      return [`ask the bridge to forget ${action.sandbox}`];
    case "release":
      return [`remove ${action.path}`];
  }
}

function contents(text: string, whole: boolean): string[] {
  const lines = text.trimEnd().split("\n");
  return whole || lines.length <= SHORT
    ? lines.map((line) => `| ${line}`)
    : [`| ${lines.length} lines`];
}
