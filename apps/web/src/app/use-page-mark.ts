import type { HealthStatus } from '@pult/shared/contracts/landscape';
import { useEffect } from 'react';
import { PALETTES } from '../ui/tokens.ts';

const SHAPES: Readonly<Record<HealthStatus, { glyph: string; svg: string }>> = {
  ok: { glyph: '●', svg: '<circle cx="16" cy="16" r="11"/>' },
  warn: { glyph: '▲', svg: '<path d="M16 4 30 28H2Z"/>' },
  bad: { glyph: '■', svg: '<rect x="5" y="5" width="22" height="22" rx="3"/>' },
  doubt: { glyph: '◆', svg: '<path d="M16 3 29 16 16 29 3 16Z"/>' },
  idle: { glyph: '○', svg: '<circle cx="16" cy="16" r="9" fill="none" stroke-width="4"/>' },
};

/** Worst state and the person's counter in the tab: title and favicon carry the same shape as the screen. */
export function usePageMark(status: HealthStatus, count: number): void {
  useEffect(() => {
    const { glyph, svg } = SHAPES[status];
    document.title = `${count > 0 ? `${glyph} ${count} · ` : ''}Пульт`;
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!link) return;
    const color = PALETTES.light[status];
    const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="${color}" stroke="${color}" stroke-width="0">${svg}</svg>`;
    link.href =
      status === 'ok' || status === 'idle' ? '/favicon.svg' : `data:image/svg+xml,${encodeURIComponent(image)}`;
  }, [status, count]);
}
