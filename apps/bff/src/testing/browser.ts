import { CSRF_COOKIE, CSRF_HEADER } from '../platform/http/gate.ts';

export interface BrowserAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what an answer says, whatever its type
  readonly json: any;
}

/** Keeps cookies and follows redirects over two sites like a person's browser. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** `Set-Cookie` lines as they came. */
  readonly setCookies: string[] = [];
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<BrowserAnswer> {
    return this.send('GET', path, { headers });
  }

  /** A command of the console: JSON body and the CSRF token that the page reads from its cookie. */
  async command(path: string, body: unknown = {}, method = 'POST'): Promise<BrowserAnswer> {
    const headers = { 'content-type': 'application/json', [CSRF_HEADER]: this.cookies.get(CSRF_COOKIE) ?? '' };
    return this.send(method, path, { headers, body: JSON.stringify(body) });
  }

  async send(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: string } = {},
  ): Promise<BrowserAnswer> {
    const url = new URL(path, this.base);
    // Both sites are 127.0.0.1 and cookies know no port: only Pult's own are sent to Pult.
    const own = url.origin === this.base;
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...(own ? { cookie: this.cookieHeader() } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    if (own) for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
  }

  /** Opens the login and follows it to its end; the answer is the last page. */
  async logIn(returnTo = '/'): Promise<BrowserAnswer> {
    let answer = await this.get(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    for (let hops = 0; hops < 5; hops += 1) {
      const location = answer.headers.get('location');
      if (answer.status !== 303 || location === null) break;
      answer = await this.get(location);
    }
    return answer;
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(line: string): void {
    this.setCookies.push(line);
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const gone = attributes.some((attribute) => /^Expires=Thu, 01 Jan 1970/.test(attribute));
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(pair.indexOf('=') + 1));
  }
}
