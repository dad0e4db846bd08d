import { expect, type Page } from '@playwright/test';

/** Addresses and credentials of the running demonstration, as scripts/demo.ts writes them. */
export interface Demo {
  readonly url: string;
  readonly control: string;
  readonly onec: string;
  readonly elma: string;
  readonly site: string;
  readonly market: string;
  readonly edi: string;
  readonly credentials: Readonly<Record<string, string>>;
}

export function demo(): Demo {
  const text = process.env.PULT_DEMO;
  if (!text) throw new Error('PULT_DEMO is empty: the global setup did not run');
  return JSON.parse(text) as Demo;
}

/** Signs in through the demo provider like a person does. */
export async function signIn(page: Page, login: string): Promise<void> {
  await page.goto(`${demo().url}/`);
  await page.getByLabel(/Логин/).fill(login);
  await page.getByLabel(/Пароль/).fill('demo');
  await page.getByRole('button', { name: 'Войти', exact: true }).click();
  await expect(page.getByRole('navigation').first()).toBeVisible();
}

/** Calls the stand's control page API. */
export async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${demo().control}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

type Base = 'ut' | 'bp' | 'erp-1' | 'erp-2' | 'erp-3' | 'zup' | 'uh';

/** Rows of an entity set read straight from a stand base over OData, past Pult. */
export async function odata(base: Base, path: string): Promise<Record<string, unknown>[]> {
  const { onec, credentials } = demo();
  const name = base.toUpperCase().replaceAll('-', '_');
  const login = `${credentials[`${name}_ODATA_USER`]}:${credentials[`${name}_ODATA_PASSWORD`]}`;
  const response = await fetch(`${onec}/${base}/odata/standard.odata/${path}`, {
    headers: {
      authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      accept: 'application/json;odata=nometadata',
    },
  });
  if (!response.ok) throw new Error(`OData ${path}: ${response.status} ${await response.text()}`);
  const body = (await response.json()) as { value?: Record<string, unknown>[] };
  return body.value ?? [body as Record<string, unknown>];
}

/** One item of the approvals app read straight from the stand's ELMA, past Pult. */
export async function elmaItem(field: string, value: string): Promise<Record<string, unknown> | undefined> {
  const { elma, credentials } = demo();
  const response = await fetch(`${elma}/pub/v1/app/sales/discount_approvals/list`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credentials.ELMA_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      active: true,
      fields: { '*': true },
      filter: { tf: { [field]: value } },
      from: 0,
      size: 10,
    }),
  });
  const body = (await response.json()) as {
    success: boolean;
    error: string;
    result: { result: Record<string, unknown>[] };
  };
  if (!body.success) throw new Error(body.error);
  return body.result.result[0];
}
