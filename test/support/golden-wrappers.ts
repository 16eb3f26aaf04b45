import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  apply,
  attrs,
  fn,
  inherit,
  letIn,
  type Nix,
  op,
  pkgs,
  printNix,
  ref,
} from "../../lib/nix/index.ts";

const DIRECTORY = fileURLToPath(new URL("../golden", import.meta.url));

/** A file of all golden wrappers, where a stand-in agent takes the place of each package. */
export async function goldenWrappers(): Promise<string> {
  const files = (await readdir(DIRECTORY)).filter((file) => /^wrappers?[.-].*nix$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(join(DIRECTORY, file), "utf8")));
  const golden = (file: string): Nix =>
    apply(ref("import"), join(DIRECTORY, file), attrs([inherit("pkgs", "lib")]));
  const isSet = (file: string): boolean => file.startsWith("wrappers");
  const single = attrs(
    Object.fromEntries(files.filter((file) => !isSet(file)).map((file) => [file, golden(file)])),
  );
  const all = files
    .filter(isSet)
    .map(golden)
    .reduce((left, right) => op(left, "//", right), single);
  return printNix(
    fn(
      ["pkgs", "lib", "..."],
      letIn(
        { packages: op(ref("pkgs"), "//", packagesIn(texts.join())) },
        apply(fn(["pkgs"], all), { pkgs: ref("packages") }),
      ),
    ),
  );
}

/** A package for every name after `pkgs.`; it is a function as well, like `callPackage`. */
function packagesIn(text: string): Nix {
  const names = [...text.matchAll(/pkgs((?:\.[\w-]+)+)/g)].map(([, path = ""]) =>
    path.slice(1).split("."),
  );
  const standIn = (first: string): Nix =>
    op(pkgs("claude-code"), "//", {
      ...Object.fromEntries(
        names.flatMap(([one, two]) => (one === first && two ? [[two, pkgs("claude-code")]] : [])),
      ),
      __functor: fn("self", fn("_", ref("self"))),
    });
  const firsts = new Set(names.flatMap(([first = ""]) => (first.startsWith("write") ? [] : first)));
  return attrs(new Map([...firsts].map((first) => [first, standIn(first)])));
}
