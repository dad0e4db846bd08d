import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { expect, it } from 'vitest';
import { approvalSystems } from './index.ts';

const title = { ru: 'а', en: 'a' };

it('requests are read in the zone of their base', () => {
  const landscape = landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'ut',
        title,
        kind: 'onec',
        zone: 'Asia/Yekaterinburg',
        connector: {
          protocol: 'onec-odata',
          url: 'http://ut/odata',
          userEnv: 'U',
          passwordEnv: 'P',
          polls: ['approvals'],
        },
      },
    ],
    flows: [{ id: 'x', title, what: title, from: ['ut'], to: ['ut'], channel: 'api' }],
  });
  expect(approvalSystems(landscape).ut).toMatchObject({ system: 'ut', zone: 'Asia/Yekaterinburg' });
});
