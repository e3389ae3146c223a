// What a visitor sees who is not signed in.
import React, { useState } from 'react';

export function SignIn({ offered, problem, isBusy, onSignIn, onLeave }) {
  const [token, setToken] = useState(offered ?? '');
  const [organization, setOrganization] = useState('');
  const [provider, setProvider] = useState('');
  const submitting = (act) => (event) => {
    event.preventDefault();
    act();
  };
  return (
    <main className="portal-sign-in">
      <h1>Hiring portal</h1>
      <p>Sign in to explore the API. You see and change what your own rights allow.</p>
      {problem && <p role="alert" className="portal-problem">{problem}</p>}
      {offered && (
        <p role="status">
          Your link holds a token. Sign in with it only if you know whose link it is: what you write is theirs to read.
        </p>
      )}
      <form onSubmit={submitting(() => onSignIn(token.trim()))}>
        <label htmlFor="token">Token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck="false"
          placeholder="portal_live_…"
          autoFocus
          required
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <p className="portal-hint">
          It stays in this page until you close or reload it. <code>portal token issue</code> and the
          mutation <code>issueToken</code> make tokens.
        </p>
        <button type="submit" disabled={isBusy || !token.trim()}>{isBusy ? 'Signing in…' : 'Sign in'}</button>
      </form>
      <details>
        <summary>Sign in without a token</summary>
        <p className="portal-hint">With the session that this browser has already, or at your identity provider.</p>
        <button type="button" className="portal-second" disabled={isBusy} onClick={() => onSignIn(null)}>
          Use this browser’s session
        </button>
        <form onSubmit={submitting(() => onLeave(organization.trim(), provider.trim()))}>
          <label htmlFor="organization">Organization</label>
          <input
            id="organization"
            placeholder="acme"
            required
            value={organization}
            onChange={(event) => setOrganization(event.target.value)}
          />
          <label htmlFor="provider">Identity provider</label>
          <input
            id="provider"
            placeholder="okta"
            required
            value={provider}
            onChange={(event) => setProvider(event.target.value)}
          />
          <button type="submit" className="portal-second" disabled={isBusy}>Go to the provider</button>
        </form>
      </details>
    </main>
  );
}
