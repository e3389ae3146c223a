// The examples beside the editors: those of the viewer's roles first. A click puts one into the editors.
import React, { useEffect, useState } from 'react';
import { useEditorContext } from '@graphiql/react';
import { parse } from 'graphql';

export function examplesPlugin(talk, viewer) {
  const own = viewer.serviceAccount ? ['SERVICE'] : viewer.roles;
  const isOwn = (group) => group.roles.some((role) => own.includes(role));
  return { title: 'Examples', icon: Icon, content: () => <Examples talk={talk} isOwn={isOwn} /> };
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
      <path d="M5 4h14v16H5z" />
      <path d="M8.5 8.5 11 11l-2.5 2.5M13 15h3" />
    </svg>
  );
}

function Examples({ talk, isOwn }) {
  const { addTab, activeTabIndex, queryEditor, variableEditor } = useEditorContext({ nonNull: true });
  const [groups, setGroups] = useState([]);
  const [chosen, setChosen] = useState(null);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    fetch('graphiql/examples.json').then((answer) => answer.json()).then(setGroups, () => setProblem('They could not be loaded.'));
  }, []);
  // After a new tab has put its own text into the editors.
  useEffect(() => {
    if (chosen === null) return;
    queryEditor.setValue(chosen.text);
    variableEditor.setValue(chosen.variables);
    setChosen(null);
  }, [chosen, activeTabIndex, queryEditor, variableEditor]);

  const choose = async (example) => {
    setProblem('');
    let values = null;
    try {
      values = example.values && valuesFor(example, await talk.data(example.values));
    } catch (refusal) {
      setProblem(refusal.message);
      return;
    }
    if (!isDisposable(queryEditor.getValue(), groups)) addTab();
    setChosen({ text: textOf(example), variables: values ? JSON.stringify(values, null, 2) : '' });
  };

  const sorted = [...groups.filter(isOwn), ...groups.filter((group) => !isOwn(group))];
  return (
    <section aria-label="Examples" className="portal-examples">
      <div className="graphiql-doc-explorer-title">Examples</div>
      {problem && <p role="alert" className="portal-problem">{problem}</p>}
      {sorted.map((group) => (
        <details key={group.name} open={isOwn(group)}>
          <summary>{group.name}</summary>
          <ul>
            {group.examples.map((example) => (
              <li key={example.title}>
                <button type="button" className="graphiql-un-styled" onClick={() => choose(example)}>
                  <span>{example.title}</span> <Kind operation={example.operation} />
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

function Kind({ operation }) {
  const kind = operation.match(/^\w+/)[0];
  return kind === 'query' ? null : <span className={`portal-kind portal-${kind}`}>{kind}</span>;
}

function textOf(example) {
  return `# ${example.title}\n${example.operation}\n`;
}

// Whether nobody would miss a text: nothing but comments, or an example as it was.
function isDisposable(text, groups) {
  const isExample = groups.some((group) => group.examples.some((example) => textOf(example) === text));
  return isExample || text.split('\n').every((line) => !line.trim() || line.trim().startsWith('#'));
}

// For each variable the first text under its name in an answer that is no other variable's already.
function valuesFor(example, data) {
  const values = {};
  for (const definition of parse(example.operation).definitions[0].variableDefinitions) {
    const name = definition.variable.name.value;
    const found = textsUnder(name, data).find((text) => !Object.values(values).includes(text));
    if (found !== undefined) values[name] = found;
    else if (!definition.defaultValue) throw new Error('There is nothing yet that this example could be about.');
  }
  return values;
}

function textsUnder(name, value) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && typeof inner === 'string' ? [inner] : textsUnder(name, inner));
}
