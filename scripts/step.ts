import { type ChildProcess, spawn } from 'node:child_process';

/** One thing that must hold, as a command. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder below the root; the root itself by default. */
  readonly folder?: string;
  /** Why the step cannot run here; undefined when it can. */
  readonly gap?: string | undefined;
}

/** Steps one after another. */
export type Lane = readonly Step[];

export interface Result {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** Why it was not run. */
  readonly note: string;
}

export interface StepRunner {
  /** Runs the steps of all lanes, lane beside lane. A step that fails holds nothing up. */
  runLanes(lanes: readonly Lane[]): Promise<Result[]>;
}

export interface StepRunnerOptions {
  /** Ends with a slash. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Words go straight to the terminal: for a single step. Otherwise those of a step come as a whole when it ends. */
  readonly live: boolean;
}

const running = new Set<ChildProcess>();
let isEnding = false;

/** Once asked to end, running steps say how far they came and none is begun. */
export function endOnSignals(): void {
  process.on('SIGTERM', () => {
    isEnding = true;
    // Vitest and Playwright put away what they started on this signal only.
    for (const child of running) child.kill('SIGINT');
  });
  // The terminal has sent it to the steps, too.
  process.on('SIGINT', () => {
    isEnding = true;
  });
}

/** Steps as processes below `root`; programs of packages are found by name. */
export function createStepRunner({ root, env, live }: StepRunnerOptions): StepRunner {
  const spawnStep = ({ command, folder, environment }: Step): ChildProcess => {
    const [program = '', ...rest] = command;
    const cwd = `${root}${folder ?? ''}`;
    // A program of a package (playwright) stands in the package's own bin folder.
    const PATH = folder ? `${cwd}/node_modules/.bin:${env.PATH}` : env.PATH;
    const stdio = live ? 'inherit' : 'pipe';
    return spawn(program, rest, { cwd, env: { ...env, PATH, ...environment }, stdio: ['ignore', stdio, stdio] });
  };

  const run = async (step: Step): Promise<Result> => {
    const { name, gap } = step;
    if (gap !== undefined)
      return { name, outcome: env.CI === 'true' ? 'failed' : 'skipped', seconds: 0, note: `not run here: ${gap}` };
    if (isEnding) return { name, outcome: 'failed', seconds: 0, note: 'not begun: the run was ended' };
    console.log(`▸ ${name}`);
    const startedAt = performance.now();
    const said: Buffer[] = [];
    const child = spawnStep(step);
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
    const passed = await new Promise<boolean>((done) => {
      child.once('error', (error) => {
        said.push(Buffer.from(`${error.message}\n`));
        done(false);
      });
      child.once('close', (code) => done(code === 0));
    });
    running.delete(child);
    const result: Result = {
      name,
      outcome: passed ? 'passed' : 'failed',
      seconds: (performance.now() - startedAt) / 1000,
      note: '',
    };
    const text = Buffer.concat(said).toString();
    console.log(`\n── ${name}: ${result.outcome} in ${result.seconds.toFixed(1)} s\n${text}`);
    return result;
  };

  return {
    runLanes: async (lanes) => {
      const results = await Promise.all(
        lanes.map(async (lane) => {
          const ofLane: Result[] = [];
          for (const step of lane) ofLane.push(await run(step));
          return ofLane;
        }),
      );
      return results.flat();
    },
  };
}
