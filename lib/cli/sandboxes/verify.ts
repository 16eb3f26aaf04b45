import type { Command } from "commander";
import type { Finding } from "../../driver/verify/finding.ts";
import { addExamples, type SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import { driverFor } from "./options.ts";
import { interruptibly } from "./signals.ts";

const EXIT_BROKEN = 1;

/** `forage verify`: whether what is promised of a sandbox holds. */
export function addVerify(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("verify")
    .description(
      "look whether what is promised of a sandbox holds; exits with 1 if something does not",
    )
    .argument("<name>", "the sandbox, which has to run")
    .option("--json", "print the findings as JSON")
    .action(async (name: string, { json = false }: { readonly json?: boolean }) => {
      let findings: readonly Finding[] = [];
      await interruptibly(terminal, setStatus, async (signal) => {
        findings = await (await driverFor(terminal)).verify(name, { signal });
      });
      if (json) terminal.write(`${JSON.stringify(findings, null, 2)}\n`);
      for (const { promise, holds, detail } of json ? [] : findings)
        terminal.write(`${holds ? "holds " : "BROKEN"}  ${promise}: ${detail}\n`);
      const broken = findings.filter(({ holds }) => !holds);
      if (broken.length === 0) return;
      setStatus(EXIT_BROKEN);
      terminal.writeError(`forage: broken: ${broken.map(({ id }) => id).join(", ")}\n`);
    });
  addExamples(command, [["forage verify alice", "each promise on a line"]]);
}
