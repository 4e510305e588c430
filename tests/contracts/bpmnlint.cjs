// The modeller's own linter over files: `node bpmnlint.cjs NODE_MODULES FILE…` prints {file: {rule: [element id, …]}},
// {file: null} for what it cannot read.
const fs = require('node:fs');
const path = require('node:path');

const [modules, ...files] = process.argv.slice(2);
const own = (name) => require(require.resolve(name, { paths: [path.resolve(modules, '..')] }));
const { BpmnModdle } = own('bpmn-moddle');
const { Linter } = own('bpmnlint');
const NodeResolver = own('bpmnlint/lib/resolver/node-resolver');

async function look(file) {
  const linter = new Linter({ config: { extends: 'bpmnlint:recommended' }, resolver: new NodeResolver() });
  try {
    const { rootElement } = await new BpmnModdle().fromXML(fs.readFileSync(file, 'utf8'));
    const found = await linter.lint(rootElement);
    return Object.fromEntries(Object.entries(found).map(([rule, reports]) => [
      rule,
      reports.map((report) => (report.category === 'rule-error' ? '!' : report.id ?? ''))
    ]));
  } catch (error) {
    return null;
  }
}

(async () => {
  const answer = {};
  for (const file of files) {
    answer[file] = await look(file);
  }
  process.stdout.write(JSON.stringify(answer));
})();
