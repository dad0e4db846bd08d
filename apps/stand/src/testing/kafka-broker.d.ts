import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the broker that the run shares; topics and groups of a test have names of their own. */
    kafkaBrokers: string;
  }
}
