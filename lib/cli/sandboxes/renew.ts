import type { Command } from "commander";
import type { Driver } from "../../driver/driver.ts";
import type { Interruptible } from "../../driver/work.ts";
import { addExamples, type SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import { atWork } from "./at-work.ts";
import { jsonEvents, type TellingOptions } from "./options.ts";

interface Renewal {
  readonly description: string;
  readonly done: string;
  readonly renew: (driver: Driver, name: string, options: Interruptible) => Promise<unknown>;
}

const RENEWALS: Readonly<Record<"reset" | "rotate", Renewal>> = {
  reset: {
    description: "give a sandbox a fresh root file system and fresh secrets; its workspace stays",
    done: "is up again, as if new",
    renew: (driver, name, options) => driver.reset(name, options),
  },
  rotate: {
    description: "bring the present values of its secrets into a sandbox, without a restart",
    done: "has the present secrets; agents that are started now read them",
    renew: (driver, name, options) => driver.rotate(name, options),
  },
};

/** `forage reset` and `forage rotate`. */
export function addRenewals(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  for (const [word, { description, done, renew }] of Object.entries(RENEWALS)) {
    const command = program
      .command(word)
      .description(description)
      .argument("<name>", "the sandbox")
      .addOption(jsonEvents())
      .action(async (name: string, { json = false }: TellingOptions) => {
        await atWork(terminal, setStatus, {
          command,
          json,
          work: (driver, signal) => renew(driver, name, { signal }),
          tell: () => `${name} ${done}`,
        });
      });
    addExamples(command, [[`forage ${word} alice`, description.split(";")[0] ?? ""]]);
  }
}
