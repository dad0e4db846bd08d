/** Signs in through the demo provider over HTTP, as a browser does, and calls the API with that session. */
export interface Session {
  /** Reads an address of the API; throws on anything but 2xx. */
  get<T = unknown>(path: string): Promise<T>;
  /** As a header, for whoever carries the same session on. */
  readonly cookie: string;
}

class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  cookieOf(url: string): string {
    const own = this.#cookies.get(new URL(url).origin) ?? new Map<string, string>();
    return [...own].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Follows redirects by hand: cookies belong to their origin. */
  async open(url: string, init: RequestInit = {}): Promise<{ url: string; response: Response }> {
    let [target, options] = [url, init];
    for (let hops = 0; hops < 12; hops += 1) {
      const { origin } = new URL(target);
      const own = this.#cookies.get(origin) ?? new Map<string, string>();
      this.#cookies.set(origin, own);
      const headers = new Headers(options.headers);
      headers.set('cookie', [...own].map(([name, value]) => `${name}=${value}`).join('; '));
      const response = await fetch(target, { ...options, headers, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const at = pair.indexOf('=');
        own.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const location = response.headers.get('location');
      if (location === null) return { url: target, response };
      await response.arrayBuffer();
      [target, options] = [new URL(location, target).href, {}];
    }
    throw new Error(`${url} redirects without end`);
  }
}

/** A session of a demo person («ops», «manager», …). */
export async function signIn(url: string, login: string): Promise<Session> {
  const browser = new Browser();
  const form = await browser.open(`${url}/auth/login`);
  await form.response.arrayBuffer();
  const back = await browser.open(form.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ login, password: 'demo' }),
  });
  await back.response.arrayBuffer();
  return {
    cookie: browser.cookieOf(url),
    async get<T>(path: string) {
      const { response } = await browser.open(`${url}${path}`);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
  };
}
