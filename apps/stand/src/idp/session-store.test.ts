import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAdapter, SessionStore } from './session-store.ts';
import { signingKey } from './signing-key.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'pult-idp-'));

describe('sessions of the demo provider', () => {
  it('survive a restart of the process, and so does the key', async () => {
    const at = folder();
    const Adapter = createAdapter(new SessionStore(join(at, 'idp.jsonl')));
    await new Adapter('Session').upsert('s1', { uid: 'u1', accountId: 'ops' }, 60);
    const Again = createAdapter(new SessionStore(join(at, 'idp.jsonl')));
    expect(await new Again('Session').findByUid('u1')).toMatchObject({ accountId: 'ops' });
    expect(await new Again('Grant').find('s1')).toBeUndefined();
    expect(signingKey(join(at, 'key.jsonl'))).toEqual(signingKey(join(at, 'key.jsonl')));
  });

  it('end: by time, by destroying them, with their grant', async () => {
    const Adapter = createAdapter(new SessionStore(null));
    const tokens = new Adapter('AccessToken');
    await tokens.upsert('over', {}, -1);
    await tokens.upsert('destroyed', {}, 60);
    await tokens.destroy('destroyed');
    await tokens.upsert('revoked', { grantId: 'g' }, 60);
    await tokens.revokeByGrantId('g');
    for (const id of ['over', 'destroyed', 'revoked']) expect(await tokens.find(id)).toBeUndefined();
  });

  it('marks a code as used and keeps when it ends', async () => {
    const Adapter = createAdapter(new SessionStore(null));
    const codes = new Adapter('AuthorizationCode');
    await codes.upsert('c', { userCode: 'x' }, 60);
    await codes.consume('c');
    expect(await codes.find('c')).toMatchObject({ consumed: expect.any(Number) });
    expect(await codes.findByUserCode('x')).toBeDefined();
  });
});
