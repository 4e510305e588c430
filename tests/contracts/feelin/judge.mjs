// Evaluates a batch of expressions with feelin: JSON in, JSON out, one process.
// In: {"feelin": <its file>, "facts": {…}, "rows": [{"source": …, "tested": …}]}; a row with "tested" is a cell's test.
// Out: a list of {"value": …}, or {"refused": "…"} where the text cannot be read.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { feelin, facts, rows } = JSON.parse(readFileSync(0, 'utf8'));
const { evaluate, unaryTest } = await import(pathToFileURL(feelin));

function told(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(told);
  if (typeof value === 'function') return { $: 'function' };
  if (typeof value !== 'object') return value;
  const name = value.constructor?.name ?? '';
  if (name === 'FeelRange') {
    return {
      $: 'range', low: told(value.start), high: told(value.end),
      closed: [ !!value['start included'], !!value['end included'] ]
    };
  }
  if (name.startsWith('Feel')) return { $: name, text: String(value) };
  return Object.fromEntries(Object.entries(value).map(([ key, item ]) => [ key, told(item) ]));
}

function answer({ source, ...row }) {
  try {
    const context = structuredClone(facts);
    const found = 'tested' in row ? unaryTest(source, { ...context, '?': row.tested }) : evaluate(source, context);
    return { value: told(found.value) };
  } catch (error) {
    return { refused: String(error.message) };
  }
}

process.stdout.write(JSON.stringify(rows.map(answer)));
