import { useTranslation } from 'react-i18next';
import { type KeyHint, useScreenKeyHints } from '../lib/use-keys.ts';
import { Kbd } from '../ui/kbd.tsx';
import { Sheet } from '../ui/sheet.tsx';
import css from './shell.module.css';

/** The keys of the screen in front and those that work everywhere. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const ofScreen = useScreenKeyHints().filter(([keys]) => keys !== '?' && keys !== '/');
  const everywhere: readonly KeyHint[] = [
    ['/', t('common.keys.search')],
    ['⌘K', t('common.keys.palette')],
    ['Esc', t('common.keys.close')],
    ['?', t('common.keys.help')],
  ];
  return (
    <Sheet open title={t('common.keys.title')} onClose={onClose}>
      {ofScreen.length > 0 && <KeyList title={t('common.keys.ofScreen')} keys={ofScreen} />}
      <KeyList title={t('common.keys.everywhere')} keys={everywhere} />
    </Sheet>
  );
}

function KeyList({ title, keys }: { readonly title: string; readonly keys: readonly KeyHint[] }) {
  return (
    <section className={css.keyList}>
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <Kbd key={one}>{one}</Kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
