interface Reason {
  readonly why: string;
  readonly hint: string;
}

const MOVE = "move what is in the way, or choose another path";
const PERMIT = "change the permissions, or choose another path";
const MAKE_ROOM = "make room and run it again";

const REASONS: ReadonlyMap<unknown, Reason> = new Map([
  ["ENOENT", { why: "there is no such file", hint: "run it again" }],
  ["EISDIR", { why: "it is a directory", hint: MOVE }],
  ["ENOTDIR", { why: "what would be its directory is a file", hint: MOVE }],
  ["EACCES", { why: "permission denied", hint: PERMIT }],
  ["EPERM", { why: "the system does not permit it", hint: PERMIT }],
  ["EROFS", { why: "the file system is read-only", hint: "choose a path on one that is not" }],
  ["ENOSPC", { why: "no space is left on the device", hint: MAKE_ROOM }],
  ["EDQUOT", { why: "the disk quota is used up", hint: MAKE_ROOM }],
  ["EFBIG", { why: "it would be larger than a file may be", hint: "raise the limit" }],
  ["ENAMETOOLONG", { why: "its name is too long", hint: "choose a shorter one" }],
  ["ENXIO", { why: "it is no regular file", hint: MOVE }],
  ["ELOOP", { why: "its links lead in a circle", hint: "remove a link" }],
]);

/** Why the system did not read or write a file, such as "permission denied". */
export function reason(error: unknown): string {
  const code = errorCode(error);
  return REASONS.get(code)?.why ?? code ?? "unknown reason";
}

/** The way out of the same. */
export function wayOut(error: unknown): string {
  return REASONS.get(errorCode(error))?.hint ?? "see to that, and run it again";
}

/** The system's own name of a failure, such as "EACCES". */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
