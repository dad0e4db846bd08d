import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { FlowMap } from './flow-map.tsx';

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape']);
});
beforeEach(() => {
  const still = { matches: false, addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal('matchMedia', () => still);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    },
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** So many in each of the last minutes of a long watch. */
const passed = (perMinute: number) => ({
  fiveMinutes: perMinute * 5,
  hour: perMinute * 60,
  seenMs: 86_400_000,
  usualHour: null,
});

const system = (id: string, column: number): SystemHealth =>
  ({
    id,
    title: { ru: `Система ${id}`, en: `System ${id}` },
    group: null,
    kind: 'onec',
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    place: { column, row: 0 },
    connected: true,
    connection: null,
    bus: null,
    service: null,
    quiet: null,
    incoming: passed(0),
    outgoing: passed(0),
  }) as unknown as SystemHealth;
const flow = (id: string, from: string, to: string, perMinute: number): FlowHealth =>
  ({
    id,
    from: [from],
    to: [to],
    channel: 'http',
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    era: 'as-is',
    topics: [],
    consumers: [],
    cadence: null,
    migration: null,
    perMinute,
    traffic: passed(perMinute),
  }) as unknown as FlowHealth;

it('shows systems with their flows, and a press on one chooses it', () => {
  const onSelect = vi.fn();
  render(
    <FlowMap
      systems={[system('a', 0), system('b', 2)]}
      flows={[flow('f', 'a', 'b', 4)]}
      selected={null}
      view="now"
      onSelect={onSelect}
      onOpenFlow={() => undefined}
    />,
  );
  const node = screen.getByRole('button', { name: /^Система b/ });
  expect(node.getAttribute('aria-description')).toBe('норма');
  node.focus();
  expect([document.activeElement, node.getAttribute('aria-pressed')]).toEqual([node, 'false']);
  // What the browser makes of Enter and Space on a button.
  fireEvent.click(node);
  expect(onSelect).toHaveBeenCalledWith('system:b');
  fireEvent.click(screen.getByRole('button', { name: /4/ }));
  expect(onSelect).toHaveBeenCalledWith('flow:f');
});

it('the same answer once more draws no element again', () => {
  const [systems, flows] = [[system('a', 0), system('b', 2)], [flow('f', 'a', 'b', 4)]];
  const map = (list: readonly SystemHealth[]) => (
    <FlowMap
      systems={list}
      flows={[...flows]}
      selected={null}
      view="now"
      onSelect={() => undefined}
      onOpenFlow={() => undefined}
    />
  );
  const { rerender, container } = render(map(systems));
  const observer = new MutationObserver(() => undefined);
  observer.observe(container, { subtree: true, childList: true, attributes: true, characterData: true });
  /** Nodes and lines of the map that were changed in the page since the last look. */
  const touched = (): string[] => {
    const elements = observer
      .takeRecords()
      .map(({ target }) => (target instanceof Element ? target : target.parentElement));
    const parts = elements.map((one) => one?.closest('.react-flow__node, .react-flow__edge')?.getAttribute('data-id'));
    return [...new Set(parts.filter((part) => part != null))];
  };
  rerender(map([...systems]));
  expect(touched()).toEqual([]);
  rerender(map([{ ...system('a', 0), incoming: passed(7) }, ...systems.slice(1)]));
  expect(touched()).toEqual(['a']);
});

/** A map of so many lines that the quiet ones are drawn together; the eighth of them is in trouble. */
function wideMap() {
  const systems = Array.from({ length: 32 }, (_, index) => ({
    ...system(`s${index}`, index % 4),
    place: { column: index % 4, row: Math.floor(index / 4) },
  }));
  const pairs = systems.flatMap((one, index) => systems.slice(index + 1).map((other) => [one.id, other.id] as const));
  const flows = pairs.map(([from, to], index) => ({
    ...flow(`f${index}`, from, to, 1),
    ...(index === 7 ? { status: 'bad' as const, rule: { code: 'failures' as const, data: {} }, failed: 12 } : {}),
  }));
  return { systems, flows, pairs };
}

it('of a wide map draws quiet lines together, and alone only those that somebody has to look at', () => {
  const { systems, flows, pairs } = wideMap();
  const map = (selected: string | null) => (
    <FlowMap
      systems={systems}
      flows={flows}
      selected={selected}
      view="now"
      onSelect={() => undefined}
      onOpenFlow={() => undefined}
    />
  );
  const { rerender, container } = render(map(null));
  const alone = () => [...container.querySelectorAll('.react-flow__edge')].map((one) => one.getAttribute('data-id'));
  expect(alone()).toEqual([pairs[7]?.join('>')]);
  expect(container.querySelectorAll('svg path[data-status="ok"]')).toHaveLength(pairs.length - 1);
  rerender(map('flow:f9'));
  expect(alone()).toContain(pairs[9]?.join('>'));
});

it('of a wide map opens the flow of the quiet line that a press comes near to', () => {
  const { systems, flows } = wideMap();
  const onSelect = vi.fn();
  const { container } = render(
    <FlowMap
      systems={systems}
      flows={flows}
      selected={null}
      view="now"
      onSelect={onSelect}
      onOpenFlow={() => undefined}
    />,
  );
  const part = (selector: string) => container.querySelector<HTMLElement>(selector) ?? document.body;
  // A page without a size shows the map as it is: a point of the map is a point of the window.
  const press = (clientX: number, clientY: number) => fireEvent.click(part('.react-flow__pane'), { clientX, clientY });
  const d = part('svg path[data-status="ok"]').getAttribute('d') ?? '';
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = (d.match(/-?[\d.]+/g) ?? []).map(Number);
  press((x0 + 3 * x1 + 3 * x2 + x3) / 8, (y0 + 3 * y1 + 3 * y2 + y3) / 8 + 3);
  press(x0 - 5_000, y0);
  expect(onSelect.mock.calls).toEqual([['flow:f0'], [null]]);
});

it('a group says how many of it work, and which does not', () => {
  const member = (number: number, more: Partial<SystemHealth> = {}) => ({
    ...system(`erp-${number}`, 0),
    title: { ru: `1С:ERP, площадка ${number}`, en: `1C:ERP, site ${number}` },
    group: 'erp',
    outgoing: passed(2),
    ...more,
  });
  const map = (systems: readonly SystemHealth[]) => (
    <FlowMap
      systems={systems}
      flows={[]}
      view="now"
      selected={null}
      onSelect={() => undefined}
      onOpenFlow={() => undefined}
    />
  );
  const { rerender } = render(map([member(1), member(2), member(3)]));
  const node = screen.getByRole('button', { name: /^1С:ERP ×3/ });
  expect(node.textContent).toContain('3 из 3 работают');
  expect(node.textContent).toContain('↑ 6/мин');
  rerender(map([member(1), member(2, { status: 'bad' }), member(3, { status: 'warn' })]));
  expect(node.textContent).toContain('2 из 3 работают');
  expect(node.textContent).toContain('сбой: площадка 2');
});
