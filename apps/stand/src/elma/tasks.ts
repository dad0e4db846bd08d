/** Processes, tasks and people of the stand's ELMA. */
import type { Application, Request, Response } from 'express';
import { bodyOf, listBody } from './items.ts';
import { pageOf } from './query.ts';
import { codeOf, EXITS, type Item, type ItemStore, PROCESS, type Task } from './store.ts';
import { USERS } from './users.ts';

const isFinal = (item: Item): boolean => ['approved', 'rejected'].includes(codeOf(item));

/** Instance of the process behind an item. */
const instanceOf = (item: Item): Readonly<Record<string, unknown>> => ({
  __id: item.__tasks[0]?.instance.__id,
  __name: PROCESS.name,
  __createdAt: item.__createdAt,
  __updatedAt: item.__updatedAt,
  __state: isFinal(item) ? 'done' : 'wait',
  __target: { id: item.__id, code: item.__tasks[0]?.__item.code, namespace: item.__tasks[0]?.__item.namespace },
  __templateNsAndCode: `${PROCESS.namespace}.${PROCESS.code}`,
});

export function addTaskRoutes(app: Application, store: ItemStore, tell: (item: Item) => void): void {
  const fail = (response: Response, error: string, status = 400): void =>
    void response.status(status).json({ success: false, error });
  const answerList = <T>(request: Request, response: Response, rows: readonly T[]): void =>
    void response.json({ success: true, error: '', result: pageOf(rows, listBody(request)) });

  app.post(`/pub/v1/bpm/template/${PROCESS.namespace}/${PROCESS.code}/run`, (request, response) => {
    const { context } = bodyOf(request);
    if (typeof context !== 'object' || context === null) return fail(response, 'context is required');
    const item = store.create(context as Readonly<Record<string, unknown>>);
    tell(item);
    response.json({ success: true, error: '', context: { ...instanceOf(item), item: [item.__id] } });
  });
  app.all('/pub/v1/bpm/instance/:id/get', (request, response) => {
    const item = store.findByInstance(String(request.params.id));
    if (item) response.json({ success: true, error: '', context: instanceOf(item) });
    else fail(response, 'instance not found', 404);
  });
  app.all(`/pub/v1/bpm/instance/bytemplate/${PROCESS.namespace}/${PROCESS.code}/list`, (request, response) =>
    answerList(request, response, store.all().map(instanceOf)),
  );

  const tasks = (): Task[] => store.all().flatMap((item) => item.__tasks);
  app.all('/pub/v1/tasks/list', (request, response) => answerList(request, response, tasks()));
  app.all('/pub/v1/tasks/list/income', (request, response) =>
    answerList(
      request,
      response,
      tasks().filter(({ state }) => state === 'in_progress'),
    ),
  );
  app.all('/pub/v1/tasks/list/of/:user', (request, response) =>
    answerList(
      request,
      response,
      tasks().filter(({ performers }) => performers.includes(String(request.params.user))),
    ),
  );
  const withTask =
    (work: (found: { item: Item; task: Task }, request: Request, response: Response) => void) =>
    (request: Request, response: Response): void => {
      const id = String(request.params.id);
      const item = store.findByTask(id);
      const task = item?.__tasks.find(({ __id }) => __id === id);
      if (item && task) work({ item, task }, request, response);
      else fail(response, 'task not found', 404);
    };
  app.get(
    '/pub/v1/tasks/:id/get',
    withTask(({ task }, _request, response) => void response.json({ success: true, error: '', task })),
  );
  app.get(
    '/pub/v1/tasks/:id/exits',
    withTask(({ task }, _request, response) => {
      const exits = task.state === 'done' ? [] : EXITS.map(({ code, name }) => ({ code, name }));
      response.json({ success: true, error: '', exits });
    }),
  );
  app.put(
    '/pub/v1/tasks/:id/submit',
    withTask(({ item, task }, request, response) => {
      const body = bodyOf(request) as {
        exit?: unknown;
        exitCode?: unknown;
        context?: Readonly<Record<string, unknown>>;
      };
      const exit = EXITS.find(({ code }) => code === (body.exit ?? body.exitCode));
      if (!exit) return fail(response, 'unknown exit');
      if (task.state === 'done') return fail(response, 'task is completed');
      const next = store.setStatus(body.context ? store.update(item, body.context) : item, exit.status);
      tell(next);
      response.json({ success: true, error: '', task: next.__tasks.find(({ __id }) => __id === task.__id) });
    }),
  );
  app.put(
    '/pub/v1/tasks/:id/reassign',
    withTask(({ item, task }, request, response) => {
      const { performers } = bodyOf(request);
      const people = Array.isArray(performers) ? performers.map(String) : [];
      if (people.length === 0 || people.some((id) => !USERS.some(({ __id }) => __id === id)))
        return fail(response, 'performers must be users');
      if (task.state === 'done') return fail(response, 'task is completed');
      const next = store.reassign(item, task.__id, people);
      response.json({ success: true, error: '', task: next.__tasks.find(({ __id }) => __id === task.__id) });
    }),
  );
  app.all('/pub/v1/user/list', (request, response) => {
    const { ids } = listBody(request);
    answerList(request, response, ids?.length ? USERS.filter(({ __id }) => ids.includes(__id)) : USERS);
  });
}
