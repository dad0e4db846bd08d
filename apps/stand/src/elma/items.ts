/** Items of the app: create, list, get, update, set-status, settings. */
import type { Application, Request, Response } from 'express';
import { chosenFields, type ListBody, pageOf, selectItems } from './query.ts';
import { APP, type Item, type ItemStore, STATUSES, type StatusCode } from './store.ts';

type Body = Readonly<Record<string, unknown>>;

/** Body of a request, also when a GET has none. */
export const bodyOf = (request: Request): Body => (request.body ?? {}) as Body;
const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list may be asked by GET too: page and order in the query. */
export const listBody = (request: Request): ListBody =>
  request.method === 'GET'
    ? { from: Number(request.query.from ?? 0), size: Number(request.query.size ?? 10), active: true }
    : (bodyOf(request) as ListBody);

export function addItemRoutes(app: Application, store: ItemStore, tell: (item: Item) => void): void {
  const root = `/pub/v1/app/${APP.namespace}/${APP.code}`;
  const fail = (response: Response, error: string): void => void response.status(400).json({ success: false, error });
  const good = (response: Response, item: Item): void => void response.json({ success: true, error: '', item });
  const withItem =
    (work: (item: Item, request: Request, response: Response) => void) =>
    (request: Request, response: Response): void => {
      const item = store.get(String(request.params.id));
      if (item) work(item, request, response);
      else response.status(404).json({ success: false, error: 'item not found' });
    };
  const list = (request: Request, response: Response): void => {
    const body = listBody(request);
    const { result, total } = pageOf(selectItems(store.all(), body), body);
    response.json({
      success: true,
      error: '',
      result: { result: result.map((item) => chosenFields(item, body.fields)), total },
    });
  };
  const settings = { success: true, error: '', statusItems: STATUSES, groups: [{ id: 'default', name: 'Статус' }] };

  app.post(`${root}/create`, (request, response) => {
    const { context } = bodyOf(request);
    if (!isObject(context)) return fail(response, 'context is required');
    const item = store.create(context);
    tell(item);
    good(response, item);
  });
  app.route(`${root}/list`).get(list).post(list);
  app.get(`${root}/settings/status`, (_request, response) => void response.json(settings));
  app.get(`${root}/settings`, (_request, response) => {
    response.json({ ...settings, ...APP, name: 'Согласование скидок' });
  });
  const get = withItem((item, _request, response) => good(response, item));
  app.route(`${root}/:id/get`).get(get).post(get);
  app.post(
    `${root}/:id/update`,
    withItem((item, request, response) => {
      const { context } = bodyOf(request);
      if (!isObject(context)) return fail(response, 'context is required');
      good(response, store.update(item, context));
    }),
  );
  app.post(
    `${root}/:id/set-status`,
    withItem((item, request, response) => {
      const { status } = bodyOf(request);
      const code = isObject(status) ? status.code : undefined;
      if (!STATUSES.some((one) => one.code === code)) return fail(response, `unknown status "${String(code)}"`);
      const next = store.setStatus(item, code as StatusCode);
      tell(next);
      good(response, next);
    }),
  );
}
