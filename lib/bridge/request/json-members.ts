/** Where a member of a JSON object stands in its bytes. */
export interface Member {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

/**
 * The values of a JSON object's members by their names, of bytes that `JSON.parse` takes. Whole strings are skipped, so that
 * a long conversation costs little.
 *
 * @returns undefined when a name stands twice: which of the two counts is up to whoever reads it
 */
export function membersOf(json: Buffer, from = 0): ReadonlyMap<string, Member> | undefined {
  const members = new Map<string, Member>();
  let at = json.indexOf("{", from) + 1;
  for (;;) {
    at = skipSpace(json, at);
    if (json[at] !== QUOTE) return members;
    const nameEnd = stringEnd(json, at);
    const name = JSON.parse(json.toString("utf8", at, nameEnd)) as string;
    const start = skipSpace(json, json.indexOf(":", nameEnd) + 1);
    const end = valueEnd(json, start);
    if (members.has(name)) return undefined;
    members.set(name, { start, end });
    at = skipSpace(json, end);
    if (json[at] !== 0x2c) return members;
    at++;
  }
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  for (let byte = json[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; )
    byte = json[++at];
  return at;
}

/** After the closing quote of the string that starts there. */
function stringEnd(json: Buffer, from: number): number {
  let at = from + 1;
  for (;;) {
    at = json.indexOf(QUOTE, at);
    if (at === -1) return json.length;
    let slashes = 0;
    while (json[at - 1 - slashes] === BACKSLASH) slashes++;
    at++;
    if (slashes % 2 === 0) return at;
  }
}

function valueEnd(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      at = stringEnd(json, at) - 1;
      if (depth === 0) return at + 1;
    } else if (OPEN.has(byte)) depth++;
    else if (CLOSE.has(byte)) {
      if (depth === 0) return trimmedEnd(json, at);
      depth--;
      if (depth === 0) return at + 1;
    } else if (byte === 0x2c && depth === 0) return trimmedEnd(json, at);
  }
  return json.length;
}

function trimmedEnd(json: Buffer, end: number): number {
  let at = end;
  for (let byte = json[at - 1]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; )
    byte = json[--at - 1];
  return at;
}

/** The same bytes with other values in members' places, and with more members in front of those that there are. */
export function withMembers(
  json: Buffer,
  members: ReadonlyMap<string, Member>,
  values: ReadonlyMap<string, unknown>,
  from = 0,
): Buffer {
  const inside = json.indexOf("{", from) + 1;
  const added: string[] = [];
  const replaced: (Member & { readonly text: string })[] = [];
  for (const [name, value] of values) {
    const text = JSON.stringify(value);
    const member = members.get(name);
    if (member === undefined) added.unshift(`${JSON.stringify(name)}:${text}`);
    else replaced.push({ ...member, text });
  }
  const comma = added.length > 0 && members.size > 0 ? "," : "";
  const pieces = [json.subarray(0, inside), Buffer.from(added.join(",") + comma)];
  let done = inside;
  for (const { start, end, text } of replaced.toSorted((one, other) => one.start - other.start)) {
    pieces.push(json.subarray(done, start), Buffer.from(text));
    done = end;
  }
  return Buffer.concat([...pieces, json.subarray(done)]);
}
