import { createSecureContext, type SecureContext } from 'node:tls';
import { AppError } from '@pult/shared/errors/app-error';
import type { Logger } from '../../platform/telemetry/logger.ts';
import { type KafkaConfig, readTlsFiles, type Secrets, type TlsFiles } from './tls-files.ts';

/** Certificates and keys of the bus as their files are now: renewed ones are taken on by the next connection, without a restart. */
export interface TlsSource {
  /** While the files do not fit together, as in the middle of a renewal, those that did last. */
  files(): TlsFiles;
  /** For a client library that copies its options for each connection it opens: the copy holds what the files say then. */
  readonly options: { readonly secureContext: SecureContext };
}

export interface TlsSourceOptions {
  readonly config: KafkaConfig;
  readonly secrets: Secrets;
  readonly log?: Pick<Logger, 'warn'>;
}

/** @throws AppError `config.invalid` when the files are wrong to begin with */
export function createTlsSource({ config, secrets, log }: TlsSourceOptions): TlsSource {
  let last = readTlsFiles(config, secrets);
  let context: { readonly of: TlsFiles; readonly made: SecureContext } | null = null;
  let complained = '';

  const files = (): TlsFiles => {
    try {
      const now = readTlsFiles(config, secrets);
      if (!isSame(now, last)) last = now;
      complained = '';
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { issues } = error.data;
      const complaint = JSON.stringify(issues);
      if (complaint !== complained)
        log?.warn({ issues }, 'files of the connection to the bus are wrong: it goes on with those read before');
      complained = complaint;
    }
    return last;
  };

  return {
    files,
    options: {
      get secureContext() {
        const of = files();
        if (context?.of !== of) context = { of, made: createSecureContext(of) };
        return context.made;
      },
    },
  };
}

const isSame = (one: TlsFiles, other: TlsFiles): boolean =>
  one.cert === other.cert && one.key === other.key && one.ca?.at(-1) === other.ca?.at(-1);
