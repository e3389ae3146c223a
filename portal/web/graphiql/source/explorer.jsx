// The explorer of the portal: who looks, then GraphiQL with their rights.
//
// A token may come in the fragment (/#token=…), which browsers keep to themselves; it is taken out of the address at once,
// and signs in once it is confirmed: a stranger's link must not have anybody write into the stranger's organization.
// It is kept in this page's memory only: to reload is to sign in again.
import React, { useCallback, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { DOC_EXPLORER_PLUGIN, DocExplorerContextProvider } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN, HistoryContextProvider } from '@graphiql/plugin-history';
import { GraphiQLInterface, GraphiQLProvider } from 'graphiql';
import { examplesPlugin } from './examples.jsx';
import { SignIn } from './sign_in.jsx';
import { RefusedByPortal, Talk } from './talk.js';

// Remembered is only that a session was used, so that a visitor without one causes no refused request.
const SESSION_USED = 'portal:session';
const EMPTY = '# Choose an example on the left, or write an operation, and press Ctrl-Enter.\n\n';

function tokenOfAddress() {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token');
  if (token !== null) window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return token;
}

function wordsFor(refusal, token) {
  if (!(refusal instanceof RefusedByPortal)) return 'The portal does not answer. Try again in a moment.';
  if (refusal.code !== 'UNAUTHENTICATED') return refusal.message;
  if (token === null) return 'This browser has no session, or it has ended. Sign in below.';
  return 'This token is mistyped, has ended or was revoked. Take another one.';
}

function Explorer({ endpoint }) {
  const [signedIn, setSignedIn] = useState(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(true);
  const [offered, setOffered] = useState(null);

  const signIn = useCallback(async (token) => {
    setBusy(true);
    setProblem('');
    setSignedIn(null);
    const talk = new Talk(endpoint, token);
    try {
      const viewer = await talk.viewer();
      if (token === null) window.localStorage.setItem(SESSION_USED, 'yes');
      setSignedIn({ talk, viewer });
    } catch (refusal) {
      if (token === null) window.localStorage.removeItem(SESSION_USED);
      setProblem(wordsFor(refusal, token));
    }
    setBusy(false);
  }, [endpoint]);

  useEffect(() => {
    const arrive = () => {
      const token = tokenOfAddress();
      if (token === null) return false;
      setSignedIn(null);
      setProblem('');
      setOffered(token);
      setBusy(false);
      return true;
    };
    const changed = () => { arrive(); };
    window.addEventListener('hashchange', changed);
    if (!arrive()) {
      if (window.localStorage.getItem(SESSION_USED)) signIn(null);
      else setBusy(false);
    }
    return () => window.removeEventListener('hashchange', changed);
  }, [signIn]);

  const leaveForProvider = (organization, provider) => {
    window.localStorage.setItem(SESSION_USED, 'yes');
    const path = [organization, provider].map(encodeURIComponent).join('/');
    window.location.assign(`/auth/${path}?return_to=${encodeURIComponent(window.location.pathname)}`);
  };
  const signOut = async () => {
    setSignedIn(null);
    setOffered(null);
    window.localStorage.removeItem(SESSION_USED);
    await signedIn.talk.signOut();
  };

  if (signedIn === null) {
    return (
      <SignIn
        key={offered}
        offered={offered}
        problem={problem}
        isBusy={isBusy}
        onSignIn={signIn}
        onLeave={leaveForProvider}
      />
    );
  }
  return (
    <div className="portal-page">
      <Who viewer={signedIn.viewer} onSignOut={signOut} />
      <Workbench talk={signedIn.talk} viewer={signedIn.viewer} />
    </div>
  );
}

function Who({ viewer, onSignOut }) {
  const name = (viewer.membership ?? viewer.serviceAccount)?.name;
  const roles = viewer.roles.map((role) => role.toLowerCase().replaceAll('_', ' ')).join(', ');
  return (
    <header className="portal-bar">
      <strong>{viewer.organization.name}</strong>
      <span className="portal-who">
        {name} <span className="portal-roles">{roles || 'service account'}</span>
      </span>
      <button type="button" className="portal-quiet" onClick={onSignOut}>Sign out</button>
    </header>
  );
}

// What GraphiQL's own component is made of: that one opens with no plugin beside its editors, whichever is asked for.
function Workbench({ talk, viewer }) {
  const fetcher = useMemo(() => talk.fetcher(), [talk]);
  const plugin = useMemo(() => examplesPlugin(talk, viewer), [talk, viewer]);
  const plugins = useMemo(() => [DOC_EXPLORER_PLUGIN, HISTORY_PLUGIN, plugin], [plugin]);
  return (
    <div className="portal-workbench">
      <GraphiQLProvider
        fetcher={fetcher}
        plugins={plugins}
        referencePlugin={DOC_EXPLORER_PLUGIN}
        visiblePlugin={plugin}
        defaultQuery={EMPTY}
        shouldPersistHeaders={false}
      >
        <HistoryContextProvider>
          <DocExplorerContextProvider>
            <Afterwards>
              <GraphiQLInterface
                defaultEditorToolsVisibility="variables"
                showPersistHeadersSettings={false}
                isHeadersEditorEnabled
              />
            </Afterwards>
          </DocExplorerContextProvider>
        </HistoryContextProvider>
      </GraphiQLProvider>
    </div>
  );
}

// Shows its children once the providers around it have taken in what they were given.
function Afterwards({ children }) {
  const [isReady, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return isReady && children;
}

const place = document.getElementById('graphiql');
createRoot(place).render(<Explorer endpoint={place.dataset.endpoint} />);
