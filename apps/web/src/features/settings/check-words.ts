/** A failure of a check in words: what happened, who has to do what. The server sends code and data only. */
import type { CheckFault, CheckFaultCode, ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { useTranslation } from 'react-i18next';
import { formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { useNames } from '../../lib/use-names.ts';
import { failedStepOf } from './check-queries.ts';

type Who = 'system' | 'network' | 'pult' | 'wait';

const NETWORK: readonly CheckFaultCode[] = ['dns_not_found', 'dns_unavailable', 'unreachable', 'connect_timeout'];
const PULT: readonly CheckFaultCode[] = [
  'no_credentials',
  'login_paused',
  'redirect',
  'folder_missing',
  'folder_denied',
  'folder_silent',
  'folder_broken',
  'folder_apart',
  'sasl_mechanism',
  'tls_wanted',
  'client_certificate_wanted',
  'login_wanted',
  'question_refused',
  'too_long',
  'own_fault',
];
const WAIT: readonly CheckFaultCode[] = ['maintenance', 'overloaded', 'no_session', 'not_ready'];

/** Whose hands a failure needs. */
export function whoMends(code: CheckFaultCode): Who {
  if (NETWORK.includes(code)) return 'network';
  if (PULT.includes(code)) return 'pult';
  return WAIT.includes(code) ? 'wait' : 'system';
}

export interface FaultWords {
  readonly short: string;
  readonly text: string;
  readonly who: string;
  /** Steps one by one; words in backticks are typed or chosen as they are. */
  readonly todo: readonly string[];
  readonly objects: readonly string[];
}

/** Words of a failure at a system. */
export function useFaultWords(): (fault: CheckFault, system: SystemHealth) => FaultWords {
  const { t, i18n } = useTranslation();
  return (fault, system) => {
    const { data, code } = fault;
    const title = system.title[i18n.language === 'en' ? 'en' : 'ru'];
    const said = (name: string): string => (data[name] === undefined ? '—' : String(data[name]));
    const facts = {
      host: said('host'),
      port: said('port'),
      seconds: said('seconds'),
      user: data.user === undefined ? (system.connection?.user ?? '—') : String(data.user),
      until: typeof data.until === 'string' ? formatMoment(data.until) : '—',
      mechanism: said('mechanism'),
      secret: system.connection?.secretEnv ?? '—',
    };
    return {
      short: t(`checks.fault.${code}.short`),
      text: t(`checks.fault.${code}.text`, facts),
      who: t(`checks.who.${whoMends(code)}`, { system: title }),
      todo: t(`checks.fault.${code}.todo`, facts).split('\n'),
      objects: Array.isArray(data.objects) ? data.objects : [],
    };
  };
}

/** A letter that can be sent as it is to the person who has to change something in the system. */
export function useLetter(): (
  check: ConnectionCheck,
  of: { system: SystemHealth; flows: readonly string[] },
) => string | null {
  const { t, i18n } = useTranslation();
  const words = useFaultWords();
  const names = useNames();
  return (check, { system, flows }) => {
    const step = failedStepOf(check);
    if (step?.fault == null) return null;
    const { fault } = step;
    const said = words(fault, system);
    const title = system.title[i18n.language === 'en' ? 'en' : 'ru'];
    const { connection } = system;
    return [
      t('checks.letter.subject', { system: title }),
      '',
      t('checks.letter.hello'),
      '',
      t('checks.letter.opening', { system: title, at: formatInstant(check.finishedAt ?? check.startedAt) }),
      ...(connection ? [t('checks.letter.address', { url: connection.url })] : []),
      ...(connection?.user ? [t('checks.letter.user', { user: connection.user })] : []),
      '',
      `${t('checks.letter.stopped', { step: t(`checks.step.${step.id}`) })} ${said.text}`,
      '',
      `${said.who}:`,
      ...said.todo.map((line, index) => `${index + 1}. ${line.replaceAll('`', '')}`),
      ...(said.objects.length === 0
        ? []
        : ['', `${t('checks.objectsTitle')}:`, ...said.objects.map((one) => `  ${one}`)]),
      '',
      ...(fault.request === null ? [] : [t('checks.letter.request', { request: fault.request })]),
      ...(fault.answer === null ? [] : [t('checks.letter.answer', { answer: fault.answer })]),
      ...(flows.length === 0
        ? []
        : ['', t('checks.letter.needs', { flows: flows.map((id) => names.flow(id)).join('; ') })]),
      '',
      t('checks.letter.ending'),
    ].join('\n');
  };
}
