// Reads a board, moves somebody to another stage, and waits to be told of it.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { graphql } from './gql/gql.js';
import type { BoardQuery } from './gql/graphql.js';
import { Portal } from './portal.js';

const Board = graphql(`
  query Board($openingId: ID!, $after: String) {
    opening(id: $openingId) {
      title
      stages { id name }
      applications(first: 100, after: $after, filter: { status: { eq: ACTIVE } }) {
        nodes { id candidate { name } stage { id name } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

const Move = graphql(`
  mutation Move($input: MoveApplicationInput!) {
    moveApplication(input: $input) {
      application { id stage { name } }
      userErrors { code message }
    }
  }
`);

const Changes = graphql(`
  subscription Changes($openingId: ID!, $after: String) {
    pipelineChanged(openingId: $openingId, after: $after) {
      cursor
      type
      application { id }
      ... on ApplicationMoved { fromStage { name } toStage { name } }
    }
  }
`);

async function board(portal: Portal, openingId: string) {
  const applications: NonNullable<BoardQuery['opening']>['applications']['nodes'] = [];
  for (let after: string | null = null; ; ) {
    const { opening }: BoardQuery = await portal.ask(Board, { openingId, after });
    if (!opening) throw new Error(`There is no opening ${openingId}, or none that you may see.`);
    applications.push(...opening.applications.nodes);
    if (!opening.applications.pageInfo.hasNextPage) return { ...opening, applications };
    after = opening.applications.pageInfo.endCursor ?? null;
  }
}

const [openingId] = process.argv.slice(2);
const { PORTAL_URL: url, PORTAL_TOKEN: token } = process.env;
if (!openingId || !url || !token) throw new Error('Usage: PORTAL_URL=… PORTAL_TOKEN=… npm start opn_…');

const portal = new Portal(url, token);
const { title, stages, applications } = await board(portal, openingId);
console.log(`${title}: ${applications.length} active applications`);

const changes = portal.changes(Changes, { openingId }, (told) => told.pipelineChanged.cursor);
const telling = changes.next();
await setTimeout(1000); // the subscription begins with what happens from now on

const somebody = applications[0];
const here = somebody?.stage;
const there = stages.find((stage) => stage.id !== here?.id);
if (!somebody || !here || !there) throw new Error('There is nobody to move.');
const { moveApplication: moved } = await portal.ask(Move, {
  input: {
    applicationId: somebody.id,
    fromStageId: here.id,
    toStageId: there.id,
    idempotencyKey: randomUUID(), // one for all tries: a request whose answer was lost is not done twice
  },
});
for (const refusal of moved.userErrors) throw new Error(`${refusal.code}: ${refusal.message}`);
console.log(`Moved ${somebody.candidate?.name} from ${here.name} to ${moved.application?.stage?.name}`);

const told = await telling;
if (!told.done) console.log(`Told: ${told.value.pipelineChanged.type}`);
await changes.return(undefined);
await portal.close();
