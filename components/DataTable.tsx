import type { ComponentChildren } from "preact";

/** A column of {@linkcode DataTable}. */
export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ComponentChildren;
}

/** Props of {@linkcode DataTable}. */
export interface DataTableProps<T> {
  /** What the table is about, for those who hear it. */
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Name of each row for tests. */
  readonly testId?: string;
}

/**
 * A table that becomes a list of cards on a narrow screen. The roles are written out because browsers
 * forget them when a table is laid out as something else.
 */
export function DataTable<T>({ caption, columns, rows, keyOf, testId }: DataTableProps<T>) {
  return (
    <table class="table" role="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name }) => <th key={name} role="columnheader" scope="col">{name}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row" data-testid={testId}>
            {columns.map(({ name, cell }) => {
              const value = cell(row);
              return (
                <td key={name} role="cell" class={value === "–" ? "table-blank" : undefined}>
                  <span class="table-name" aria-hidden="true">{name}</span>
                  <span class="table-value">{value}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
