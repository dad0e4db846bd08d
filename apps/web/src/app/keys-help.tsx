import { Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '../lib/use-keys.ts';
import { Kbd } from '../ui/kbd.tsx';
import css from './shell.module.css';

/** `?` shows the keys. */
export function KeysHelp() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useKeys({ '?': () => setOpen(true) });
  const rows: readonly (readonly [string, string])[] = [
    ['/', t('common.keys.search')],
    ['⌘K', t('common.keys.palette')],
    ['j', t('common.keys.next')],
    ['k', t('common.keys.previous')],
    ['Enter', t('common.keys.open')],
    ['Esc', t('common.keys.close')],
    ['?', t('common.keys.help')],
  ];
  return (
    <Modal open={open} title={t('common.keys.title')} footer={null} onCancel={() => setOpen(false)} width={360}>
      <dl className={css.keyList}>
        {rows.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
