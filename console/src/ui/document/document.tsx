// A field for a text in YAML or JSON: numbered lines, and what is wrong with it said at its line and below it.
import { useRef, type ReactNode } from "react";
import { useWords } from "../../words";
import type { Problem } from "./written";

export function DocumentField({
  label,
  text,
  change,
  problems,
  at,
  children,
}: {
  label: string;
  text: string;
  change: (text: string) => void;
  problems: readonly Problem[];
  at?: (offset: number) => void;
  children?: ReactNode;
}) {
  const { t } = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const wrong = new Set(problems.map(({ line }) => line));
  function goTo(line: number): void {
    const before = text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.indexOf("\n", before);
    area.current?.focus();
    area.current?.setSelectionRange(before, end < 0 ? text.length : end);
  }
  return (
    <div className="part">
      <div className="document">
        <pre ref={numbers} aria-hidden="true">
          {text.split("\n").map((_, number) => (
            <span key={number} className={wrong.has(number + 1) ? "wrong" : undefined}>
              {number + 1}
            </span>
          ))}
        </pre>
        <textarea
          ref={area}
          aria-label={label}
          aria-invalid={problems.length > 0}
          spellCheck={false}
          value={text}
          onChange={({ target }) => change(target.value)}
          onSelect={({ currentTarget }) => at?.(currentTarget.selectionStart)}
          onScroll={({ currentTarget }) => {
            if (numbers.current) numbers.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
      {children}
      <div aria-live="polite">
        {problems.length > 0 && (
          <>
            <p className="refusal">{t("text_is_wrong", { count: problems.length })}</p>
            <ul className="problems">
              {problems.map(({ line, text: said }) => (
                <li key={line + said}>
                  <button type="button" onClick={() => goTo(line)}>
                    {t("line_number", { line })}: {said}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
