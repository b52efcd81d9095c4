// What a service says of single members of what it was sent, and the fields of a form where they stand.
import { createContext, use, useId } from "react";
import type { CombinedError } from "urql";

export interface Reason {
  pointer: string;
  text: string;
}

/** What is refused of a form: texts by the name of a field, and the pointers that found theirs. */
export interface Refused {
  fields: ReadonlyMap<string, string>;
  pointers: ReadonlySet<string>;
}

export const NOTHING_REFUSED: Refused = { fields: new Map(), pointers: new Set() };

const Context = createContext(NOTHING_REFUSED);

export const Refusals = Context.Provider;

/** What is said of the field with a name; the field is described by the element with the `id`. */
export function useRefusal(name: string | undefined): { id: string; text: string } | undefined {
  const id = useId();
  const text = use(Context).fields.get(name ?? "");
  return text ? { id, text } : undefined;
}

/** The reasons of one error. */
export function reasonsOf(errors: unknown): Reason[] {
  if (!Array.isArray(errors)) return [];
  return errors.map((one: { pointer?: string; location?: string; message?: string; detail?: string }) => ({
    pointer: one.pointer ?? one.location ?? "",
    text: one.message ?? one.detail ?? "",
  }));
}

/** The fields of a form are named as the members and variables that they become: `startsAt`, or `times.0` of a list. */
export function refusedOf(fault: CombinedError | undefined, form: HTMLFormElement | null): Refused {
  if (!fault || !form) return NOTHING_REFUSED;
  const names = new Set([...form.elements].map((one) => one.getAttribute("name") ?? ""));
  const fields = new Map<string, string>();
  const pointers = new Set<string>();
  for (const { pointer, text } of fault.graphQLErrors.flatMap((error) => reasonsOf(error.extensions.errors))) {
    const name = fieldOf(pointer, names);
    if (!name) continue;
    pointers.add(pointer);
    fields.set(name, [fields.get(name), text].filter(Boolean).join("; "));
  }
  return { fields, pointers };
}

/** The field that a JSON Pointer such as /body/opens_at/at leads to, or to a part of. */
function fieldOf(pointer: string, names: ReadonlySet<string>): string | undefined {
  const path = pointer.split("/").slice(2).map(camel);
  for (let end = path.length; end > 0; end--) {
    const found = [path.slice(0, end).join("."), path[end - 1] ?? ""].find((name) => name && names.has(name));
    if (found) return found;
  }
  return undefined;
}

function camel(member: string): string {
  return member
    .replaceAll("~1", "/")
    .replaceAll("~0", "~")
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
