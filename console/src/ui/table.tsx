// Tables that are read with a screen reader and scroll by themselves on a phone, by keyboard too.
import type { ReactNode } from "react";
import { useWords } from "../words";

export interface Column<Row> {
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  number?: boolean;
}

export function Table<Row>({
  caption,
  columns,
  rows,
  id,
}: {
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
}) {
  return (
    <div className="scrolls" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, number) => (
              <th key={number} scope="col" className={column.number ? "number" : undefined}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)}>
              {columns.map((column, number) => (
                <td key={number} className={column.number ? "number" : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Page {
  hasNextPage: boolean;
  endCursor?: string | null;
}

/** Leads to the next page, and back to the first. */
export function Pages({
  page,
  after,
  go,
}: {
  page: Page | undefined;
  after: string | null;
  go: (after: string | null) => void;
}) {
  const { t } = useWords();
  if (!after && !page?.hasNextPage) return null;
  return (
    <nav aria-label={t("pages")} className="row">
      <button type="button" disabled={!after} onClick={() => go(null)}>
        {t("first_page")}
      </button>
      <button
        type="button"
        disabled={!page?.hasNextPage}
        onClick={() => go(page?.endCursor ?? null)}
      >
        {t("next_page")}
      </button>
    </nav>
  );
}

/** A share as a bar; its number stands beside it. */
export function Bar({ share, label }: { share: number; label: string }) {
  return (
    <svg className="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className="bar-ground" width="100" height="8" />
      <rect className="bar-share" width={Math.max(0, Math.min(100, share * 100))} height="8" />
    </svg>
  );
}
