/** What a tree cannot hold, though Nix can: why the text is no tree's text. */
export class NotInTree extends Error {
  override readonly name = "NotInTree";
}

/** A place in Nix text. */
export interface Cursor {
  readonly text: string;
  at: number;
}

export function syntaxError(c: Cursor, expected: string): Error {
  const line = c.text.slice(0, c.at).split("\n").length;
  return new Error(`line ${line}: expected ${expected}, found ${JSON.stringify(rest(c, 20))}`);
}

function rest(c: Cursor, length: number): string {
  return c.text.slice(c.at, c.at + length);
}

export function startsWith(c: Cursor, token: string): boolean {
  return c.text.startsWith(token, c.at);
}

/** What the pattern (which must be sticky) finds here, without moving on. */
export function peek(c: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = c.at;
  return pattern.exec(c.text)?.[0];
}

/** What the pattern (which must be sticky) finds here; moves behind it. */
export function take(c: Cursor, pattern: RegExp): string | undefined {
  const found = peek(c, pattern);
  if (found !== undefined) c.at += found.length;
  return found;
}

/** Moves behind white space, up to a comment. */
export function skipBlanks(c: Cursor): void {
  take(c, /[ \t\n]*/y);
}

/** Moves behind white space. A comment there is one that no tree holds. */
export function skipSpace(c: Cursor): void {
  skipBlanks(c);
  if (peek(c, /#|\/\*/y) === undefined) return;
  const directive = peek(c, /\/\*\s*nixfmt:/y) !== undefined;
  throw new NotInTree(directive ? "format directive" : "comment inside an expression");
}

/** Whether a blank line follows, where nixfmt keeps one but a tree has no place for it. */
export function refuseBlankLine(c: Cursor, after: string): void {
  if (peek(c, /[ \t]*\n[ \t]*\n/y) !== undefined) throw new NotInTree(`blank line after ${after}`);
}

/** Moves behind the symbol, when it is next after white space. */
export function takeSymbol(c: Cursor, symbol: string): boolean {
  skipSpace(c);
  if (!startsWith(c, symbol)) return false;
  c.at += symbol.length;
  return true;
}

export function expectSymbol(c: Cursor, symbol: string): void {
  if (!takeSymbol(c, symbol)) throw syntaxError(c, symbol);
}

const WORD = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;

const KEYWORDS: ReadonlySet<string> = new Set(
  "if then else assert with let in rec inherit".split(" "),
);

/** The word that is next after white space: a name or a keyword. */
export function peekWord(c: Cursor): string | undefined {
  skipSpace(c);
  return peek(c, WORD);
}

export function takeKeyword(c: Cursor, keyword: string): boolean {
  if (peekWord(c) !== keyword) return false;
  c.at += keyword.length;
  return true;
}

export function expectKeyword(c: Cursor, keyword: string): void {
  if (!takeKeyword(c, keyword)) throw syntaxError(c, keyword);
}

/** The name that is next after white space, when it is no keyword. */
export function takeName(c: Cursor): string | undefined {
  const word = peekWord(c);
  if (word === undefined || KEYWORDS.has(word)) return undefined;
  c.at += word.length;
  return word;
}
