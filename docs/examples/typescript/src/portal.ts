// The portal as whoever has the token sees it: typed operations over fetch, subscriptions over graphql-ws.
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { TypedDocumentString } from './gql/graphql.js';

const TRIES = 5;

/** What an operation could not be run for; `code` is one of docs/api/errors.md. */
export class PortalError extends Error {
  constructor(message: string, readonly code: string) {
    super(message);
  }
}

type GraphQLErrors = { message: string; extensions?: { code?: string } }[];
type Response<Data> = { data?: Data | null; errors?: GraphQLErrors };

export class Portal {
  private readonly live: Client;

  constructor(private readonly url: string, private readonly token: string) {
    this.live = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket, // browsers, and Node from 22 on, have one of their own
      connectionParams: { Authorization: `Bearer ${token}` },
      retryAttempts: 0, // `changes` connects again: only it knows where to go on
    });
  }

  /** The data of an operation. Send only what is safe to repeat: reads, and changes with an idempotency key. */
  async ask<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(`${this.url}/graphql`, {
          method: 'POST',
          headers: {
            Authorization: `Bearer ${this.token}`,
            'Content-Type': 'application/json',
            Accept: 'application/graphql-response+json, application/json;q=0.9',
            'graphql-client-name': 'typescript-example',
            'graphql-client-version': '1',
          },
          body: JSON.stringify({ query: document.toString(), variables }),
        });
        if (attempt === TRIES || ![429, 503].includes(response.status)) {
          return dataOf((await response.json()) as Response<Data>);
        }
        await pause(Number(response.headers.get('Retry-After') ?? backoff(attempt)));
      } catch (problem) {
        if (attempt === TRIES || !(problem instanceof TypeError)) throw problem; // fetch's own failures are TypeErrors
        await pause(backoff(attempt));
      }
    }
  }

  /**
   * What a subscription tells. Each time it connects again it goes on after the last change that came, so its
   * operation takes `after`, and `cursorOf` finds the cursor in what it tells.
   */
  async *changes<Data, Variables extends { after?: unknown }>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    cursorOf: (data: Data) => string,
  ): AsyncGenerator<Data> {
    let after = variables.after ?? null;
    for (let tries = 1; ; tries++) {
      try {
        const request = { query: document.toString(), variables: { ...variables, after } };
        for await (const response of this.live.iterate<Data>(request)) {
          const data = dataOf(response as Response<Data>);
          after = cursorOf(data);
          tries = 0;
          yield data;
        }
        return;
      } catch (problem) {
        if (isFinal(problem)) throw problem;
      }
      await pause(backoff(tries));
    }
  }

  async close(): Promise<void> {
    await this.live.dispose();
  }
}

function dataOf<Data>(response: Response<Data>): Data {
  const [error] = response.errors ?? [];
  if (error) throw new PortalError(error.message, error.extensions?.code ?? '');
  if (response.data == null) throw new PortalError('The answer has no data.', '');
  return response.data;
}

/** Whether to connect again is of no use: our own mistake, or we are no longer signed in. */
function isFinal(problem: unknown): boolean {
  if (problem instanceof PortalError || Array.isArray(problem)) return true;
  const code = (problem as { code?: unknown }).code;
  return typeof code === 'number' && code >= 4400 && code < 4500;
}

/** Seconds: twice as many each time, and not all clients at once. */
function backoff(tries: number): number {
  return Math.min(30, 0.2 * 2 ** tries) * (0.5 + Math.random() / 2);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
