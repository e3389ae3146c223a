// Talks to the portal with one credential: a token, or (null) this browser's session, which the browser adds by itself.
// Queries and mutations go by POST, subscriptions over graphql-transport-ws.
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';

const VIEWER = '{ viewer { membership { name } serviceAccount { name } organization { name } roles } }';

// How operators tell our requests from others (docs/api/authentication.md).
const CLIENT = { 'graphql-client-name': 'graphiql' };

export class RefusedByPortal extends Error {
  constructor({ message, extensions }) {
    super(message);
    this.code = extensions?.code;
  }
}

export class Talk {
  constructor(endpoint, token) {
    this.endpoint = endpoint;
    this.token = token;
    // A page of another site can't send this header without asking first.
    this.credential = token === null ? { 'X-Requested-With': 'portal' } : { Authorization: `Bearer ${token}` };
  }

  async post(request, headers = {}) {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        ...CLIENT,
        ...this.credential,
        ...headers,
      },
      body: JSON.stringify(request),
    });
    return await response.json();
  }

  // The data of an operation. Raises RefusedByPortal, with the portal's words, where there is none.
  async data(query) {
    const answer = await this.post({ query });
    if (answer.errors) throw new RefusedByPortal(answer.errors[0]);
    return answer.data;
  }

  async viewer() {
    return (await this.data(VIEWER)).viewer;
  }

  async signOut() {
    if (this.token !== null) return;
    const headers = { 'Content-Type': 'application/json', ...this.credential };
    await fetch('/auth/sign-out', { method: 'POST', headers, body: '{}' });
  }

  // What GraphiQL calls to run an operation.
  fetcher() {
    return (request, { headers } = {}) =>
      isSubscription(request) ? this.subscribe(request, headers) : this.post(request, headers);
  }

  // A connection for each subscription: GraphiQL runs one, and its end closes the connection.
  subscribe(request, headers) {
    const address = new URL(this.endpoint, window.location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const client = createClient({
      url: address.href,
      connectionParams: { ...CLIENT, ...this.credential, ...headers },
      retryAttempts: 0, // somebody looks on: they see that it ended, and go on from the last cursor
    });
    // No generator: one that waits for the next event could not be told to return.
    const events = client.iterate(request);
    return {
      [Symbol.asyncIterator]() { return this; },
      next: () => events.next().catch((problem) => { throw said(problem); }),
      throw: (problem) => events.throw(problem),
      return: () => events.return(),
    };
  }
}

// Whatever is no subscription, syntax errors among it, the portal itself answers.
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false;
  }
}

function said(problem) {
  if (problem instanceof CloseEvent) {
    return new Error(`The portal has closed the connection: ${problem.reason || 'no reason given'} (${problem.code}).`);
  }
  return Array.isArray(problem) ? new AggregateError(problem, problem[0].message) : problem;
}
