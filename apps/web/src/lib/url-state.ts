import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** How one search parameter is read and written; null as text leaves it out of the address. */
export interface UrlField<Value> {
  // Methods, not properties: a field of texts must fit where any field is taken.
  read(values: readonly string[]): Value;
  write(value: Value): readonly string[];
}
export type UrlSpec = Readonly<Record<string, UrlField<unknown>>>;
export type UrlState<Spec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends UrlField<infer Value> ? Value : never;
};

/** A text, cut to what the API takes; empty is the default and stays out of the address. */
export const text = (most = Number.POSITIVE_INFINITY): UrlField<string> => ({
  read: ([value = '']) => value.slice(0, most),
  write: (value) => (value === '' ? [] : [value]),
});

/** A text that may be absent. */
export const optional = (): UrlField<string | null> => ({
  read: ([value]) => (value === undefined || value === '' ? null : value),
  write: (value) => (value === null ? [] : [value]),
});

/** One of a closed list; anything else in the address means the default. */
export const oneOf = <const Value extends string>(values: readonly Value[], initial: Value): UrlField<Value> => ({
  read: ([wanted]) => values.find((value) => value === wanted) ?? initial,
  write: (value) => (value === initial ? [] : [value]),
});

/** Several texts, as a repeated parameter. */
export const list = (): UrlField<readonly string[]> => ({
  read: (values) => values.filter((value) => value !== ''),
  write: (values) => values,
});

/** Several ids, none with a comma in it: repeated, comma separated, or both, as the API reads them. */
export const ids = (): UrlField<readonly string[]> => ({
  read: (values) => values.flatMap((value) => value.split(',')).filter((value) => value !== ''),
  write: (values) => values,
});

/** A number within bounds; anything else in the address means absent. */
export const number = (least: number, most: number): UrlField<number | null> => ({
  read: ([value]) => {
    const parsed = value === undefined || value === '' ? Number.NaN : Number(value);
    return parsed >= least && parsed <= most ? parsed : null;
  },
  write: (value) => (value === null ? [] : [String(value)]),
});

/** Reads the fields of a spec from search parameters. */
export function readUrl<const Spec extends UrlSpec>(spec: Spec, params: URLSearchParams): UrlState<Spec> {
  const entries = Object.entries<UrlField<unknown>>(spec).map(([name, field]) => [
    name,
    field.read(params.getAll(name)),
  ]);
  return Object.fromEntries(entries) as UrlState<Spec>;
}

/** A copy of the parameters with some fields changed; parameters outside the spec stay. */
export function writeUrl<const Spec extends UrlSpec>(
  spec: Spec,
  params: URLSearchParams,
  change: Partial<UrlState<Spec>>,
): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(change)) {
    const field = (spec as UrlSpec)[name];
    if (!field || value === undefined) continue;
    next.delete(name);
    for (const one of field.write(value)) next.append(name, one);
  }
  return next;
}

/**
 * Filters, tabs and selection of a screen live in the address. A change replaces the entry of the history; with
 * `push` it makes a new one, so that Back undoes it. The spec is a constant of the module.
 */
export function useUrlState<const Spec extends UrlSpec>(
  spec: Spec,
): readonly [UrlState<Spec>, (change: Partial<UrlState<Spec>>, options?: { readonly push?: boolean }) => void] {
  const [params, setParams] = useSearchParams();
  const state = useMemo(() => readUrl(spec, params), [spec, params]);
  const set = useCallback(
    (change: Partial<UrlState<Spec>>, options?: { readonly push?: boolean }) =>
      setParams((now) => writeUrl(spec, now, change), { replace: options?.push !== true }),
    [spec, setParams],
  );
  return [state, set];
}
