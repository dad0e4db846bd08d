import { useTranslation } from 'react-i18next';
import css from './list.module.css';

/** New rows wait behind it: nothing moves under the pointer. */
export function NewRowsPill({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  const { t } = useTranslation();
  return (
    <span role="status">
      {count > 0 && (
        <button type="button" className={css.pill} onClick={onShow}>
          ↑ {t('common.newRows', { count })}
        </button>
      )}
    </span>
  );
}
