// A text in YAML or JSON: what it says, and where in it the members stand that a service speaks of by JSON Pointer.
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";
import type { Reason } from "../refusals";

export interface Problem {
  line: number;
  text: string;
}

export interface Written {
  value: unknown;
  problems: Problem[];
  /** The line of what a JSON Pointer leads to below `root`, or of the nearest member above it. */
  lineOf: (pointer: string, root: string) => number;
  /** The names of the members around a place in the text, from the outermost. */
  pathAt: (offset: number) => string[];
}

export function read(text: string): Written {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const line = (offset: number) => lines.linePos(offset).line;
  const problems = document.errors.map((error) => ({ line: line(error.pos[0]), text: error.message.split("\n")[0] ?? "" }));
  return {
    value: problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 }),
    problems,
    lineOf: (pointer, root) => line(place(document.contents, tokens(pointer.slice(root.length)))),
    pathAt: (offset) => path(document.contents, offset),
  };
}

/** What a service said, each at its line. */
export function problemsOf(reasons: readonly Reason[], written: Written, root: string): Problem[] {
  return reasons
    .filter(({ pointer }) => pointer.startsWith(root))
    .map(({ pointer, text }) => {
      const where = tokens(pointer.slice(root.length)).join(" › ");
      return { line: written.lineOf(pointer, root), text: [where, text].filter(Boolean).join(": ") };
    });
}

function tokens(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function place(within: Node | null, [name, ...further]: string[], at = within?.range?.[0] ?? 0): number {
  if (name === undefined) return at;
  if (isSeq(within)) {
    const item = within.items[Number(name)] as Node | undefined;
    return item ? place(item, further) : at;
  }
  if (!isMap(within)) return at;
  const pair = within.items.find((one) => isScalar(one.key) && String(one.key.value) === name);
  return pair ? place(pair.value as Node | null, further, (pair.key as Node).range?.[0] ?? at) : at;
}

function path(within: Node | null, offset: number): string[] {
  if (isSeq(within)) {
    const number = within.items.findIndex((one) => holds(one as Node, offset));
    return number < 0 ? [] : [String(number), ...path(within.items[number] as Node, offset)];
  }
  if (!isMap(within)) return [];
  // Behind a key stands its value, and then whatever is written before the next key.
  const pair = within.items.filter((one) => ((one.key as Node).range?.[0] ?? 0) <= offset).at(-1);
  if (!pair || !isScalar(pair.key)) return [];
  return [String(pair.key.value), ...path(pair.value as Node | null, offset)];
}

function holds(node: Node, offset: number): boolean {
  return node.range != null && node.range[0] <= offset && offset <= node.range[2];
}
