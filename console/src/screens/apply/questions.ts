// The questions of a programme's form, and the answers that the fields of a form say.
import { camel } from "../../ui/refusals";

export interface Question {
  id: string;
  kind: "ranking" | "text" | "boolean" | "choice" | "integer" | "date" | "file" | "list" | "email" | "consent";
  roles: string[];
  label: string | Record<string, string>;
  required?: boolean;
  required_when?: Condition | null;
  asked_when?: Condition | null;
  options?: string[];
  /** Options in other words, where they are not shown as they are kept. */
  labels?: Record<string, string>;
  of?: string | null;
  min?: number | null;
  max?: number | null;
  max_length?: number;
  version?: string | null;
}

interface Condition {
  field: string;
  is: unknown;
}

export type Fields = Record<string, string>;

/** What the field of a question is called: as the pointer to its answer is read. */
export function nameOf(question: Pick<Question, "id" | "kind">): string {
  return `${question.kind === "consent" ? "consents" : "answers"}.${camel(question.id)}`;
}

/** Those of a role that are asked, by what was said so far; files are sent by other ways. */
export function asked(questions: readonly Question[], role: string, said: Fields): Question[] {
  return questions.filter(
    (one) => one.kind !== "file" && one.roles.includes(role) && (!one.asked_when || holds(one.asked_when, said)),
  );
}

/** How a question is asked of a role. */
export function labelOf({ label }: Question, role: string): string {
  return typeof label === "string" ? label : (label[role] ?? Object.values(label)[0] ?? "");
}

export function isRequired(question: Question, said: Fields): boolean {
  return !!question.required || (!!question.required_when && holds(question.required_when, said));
}

function holds(condition: Condition, said: Fields): boolean {
  return said[`answers.${camel(condition.field)}`] === String(condition.is);
}

/** Answers and consents, as an application has them; what nothing is said of is left out. */
export function answersOf(questions: readonly Question[], fields: Fields) {
  const answers: Record<string, unknown> = {};
  const consents: Record<string, unknown> = {};
  for (const question of questions) {
    const said = fields[nameOf(question)]?.trim() ?? "";
    if (said === "") continue;
    if (question.kind === "consent") consents[question.id] = question.version;
    else answers[question.id] = answer(question, said);
  }
  return { answers, consents };
}

function answer({ kind, of }: Question, said: string): unknown {
  if (kind === "integer") return Number(said);
  if (kind === "boolean") return said === "true";
  if (kind === "ranking" || kind === "list") return said.split(of === "person" ? /\n+/ : /[\s,;]+/).filter(Boolean);
  return said;
}
