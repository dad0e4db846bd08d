import type { counters, HealthStatus } from '@pult/shared/contracts/counters';
import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../lib/session.ts';
import { PALETTES } from '../ui/tokens.ts';

const SHAPES: Readonly<Record<HealthStatus, { glyph: string; svg: string }>> = {
  ok: { glyph: '●', svg: '<circle cx="16" cy="16" r="11"/>' },
  warn: { glyph: '▲', svg: '<path d="M16 4 30 28H2Z"/>' },
  bad: { glyph: '■', svg: '<rect x="5" y="5" width="22" height="22" rx="3"/>' },
  doubt: { glyph: '◆', svg: '<path d="M16 3 29 16 16 29 3 16Z"/>' },
  idle: { glyph: '○', svg: '<circle cx="16" cy="16" r="9" fill="none" stroke-width="4"/>' },
};

export interface PageMark {
  readonly status: HealthStatus;
  readonly count: number;
}

/** What the tab counts: an approver their requests, everybody else the messages that need somebody. */
export function markOf(session: Session, numbers: EndpointResult<typeof counters> | undefined): PageMark {
  if (!numbers) return { status: 'idle', count: 0 };
  if (session.roles[0] !== 'manager') return { status: numbers.status, count: numbers.messages ?? 0 };
  const breaching = (numbers.approvalsBreaching ?? 0) > 0;
  return { status: breaching ? 'warn' : 'ok', count: numbers.approvals ?? 0 };
}

/** State and counter in the tab: title and favicon carry the same shape as the screen. */
export function usePageMark({ status, count }: PageMark): void {
  const { t } = useTranslation();
  const product = t('common.product');
  useEffect(() => {
    const { glyph, svg } = SHAPES[status];
    document.title = `${count > 0 ? `${glyph} ${count} · ` : ''}${product}`;
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!link) return;
    const color = PALETTES.light[status];
    const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="${color}" stroke="${color}" stroke-width="0">${svg}</svg>`;
    link.href =
      status === 'ok' || status === 'idle' ? '/favicon.svg' : `data:image/svg+xml,${encodeURIComponent(image)}`;
  }, [status, count, product]);
}
