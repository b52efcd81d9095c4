// What every screen has: a heading that takes the focus, a title of the window, and what is said of faults.
import { useEffect, useRef, type ReactNode } from "react";
import type { CombinedError } from "urql";
import { useWords } from "../words";
import { reasonsOf } from "./refusals";

export function Screen({ title, above, children }: { title: string; above?: ReactNode; children: ReactNode }) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${t("mentoring")}`;
  }, [title, t]);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <>
      {above}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </>
  );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Loading() {
  const { t } = useWords();
  return <p role="status">{t("loading")}</p>;
}

export function Nothing({ children }: { children?: ReactNode }) {
  const { t } = useWords();
  return <p className="quiet">{children ?? t("nothing")}</p>;
}

/**
 * The faults of an answer: what the service says, and its code. Those in `passing` are left out, and so is what stands
 * at fields of a form already.
 */
export function Faults({
  of,
  passing = [],
  atFields = new Set(),
}: {
  of: CombinedError | undefined;
  passing?: string[];
  atFields?: ReadonlySet<string>;
}) {
  const { t } = useWords();
  if (!of) return null;
  const said = of.graphQLErrors.filter((error) => !passing.includes(String(error.extensions.code)));
  if (!of.networkError && said.length === 0) return null;
  return (
    <div role="alert" className="fault">
      {of.networkError && <p>{t("away")}</p>}
      {said.map((error, number) => {
        const reasons = reasonsOf(error.extensions.errors);
        const others = reasons.filter(({ pointer }) => !atFields.has(pointer));
        if (reasons.length > 0 && others.length === 0) {
          return <p key={number}>{t("look_at_fields", { count: atFields.size })}</p>;
        }
        return (
          <p key={number}>
            {error.message} <code>{String(error.extensions.code ?? "")}</code>
            {others.map(({ pointer, text }) => (
              <span key={pointer + text} className="reason">
                {[pointer, text].filter(Boolean).join(": ")}
              </span>
            ))}
          </p>
        );
      })}
    </div>
  );
}

/** A list of what one reads of a thing. */
export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
