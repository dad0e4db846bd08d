import { lazy, Suspense, useEffect, useState } from 'react';
import { useKeys } from '../lib/use-keys.ts';
import type { Section } from './sections.ts';

const CommandPalette = lazy(async () => ({ default: (await import('./command-palette.tsx')).CommandPalette }));
const KeysHelp = lazy(async () => ({ default: (await import('./keys-help.tsx')).KeysHelp }));

/** What opens over any screen: ⌘K (Ctrl K) the palette, `?` the keys. Loaded when first asked for. */
export function Overlays({ sections }: { readonly sections: readonly Section[] }) {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null);
  useKeys({ '?': () => setOpen('keys') });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.code !== 'KeyK') return;
      event.preventDefault();
      setOpen((now) => (now === 'palette' ? null : 'palette'));
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  const close = () => setOpen(null);
  return (
    <Suspense fallback={null}>
      {open === 'palette' && <CommandPalette sections={sections} onClose={close} />}
      {open === 'keys' && <KeysHelp onClose={close} />}
    </Suspense>
  );
}
