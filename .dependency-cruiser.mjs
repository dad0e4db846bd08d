/**
 * Who may import whom (docs/architecture.md). Every rule carries its reason; there is no list of exceptions.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const TEST = '\\.(test|bench)\\.tsx?$|/(fixtures|testing)/|test-(server|database)\\.ts$';

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle means two files cannot be understood or tested apart. Move the shared part to a third file.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is dead or misplaced. Delete it or wire it in.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.test\\.tsx?$',
          '\\.config\\.ts$',
          '\\.d\\.ts$',
          'main\\.tsx?$',
          'main\\.ts$',
          'scripts/',
          'e2e/',
          '-command\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      comment: 'The import points nowhere: a typo or a package missing in package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'prod-not-to-test',
      comment: 'Production code must not carry tests, builders or fixtures into the running system.',
      severity: 'error',
      from: { pathNot: [TEST, '^e2e/', '^bench/', 'vitest\\.config\\.ts$'] },
      to: { path: [TEST] },
    },
    {
      name: 'errors-import-nothing',
      comment: 'Every layer speaks errors; they may depend on no layer.',
      severity: 'error',
      from: { path: '^packages/shared/src/errors/', pathNot: TEST },
      to: { pathNot: '^packages/shared/src/errors/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Domain rules run everywhere and are property-tested: no npm package, no Node core, only shared/errors.',
      severity: 'error',
      from: { path: '^packages/shared/src/domain/', pathNot: TEST },
      to: { pathNot: '^packages/shared/src/(domain|errors)/' },
    },
    {
      name: 'contracts-know-zod-and-domain',
      comment: 'Contracts are the common language of web and BFF and may not pull either in.',
      severity: 'error',
      from: { path: '^packages/shared/src/(contracts|live)/', pathNot: TEST },
      to: { pathNot: ['^packages/shared/src/', 'node_modules/zod/'] },
    },
    {
      name: 'web-lib-no-react-tree',
      comment: 'web/lib serves any screen: it may not know screens or components.',
      severity: 'error',
      from: { path: '^apps/web/src/lib/', pathNot: TEST },
      to: { path: '^apps/web/src/(app|features|ui)/' },
    },
    {
      name: 'web-ui-presentational',
      comment: 'Pieces of web/ui get props and emit events; they neither fetch, route nor listen.',
      severity: 'error',
      from: { path: '^apps/web/src/ui/', pathNot: TEST },
      to: {
        path: [
          '^apps/web/src/(app|features)/',
          'node_modules/.*(@tanstack/react-query|react-router|socket\\.io-client)/',
        ],
      },
    },
    {
      name: 'web-feature-not-to-feature',
      comment: 'A feature that imports another cannot change alone. Share through ui, lib or a link.',
      severity: 'error',
      from: { path: '^apps/web/src/features/([^/]+)/' },
      to: { path: '^apps/web/src/features/([^/]+)/', pathNot: '^apps/web/src/features/$1/' },
    },
    {
      name: 'web-feature-not-to-app',
      comment: 'The app composes features, never the other way round.',
      severity: 'error',
      from: { path: '^apps/web/src/features/' },
      to: { path: '^apps/web/src/app/' },
    },
    {
      name: 'bff-platform-without-business',
      comment: 'The platform serves any module and knows none of them.',
      severity: 'error',
      from: { path: '^apps/bff/src/platform/', pathNot: TEST },
      to: { path: '^apps/bff/src/(modules|connectors|main)' },
    },
    {
      name: 'bff-connectors-without-modules',
      comment: 'A connector speaks a protocol; what the answer means is a module’s business.',
      severity: 'error',
      from: { path: '^apps/bff/src/connectors/', pathNot: TEST },
      to: { path: '^apps/bff/src/(modules|main)' },
    },
    {
      name: 'bff-connector-not-to-connector',
      comment:
        'A protocol is one folder (1С has two ways in: onec-*). What two protocols share is a matter of connectors/port; only the registry knows them all.',
      severity: 'error',
      from: { path: '^apps/bff/src/connectors/([^/.-]+)[^/.]*/', pathNot: TEST },
      to: {
        path: '^apps/bff/src/connectors/',
        pathNot: ['^apps/bff/src/connectors/$1/', '^apps/bff/src/connectors/$1-', '^apps/bff/src/connectors/port/'],
      },
    },
    {
      name: 'bff-module-through-index',
      comment: 'Other modules may use what index.ts offers; the rest is private.',
      severity: 'error',
      from: { path: '^apps/bff/src/modules/([^/]+)/', pathNot: TEST },
      to: {
        path: '^apps/bff/src/modules/([^/]+)/',
        pathNot: ['^apps/bff/src/modules/$1/', '^apps/bff/src/modules/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'rules-are-pure',
      comment: 'rules.ts decides; clock, ids and randomness come in as arguments. No npm, no Node core.',
      severity: 'error',
      from: { path: '/rules\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'] },
    },
    {
      name: 'only-main-knows-everything',
      comment: 'main.ts is the composition root; nothing imports it.',
      severity: 'error',
      from: { path: '^apps/bff/src/', pathNot: ['^apps/bff/src/main', TEST] },
      to: { path: '^apps/bff/src/main\\.ts$' },
    },
    {
      name: 'stand-is-a-witness',
      comment: 'The stand proves the protocols independently: no line shared with the console.',
      severity: 'error',
      from: { path: '^apps/stand/' },
      to: { path: '^(apps/(web|bff)|packages)/' },
    },
    {
      name: 'console-not-to-stand',
      comment: 'The console meets the stand over the wire only; tests may start it.',
      severity: 'error',
      from: { path: '^(apps/(web|bff)|packages)/', pathNot: TEST },
      to: { path: '^apps/stand/' },
    },
    {
      name: 'black-box',
      comment: 'e2e and bench measure the running system, not its source.',
      severity: 'error',
      from: { path: '^(e2e|bench)/' },
      to: { path: '^(apps|packages)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
    combinedDependencies: false,
  },
};
