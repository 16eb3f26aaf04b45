/** Whether a method and a path keep the rules. */
export type Allows = (method: string, path: string) => boolean;

/** What `allow` lists say, as a function. A pattern is a method and a path: `GET /v1/models/*`, `POST /repos/**`. */
export function allows(patterns: readonly string[]): Allows {
  const exact = new Set<string>();
  const others: { readonly method: string; readonly path: RegExp }[] = [];
  for (const pattern of patterns) {
    const [method = "", path = ""] = pattern.split(" ");
    if (path.includes("*")) others.push({ method, path: pathPattern(path) });
    else exact.add(`${method} ${path}`);
  }
  return (method, path) =>
    exact.has(`${method} ${path}`) ||
    others.some((other) => other.method === method && other.path.test(path));
}

function pathPattern(path: string): RegExp {
  const rest = path.endsWith("/**");
  const segments = (rest ? path.slice(0, -3) : path).split("/").map(globSource);
  return new RegExp(`^${segments.join("/")}${rest ? "/.+" : ""}$`);
}

/** Within one segment. */
function globSource(segment: string): string {
  return segment.split("*").map(escaped).join("[^/]+");
}

/** A text in which `*` stands for any characters, as a test. */
export function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
