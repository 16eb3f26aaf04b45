import type {
  BinaryOperator,
  Nix,
  NixAttrName,
  NixAttrPath,
  NixBinary,
  NixEntry,
  NixPattern,
} from "../../lib/nix/index.ts";

/**
 * The plainest text for a tree: parentheses around every expression, every name quoted that may be, everything on one line.
 * It shares nothing with the printer, which must mean the same with fewer parentheses.
 */
export function parenthesise(node: Nix): string {
  return `(${bare(node)})`;
}

function bare(node: Nix): string {
  switch (node.kind) {
    case "identifier":
      return node.name;
    case "number":
      return node.digits;
    case "string":
      return quoted(node.parts);
    case "path":
    case "raw":
      return node.parts
        .map((part) =>
          typeof part === "string"
            ? part
            : node.kind === "path"
              ? `\${${parenthesise(part)}}`
              : parenthesise(part),
        )
        .join("");
    case "list":
      return `[ ${node.items
        .filter((item) => item.kind !== "comment" && item.kind !== "blank")
        .map(parenthesise)
        .join(" ")} ]`;
    case "set":
      return `${node.recursive ? "rec " : ""}{ ${entries(node.entries)} }`;
    case "select":
      return `${parenthesise(node.from)}.${attrPath(node.path)}${
        node.fallback === undefined ? "" : ` or ${parenthesise(node.fallback)}`
      }`;
    case "has":
      return `${parenthesise(node.from)} ? ${attrPath(node.path)}`;
    case "call":
      return [node.fn, ...node.args].map(parenthesise).join(" ");
    case "function":
      return `${
        typeof node.parameter === "string" ? node.parameter : pattern(node.parameter)
      }: ${parenthesise(node.body)}`;
    case "let":
      return `let ${entries(node.entries)} in ${parenthesise(node.body)}`;
    case "with":
      return `with ${parenthesise(node.scope)}; ${parenthesise(node.body)}`;
    case "assert":
      return `assert ${parenthesise(node.condition)}; ${parenthesise(node.body)}`;
    case "if":
      return `if ${parenthesise(node.condition)} then ${parenthesise(node.yes)} else ${parenthesise(node.no)}`;
    case "unary":
      return `${node.operator} ${parenthesise(node.operand)}`;
    case "binary":
      return binary(node);
    case "parens":
      return parenthesise(node.body);
  }
}

/** Operators for which `(a ∘ b) ∘ c` is `a ∘ (b ∘ c)`, and how Nix reads `a ∘ b ∘ c`. */
const ASSOCIATIVE: ReadonlyMap<string, "left" | "right"> = new Map([
  ["++", "right"],
  ["//", "right"],
  ["&&", "left"],
  ["||", "left"],
]);

function binary(node: NixBinary): string {
  const { operator } = node;
  const leans = ASSOCIATIVE.get(operator);
  const join = (left: string, right: string) => `(${left} ${operator} ${right})`;
  if (leans === undefined) return join(parenthesise(node.left), parenthesise(node.right));
  const operands = operandsOf(node, operator).map(parenthesise);
  return leans === "left"
    ? operands.reduce(join)
    : operands.reduceRight((right, left) => join(left, right));
}

function operandsOf(node: Nix, operator: BinaryOperator): Nix[] {
  if (node.kind !== "binary" || node.operator !== operator) return [node];
  return [...operandsOf(node.left, operator), ...operandsOf(node.right, operator)];
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quoted(parts: readonly (string | Nix)[]): string {
  const inner = parts.map((part) =>
    typeof part === "string"
      ? part.replace(/[\\"$\n\r\t]/g, (found) => ESCAPES[found] ?? `\\${found}`)
      : `\${${parenthesise(part)}}`,
  );
  return `"${inner.join("")}"`;
}

function attrName(name: NixAttrName): string {
  if (typeof name === "string") return quoted([name]);
  return name.kind === "string" ? quoted(name.parts) : `\${${parenthesise(name)}}`;
}

function attrPath(path: NixAttrPath): string {
  return path.map(attrName).join(".");
}

function entries(all: readonly NixEntry[]): string {
  return all
    .map((entry) => {
      if (entry.kind === "binding")
        return `${attrPath(entry.path)} = ${parenthesise(entry.value)};`;
      if (entry.kind !== "inherit") return "";
      const from = entry.from === undefined ? "" : parenthesise(entry.from);
      return `inherit ${from} ${entry.names.map((name) => quoted([name])).join(" ")};`;
    })
    .join(" ");
}

function pattern({ fields, open, as }: NixPattern): string {
  const names = fields
    .filter((field) => field.kind === "field")
    .map(({ name, fallback }) =>
      fallback === undefined ? name : `${name} ? ${parenthesise(fallback)}`,
    );
  const braces = `{ ${[...names, ...(open ? ["..."] : [])].join(", ")} }`;
  if (as === undefined) return braces;
  return as.side === "before" ? `${as.name}@${braces}` : `${braces}@${as.name}`;
}
