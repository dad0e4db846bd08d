import type { FolderRole } from '@pult/shared/contracts/connection-checks';
import { createTurns } from '../port/connection.ts';
import { type ConfigOf, defineConnector } from '../port/connector.ts';
import { flowNeeds } from '../port/flow-needs.ts';
import { circuitOf } from '../port/http-ways.ts';
import { filesSteps } from './check.ts';
import { createFilesClient } from './client.ts';
import { createFolderCalls } from './folder-fault.ts';

const ROLES: readonly FolderRole[] = ['inbox', 'archive', 'rejected', 'deliver', 'respond'];

const foldersOf = ({ folders }: ConfigOf<'files'>) =>
  ROLES.flatMap((role) => {
    const path = folders[role];
    return path === undefined ? [] : [{ role, path }];
  });

/** Watched folders of an exchange over files. */
export const filesConnector = defineConnector({
  protocol: 'files',
  addresses: () => [],
  login: () => null,
  open: (config, parts) => {
    const { limits, folders } = config;
    const { system, clock, originals, landscape } = parts;
    const turns = createTurns(limits.concurrency);
    const calls = createFolderCalls(limits.timeoutMs, clock);
    const client = createFilesClient({
      ...circuitOf(parts),
      turns,
      config,
      originals,
      calls,
      zone: system.zone,
    });
    return {
      client,
      state: client.state,
      check: client.check,
      steps: () => filesSteps({ folders, calls }),
      // What a resend asks of folders is no address: a file is put into one of them.
      needs: { objects: [], folders: foldersOf(config), flows: flowNeeds(landscape, system.id).flows },
      ask: client.ask,
    };
  },
});
