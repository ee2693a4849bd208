import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';

/** Which layer may import which. A layer may always import itself. */
export const mayImport = {
  'src-main/contract': [],
  'src-main/core': ['contract'],
  'src-main/ports': ['contract'],
  'src-main/features': ['contract', 'core', 'ports'],
  'src-main/adapters': ['contract', 'core', 'ports'],
  'src-main/shells': ['contract', 'core', 'app', 'ports'],
  'src-renderer': ['contract'],
};

const layers = ['contract', 'core', 'ports', 'features', 'adapters', 'app'];
const node = { regex: '^node:', message: 'This layer runs in a browser too: no node modules here.' };
const electron = { regex: '^electron($|/)', message: 'Only src-main/shells/electron may import electron.' };
const vendors = {
  regex: '^(dockerode|docker-modem|docker-compose|node-pty|ws)($|/)',
  message: 'Vendors of the outside world belong in src-main/adapters, behind a port.',
};

/** Paths that leave the folder by dots. */
function relative(folder) {
  const targets = folder === 'src-renderer' ? 'src-main' : 'src-main|contract|core|ports|features|adapters|shells|app';
  return `^(\\.\\./)+(${targets})($|[./])`;
}

function layerRule(folder, allowed) {
  const own = folder.split('/').at(-1);
  const forbidden = layers.filter((layer) => layer !== own && !allowed.includes(layer));
  const names = allowed.length === 0 ? 'nothing of the other layers' : allowed.join(', ');
  const patterns = [
    { regex: `^#(${forbidden.join('|')})($|/)`, message: `${folder} may import only: ${names}.` },
    { regex: relative(folder), message: 'Cross a layer by its #name, never by a relative path.' },
    ...(folder === 'src-main/contract' || folder === 'src-renderer' ? [node] : []),
    ...(folder === 'src-main/adapters' || folder === 'src-main/shells' ? [] : [vendors]),
    electron,
  ];
  return { files: [`${folder}/**/*.{ts,tsx}`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

export default tseslint.config(
  { ignores: ['out/**', 'node_modules/**', 'resources/**', 'test-results/**', 'test/fake-electron/**/*.cjs'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unused-expressions': 'off',
      'max-lines': ['error', { max: 300 }],
      'max-params': ['error', 4],
      'no-eval': 'error',
      'no-restricted-syntax': ['error', { selector: "CallExpression[callee.object.name='AbortSignal'][callee.property.name='any'] CallExpression[callee.object.name='AbortSignal'][callee.property.name='timeout']", message: 'Garbage collection may take it away before it aborts: timeLimit of #core/time-limit.ts.' }],
    },
  },
  { files: ['test/**/*.{ts,tsx}'], rules: { 'max-lines': 'off' } },
  { files: ['src-renderer/**/*.{ts,tsx}'], plugins: { 'react-hooks': reactHooks }, rules: { ...reactHooks.configs['recommended-latest']?.rules } },
  ...Object.entries(mayImport).map(([folder, allowed]) => layerRule(folder, allowed)),
  {
    files: ['src-main/shells/electron/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^#(adapters|features)(/|$)', message: 'src-main/shells may import only: contract, core, app.' }] }] },
  },
  { files: ['src-main/app*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [electron] }] } },
);
