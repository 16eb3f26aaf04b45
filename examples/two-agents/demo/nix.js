import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import {
  apply,
  attrs,
  fn,
  inherit,
  inheritFrom,
  letIn,
  path,
  printNix,
  ref,
  searchPath,
} from "forage-nix/nix";

const OFFLINE_PKGS = fileURLToPath(new URL("../../../nix/offline-pkgs.nix", import.meta.url));

/** How to build here: with the machine's own Nixpkgs and store, or else with a stand-in and a store in `directory`. */
export async function findNix(directory, cancelSignal) {
  const found = await execa("nix-instantiate", ["--find-file", "nixpkgs"], {
    cancelSignal,
    // Looking for a file needs no store, which might be there for the first time then.
    env: { NIX_REMOTE: "dummy://" },
    reject: false,
  });
  if (found.isCanceled) throw found;
  if (found.code === "ENOENT") return undefined;
  if (found.exitCode === 0)
    return {
      directory,
      cancelSignal,
      packages: "<nixpkgs>, and stand-ins for the agents",
      // The agents themselves would be a big download, and could not tell what they see.
      pkgs: apply(ref("import"), searchPath("nixpkgs"), {
        overlays: [
          fn("final", fn("prev", attrs([inheritFrom(offlinePkgs(), "claude-code", "aider-chat")]))),
        ],
      }),
      env: {},
    };
  return {
    directory,
    cancelSignal,
    packages: "nix/offline-pkgs.nix, for want of <nixpkgs>",
    pkgs: offlinePkgs(),
    env: privateStore(directory),
  };
}

function offlinePkgs() {
  return apply(ref("import"), OFFLINE_PKGS, attrs({}));
}

/** Nix with everything that it reads or writes in one directory. */
function privateStore(directory) {
  return {
    HOME: join(directory, "home"),
    NIX_CONFIG: "build-users-group =\nsandbox = false\nsubstitute = false",
    NIX_CONF_DIR: join(directory, "conf"),
    NIX_DATA_DIR: join(directory, "data"),
    NIX_LOG_DIR: join(directory, "log"),
    NIX_PATH: "",
    NIX_REMOTE: "",
    NIX_STATE_DIR: join(directory, "var"),
    NIX_STORE_DIR: join(directory, "store"),
    XDG_CACHE_HOME: join(directory, "cache"),
    XDG_CONFIG_HOME: join(directory, "conf"),
  };
}

/**
 * Builds a file of wrappers.
 *
 * @returns each one's program, by its name
 */
export async function buildWrappers({ directory, cancelSignal, pkgs, env }, text) {
  await writeFile(join(directory, "wrappers.nix"), text);
  const file = join(directory, "default.nix");
  await writeFile(
    file,
    printNix(
      letIn(
        { pkgs },
        apply(
          ref("import"),
          path("./wrappers.nix"),
          attrs([inherit("pkgs"), inheritFrom(ref("pkgs"), "lib")]),
        ),
      ),
    ),
  );
  const { stdout } = await execa("nix-build", ["--no-out-link", file], { cancelSignal, env });
  const named = stdout.split("\n").map((path) => [basename(path).slice(33), path]);
  return Object.fromEntries(named.map(([name, path]) => [name, join(path, "bin", name)]));
}
