import { expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { report, type ReportPart } from '#features/system/report.ts';
import { withoutSecrets } from '#features/system/without-secrets.ts';

const surroundings = { environment: { GITHUB_TOKEN: 'ghp_0123456789', LANG: 'C.UTF-8' }, home: '/home/annika', user: 'annika', host: 'annikas-laptop' };
const never = new AbortController().signal;

function make(machine: readonly ReportPart[], project: readonly ReportPart[] = [], directory?: string) {
  return report({ directory }, { parts: { machine, project }, variables: async () => [{ DB_PASSWORD: 'pa$$ of the database' }], surroundings }, never);
}

test('a report has its parts in their order, and of a part that cannot be told why', async () => {
  const fault = new BacklotError('config-invalid', 'sets is no map', { where: { file: 'backlot.yaml', line: 3, column: 1 } });
  const { text, file } = await make(
    [{ title: 'One', tell: async () => [{ id: 'a', status: 'ok' }] }, { title: 'Nothing', tell: async () => undefined }],
    [{ title: 'Broken', tell: () => Promise.reject(fault) }, { title: 'Said', tell: async () => 'a ```fence``` and\n``` more' }],
    '/shop',
  );
  expect(file).toMatch(/^backlot-report-\d{4}-\d\d-\d\d-\d\d-\d\d\.md$/);
  expect(text.slice(text.indexOf('## '))).toBe('## One\n\n```yaml\n- id: a\n  status: ok\n```\n\n## Broken\n\nNot told: sets is no map (backlot.yaml:3:1)\n\n## Said\n\n````\na ```fence``` and\n``` more\n````\n');
  expect((await make([], [{ title: 'Of a project', tell: async () => 'x' }])).text).not.toContain('Of a project');
});

test('a report has no secret of this process or of a service, and nobody’s name or address', async () => {
  const said = 'ghp_0123456789 pa$$ of the database postgres://app:hunter2@db/shop token=abcdef /home/annika/shop annika@annikas-laptop anna.smith@shop.example annika';
  const { text } = await make([], [{ title: 'Said', tell: async () => said }], '/shop');
  expect(text).toContain('[secret] [secret] postgres://app:[secret]@db/shop token=[secret] ~/shop [user]@[host] [e-mail] [user]');
});

test('common names of users stay, and names within words', () => {
  expect(withoutSecrets('root owns it; annikas-laptop-2 has annikas', { ...surroundings, user: 'root' })).toBe('root owns it; annikas-laptop-2 has annikas');
  expect(withoutSecrets('annikas of annika.example', { ...surroundings, host: '' })).toBe('annikas of [user].example');
});
