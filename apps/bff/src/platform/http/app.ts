import type { EndpointContract } from '@pult/shared/contracts/endpoint';
import { openApiDocument } from '@pult/shared/contracts/openapi';
import { AppError } from '@pult/shared/errors/app-error';
import express, { type Express, Router } from 'express';
import helmet from 'helmet';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { docsPage } from './docs-page.ts';
import type { Gatekeeper } from './gate.ts';
import { intakeRate, intakeWindow, wrongKeyLimit } from './limits.ts';
import { mount, type Route } from './mount.ts';
import { problemTail } from './problems.ts';
import { contextOf, openContext } from './request-context.ts';
import { staticFiles } from './static-files.ts';

export interface AppOptions {
  readonly routes: readonly Route[];
  /** The whole table, for the documents; routes may cover a part of it in tests. */
  readonly endpoints: readonly EndpointContract[];
  readonly gatekeeper: Gatekeeper;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  /** Address that browsers use; `https` switches secure headers on. */
  readonly publicUrl: string;
  /** Routers that speak no JSON contract: pages of the login. */
  readonly pages?: readonly Router[];
  readonly probes?: Router;
  readonly webDir?: string;
  readonly strict: boolean;
  /** Proxies in front whose `X-Forwarded-*` is believed. */
  readonly trustedProxies?: number;
  readonly isDraining?: () => boolean;
  readonly intake?: {
    readonly ratePerMinute: number;
    readonly wrongKeysPerMinute: number;
    readonly maxHeldBytes: number;
  };
}

const INTAKE = { ratePerMinute: 60_000, wrongKeysPerMinute: 60, maxHeldBytes: 128 * 1024 * 1024 };

/** The HTTP application: headers, context, probes, login pages, guarded endpoints, documents, the web, error tail. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', options.trustedProxies ?? 0);
  app.use((request, response, next) => {
    const { requestId, traceId } = openContext(request, options.log);
    response.set({ 'X-Request-Id': requestId, 'X-Trace-Id': traceId });
    next();
  });
  app.use(securityHeaders(options.publicUrl.startsWith('https:')));
  if (options.probes !== undefined) app.use(options.probes);
  for (const page of options.pages ?? []) app.use(page);
  app.use(apiRouter(options));
  if (options.webDir !== undefined) app.use(staticFiles(options.webDir));
  app.use(() => {
    throw new AppError('route.not_found');
  });
  app.use(problemTail);
  return app;
}

function apiRouter(options: AppOptions): Router {
  const intake = options.intake ?? INTAKE;
  const router = Router();
  router.use('/api', (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  const document = JSON.stringify(openApiDocument(options.endpoints, options.version));
  const page = docsPage(options.endpoints);
  router.get('/api/openapi.json', (_request, response) => void response.type('application/json').send(document));
  router.get('/api/docs', (_request, response) => void response.type('html').send(page));
  router.use('/api/intake', wrongKeyLimit(intake.wrongKeysPerMinute));
  mount(router, options.routes, {
    gatekeeper: options.gatekeeper,
    metrics: options.metrics,
    strict: options.strict,
    intakeSteps: [
      intakeRate(intake.ratePerMinute),
      intakeWindow({ maxBytes: intake.maxHeldBytes, isDraining: options.isDraining ?? (() => false) }),
    ],
  });
  router.use('/api', (request) => {
    contextOf(request).log.debug({ method: request.method, path: request.path }, 'no such endpoint');
    throw new AppError('route.not_found');
  });
  return router;
}

/**
 * Content Security Policy: own scripts only, none inline. Styles may be inline because antd writes its style sheets
 * at run time (cssinjs) and charts and the flow map position their elements by style attributes; a style cannot run
 * code, and nothing else may be loaded from elsewhere.
 */
function securityHeaders(https: boolean): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        workerSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: https,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}
