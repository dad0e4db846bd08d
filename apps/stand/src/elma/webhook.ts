import { APP, codeOf, type Item } from './store.ts';

const TIMEOUT_MS = 5_000;

/** Tells about an item that got another status. Nobody waits for the answer; what is lost the poll finds. */
export function startWebhook(target: { readonly url: string; readonly token: string } | null): (item: Item) => void {
  return (item) => {
    if (!target) return;
    void fetch(target.url, {
      method: 'POST',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        app: `${APP.namespace}/${APP.code}`,
        itemId: item.__id,
        status: codeOf(item),
        updatedAt: item.__updatedAt,
      }),
    }).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
  };
}
