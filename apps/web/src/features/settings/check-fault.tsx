import type { CheckFault } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../ui/copy-button.tsx';
import { useFaultWords } from './check-words.ts';
import css from './checks.module.css';

/** The first failure, for the person who has to change something: what the system answered, what to do, step by step. */
export function CheckFaultNote({ fault, system }: { readonly fault: CheckFault; readonly system: SystemHealth }) {
  const { t } = useTranslation();
  const said = useFaultWords()(fault, system);
  return (
    <div className={css.fault}>
      <p>
        <b>{said.text}</b>
      </p>
      <h4>{said.who}</h4>
      <ol>
        {said.todo.map((line) => (
          <li key={line}>
            <TypedWords line={line} />
          </li>
        ))}
      </ol>
      {said.objects.length > 0 && (
        <>
          <h4>
            {t('checks.objectsTitle')} <CopyButton text={said.objects.join('\n')} label={t('checks.copyObjects')} />
          </h4>
          <ul className={css.objects}>
            {said.objects.map((object) => (
              <li key={object}>
                <code>{object}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {(fault.request !== null || fault.answer !== null) && (
        <pre className={css.exchange}>{[fault.request, fault.answer].filter((one) => one !== null).join('\n')}</pre>
      )}
    </div>
  );
}

/** What is typed or chosen as it is stands in backticks: it can be copied. */
function TypedWords({ line }: { readonly line: string }) {
  const { t } = useTranslation();
  return line.split('`').map((part, index) =>
    index % 2 === 0 ? (
      // Parts of one sentence never move.
      <span key={index}>{part}</span>
    ) : (
      <span key={index} className={css.typed}>
        <code>{part}</code>
        <CopyButton text={part} label={t('checks.copyCode', { text: part })} />
      </span>
    ),
  );
}
