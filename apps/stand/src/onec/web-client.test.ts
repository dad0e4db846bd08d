import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OneC, startOneC } from './server.ts';

/** Links of Pult to objects of 1С, as a browser follows them: no password, the part behind # sent on by the first page. */

let onec: OneC;
beforeAll(async () => {
  const login = { user: 'pult', password: 'demo' };
  onec = await startOneC({ port: 0, seed: 1, dataDir: null, users: { bp: login, ut: login }, workersPort: null });
});
afterAll(() => onec.close());

const PROBLEMS = 'InformationRegister_РезультатыОбменаДанными';
/** As 1С writes a reference into a link. */
const linked = (ref: string): string => {
  const [a, b, c, d, e] = ref.split('-');
  return `${d}${e}${c}${b}${a}`;
};
const open = async (base: string, metadata: string, ref: string) => {
  const response = await fetch(`${onec.url}/${base}/e1cib/data/${encodeURIComponent(metadata)}?ref=${linked(ref)}`);
  return { status: response.status, text: await response.text() };
};

describe('an object opened from Pult', () => {
  it('is reached over the address of the base', async () => {
    const response = await fetch(`${onec.url}/bp/`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("location.hash.startsWith('#e1cib/')");
  });

  it('is the document of a problem, with what the exchange says about it', async () => {
    const store = onec.bases.get('bp')?.store;
    const [problem] = (store?.all(PROBLEMS) ?? []).filter((row) => row.НомерДокумента !== '');
    const { status, text } = await open('bp', String(problem?.ОбъектМетаданных), String(problem?.ПроблемныйОбъект));
    expect(status).toBe(200);
    expect(text).toContain(String(problem?.НомерДокумента));
    expect(text).toContain(String(problem?.Причина));
  });

  it('is the document that the exchange made of it, or the one in the source while there is none', async () => {
    const set = 'Document_РеализацияТоваровУслуг';
    const ref = crypto.randomUUID();
    const [ut, bp] = ['ut', 'bp'].map((name) => onec.bases.get(name)?.store);
    ut?.insert(set, { Ref_Key: ref, Number: 'ЭТ00-1', Date: '2026-11-27T10:00:00', Posted: true });
    const before = await open('bp', 'Документ.РеализацияТоваровУслуг', ref);
    expect(before).toMatchObject({ status: 200, text: expect.stringContaining('в базе-источнике ut') });
    bp?.insert(set, { Number: 'ЭТ00-1', Date: '2026-11-27T10:00:00', Комментарий: `УТ:${ref} <b>` });
    const after = await open('bp', 'Документ.РеализацияТоваровУслуг', ref);
    expect(after.text).toContain(`УТ:${ref} &lt;b&gt;`);
  });

  it('is said to be gone when nobody has it, and no link is a link', async () => {
    expect(await open('bp', 'Документ.РеализацияТоваровУслуг', crypto.randomUUID())).toMatchObject({ status: 404 });
    expect((await fetch(`${onec.url}/bp/e1cib/data/x?ref=1`)).status).toBe(404);
    expect((await fetch(`${onec.url}/bp/e1cib/list/x`)).status).toBe(404);
  });

  it('shows what the web server of the base shows', async () => {
    const quirks = onec.bases.get('bp')?.quirks;
    Object.assign(quirks ?? {}, { gateway: 503 });
    expect((await fetch(`${onec.url}/bp/`)).status).toBe(503);
    Object.assign(quirks ?? {}, { gateway: 0 });
  });
});
