// The explorer of the portal: GraphiQL against our own endpoint.
// A token may come in the fragment (/#token=…), which browsers keep to themselves; it is taken out of the address at once.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';

const place = document.getElementById('graphiql');
const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
if (token) window.history.replaceState(null, '', window.location.pathname + window.location.search);

// GraphiQL asks for the schema before its headers editor is there, so the token is the fetcher's too.
const fetcher = createGraphiQLFetcher({
  url: place.dataset.endpoint,
  headers: token ? { Authorization: `Bearer ${token}` } : {},
});
const headers = JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
const query = `# Put your token into "Headers" below, then press Ctrl-Enter.\n\nquery Viewer {\n  __typename\n}\n`;
createRoot(place).render(
  <GraphiQL fetcher={fetcher} headers={headers} defaultHeaders={headers} defaultQuery={query} defaultEditorToolsVisibility="headers" />,
);
